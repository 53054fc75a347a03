/** Which colours of a pixel hear which, in words computed from the frame. */
import type { ChannelMatrix } from '../inspection/frames/dependency.ts';
import { channelName } from './imageWords.ts';
import { formatCount, formatValue, percent, plural } from './text.ts';

export type ChannelPart = 'own' | 'earlier';

/** What is so of a pair of colours. */
export interface ChannelFacts {
  /** Mean |∂|, summed over the pixels of the part; may be NaN. */
  readonly strength: number;
  /** Pixels of the part from which the masks leave a path. */
  readonly paths: number;
  readonly verdict: 'heard' | 'silent' | 'lost' | 'forbidden' | 'leak' | 'none';
}

export function channelFacts(
  matrix: ChannelMatrix,
  { part, to, from }: { readonly part: ChannelPart; readonly to: number; readonly from: number },
): ChannelFacts {
  const { count, pixel } = matrix;
  const at = to * count + from;
  const strength = matrix[part].strength[at]!;
  const paths = matrix[part].paths[at]!;
  const allowed = part === 'earlier' ? pixel > 0 : from < to;
  return { strength, paths, verdict: verdictOf() };

  function verdictOf(): ChannelFacts['verdict'] {
    if (part === 'earlier' && pixel === 0) return 'none';
    if (!allowed) return paths > 0 || strength > 0 ? 'leak' : 'forbidden';
    if (strength > 0 || Number.isNaN(strength)) return 'heard';
    return paths > 0 ? 'silent' : 'lost';
  }
}

/** "Of its own pixel green hears red, blue red and green; red none, as it comes first. Of earlier pixels …" */
export function channelReading(matrix: ChannelMatrix): string {
  const { count, pixel } = matrix;
  const colours = Array.from({ length: count }, (_, c) => c);
  const name = (c: number) => channelName(c, count);
  const pairs = (part: ChannelPart, verdict: ChannelFacts['verdict']) =>
    colours.flatMap((to) =>
      colours
        .filter((from) => channelFacts(matrix, { part, to, from }).verdict === verdict)
        .map((from) => ({ part, to, from })),
    );
  const joined = (list: readonly string[]) =>
    list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)!}`;
  const heardBy = (to: number) =>
    colours.filter((from) => ['heard', 'silent'].includes(channelFacts(matrix, { part: 'own', to, from }).verdict));
  const own = colours.map((to) => {
    const heard = heardBy(to);
    return `${name(to)} sees ${heard.length === 0 ? 'no colour' : joined(heard.map(name))}`;
  });
  const wrong = [
    ...pairs('own', 'leak').map(
      ({ to, from, part }) =>
        `${name(to)} sees ${from === to ? 'itself' : name(from)}${felt(channelFacts(matrix, { part, to, from }))}: a leak`,
    ),
    ...[...pairs('own', 'lost'), ...pairs('earlier', 'lost')].map(
      ({ to, from, part }) =>
        `${name(to)} has no path from ${name(from)} of ${part === 'own' ? 'its own pixel' : 'any pixel before it'}: lost`,
    ),
  ];
  const sound = wrong.length === 0 ? ', as the order R → G → B has it' : '';
  const order = count === 3 ? sound : sound.replace('R → G → B', 'of the channels');
  return [
    `Of its own pixel ${joined(own)}${order}.`,
    ...wrong.map((words) => `${words[0]!.toUpperCase()}${words.slice(1)}.`),
    ...(pixel === 0 ? ['No pixel comes before it.'] : [sharesOf(matrix)]),
  ].join(' ');
}

const felt = ({ strength }: ChannelFacts) => (strength > 0 ? ` with |∂| = ${formatValue(strength)}` : '');

/** What of all that each colour hears comes from its own pixel. */
function sharesOf(matrix: ChannelMatrix): string {
  const { count } = matrix;
  const sum = (part: ChannelPart, to: number) =>
    matrix[part].strength.subarray(to * count, (to + 1) * count).reduce((total, value) => total + value, 0);
  const shares = Array.from({ length: count }, (_, to) => {
    const own = sum('own', to);
    const whole = own + sum('earlier', to);
    return `${channelName(to, count)} ${whole > 0 ? percent(own, whole) : 'nothing'}`;
  });
  return `Of what it feels in all, its own pixel makes: ${shares.join(', ')}.`;
}

/** What is so of one pair, in a sentence. */
export function channelSentence(
  matrix: ChannelMatrix,
  cell: { readonly part: ChannelPart; readonly to: number; readonly from: number },
): string {
  const { count, pixel } = matrix;
  const facts = channelFacts(matrix, cell);
  const { strength, paths, verdict } = facts;
  const which = `${channelName(cell.to, count)} ← ${channelName(cell.from, count)} of ${cell.part === 'own' ? 'its own pixel' : 'the pixels before it'}`;
  if (verdict === 'none') return `${which}: no pixel comes before it.`;
  const seen =
    cell.part === 'own'
      ? paths > 0
        ? 'a path'
        : 'no path'
      : `paths from ${formatCount(paths)} of ${plural(pixel, 'pixel')}`;
  const measured = Number.isFinite(strength)
    ? `mean |∂| ${formatValue(strength)}${cell.part === 'earlier' ? ' in all' : ''}`
    : 'the derivative is no finite number';
  const words = {
    heard: '',
    silent: ', nothing is felt of it here',
    lost: ': lost',
    forbidden: ', as it must be',
    leak: ': a leak',
    none: '',
  };
  return `${which}: ${seen}; ${measured}${words[verdict]}.`;
}
