/** What a unit along a text says, in words computed from it. */
import type { UnitTextFrame } from '../inspection/frames/unitText.ts';
import { characterName, listCharacters } from '../text/characters.ts';
import { formatCount, formatFixed, formatValue, percent, plural } from './text.ts';
import { activationAt, columnOf, expectedAt, successorsOf } from './unitText.tsx';
import { LIKELY_DRAWN, type Unrolled } from './unrolled.tsx';

/** Fewer times than this a character tells little of a unit. */
const FEWEST = 3;

/** "unit 17 of layer 2" */
export function unitName({ hidden }: Pick<UnitTextFrame, 'hidden'>, layer: number, unit: number): string {
  return `unit ${formatCount(unit + 1)}${hidden.length > 1 ? ` of layer ${layer + 1}` : ''}`;
}

/** "validation characters 601 to 1,200", "the typed text" */
function pieceWords({ source, text, piece, pieces }: UnitTextFrame): string {
  if (source === 'typed') return `the typed text of ${plural(text.length, 'character')}`;
  const split = source === 'validation' ? 'validation' : 'training';
  return `${plural(text.length, `${split} character`)} (piece ${formatCount(piece + 1)} of ${formatCount(pieces)})`;
}

export function unitTextReading(frame: UnitTextFrame, unit: number): string {
  return [unitWords(frame, unit), costWords(frame), ...unknownWords(frame)].join(' ');
}

function unitWords(frame: UnitTextFrame, unit: number): string {
  const name = `${unitName(frame, frame.layer, unit)}${frame.state === 'c' ? ', its memory c,' : ''}`;
  const column = columnOf(frame, unit);
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  if (column < 0)
    return `${capital} is not among the ${formatCount(frame.unit.length)} that vary most along this text.`;
  const values = frame.text.flatMap((_, i) => {
    const value = activationAt(frame, unit, i);
    return Number.isNaN(value) ? [] : [value];
  });
  if (values.length === 0) return `${capital} has read nothing of ${pieceWords(frame)}.`;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rank = column === 0 ? 'the most' : `number ${formatCount(column + 1)}`;
  const of = frame.hidden[frame.layer]!;
  const variance = `${formatValue(frame.variance[column]!, 2)}${of > 1 ? `, ${rank} of ${formatCount(of)}` : ''}`;
  return `${capital} goes from ${formatFixed(low)} to ${formatFixed(high)} along ${pieceWords(frame)}; its variance is ${variance}.${extremesWords(frame, unit)}`;
}

/** After which characters it is highest and lowest on average. */
function extremesWords(frame: UnitTextFrame, unit: number): string {
  const sums = new Map<string, { count: number; sum: number }>();
  for (const [i, character] of frame.text.entries()) {
    const value = activationAt(frame, unit, i);
    if (Number.isNaN(value)) continue;
    const own = sums.get(character) ?? { count: 0, sum: 0 };
    sums.set(character, { count: own.count + 1, sum: own.sum + value });
  }
  const means = [...sums].flatMap(([character, { count, sum }]) =>
    count < FEWEST ? [] : [{ character, mean: sum / count }],
  );
  if (means.length < 2) return '';
  const [lowest, highest] = [
    means.reduce((a, b) => (b.mean < a.mean ? b : a)),
    means.reduce((a, b) => (b.mean > a.mean ? b : a)),
  ];
  return ` On average it is highest after ${characterName(highest.character)} (${formatFixed(highest.mean)}) and lowest after ${characterName(lowest.character)} (${formatFixed(lowest.mean)}).`;
}

function costWords({ nll, text, characters }: UnitTextFrame): string {
  const known = Array.from(nll.keys()).filter((i) => !Number.isNaN(nll[i]!));
  if (known.length === 0) return 'No character of it is known to the model.';
  const mean = known.reduce((sum, i) => sum + nll[i]!, 0) / known.length;
  const dearest = known.reduce((a, b) => (nll[b]! > nll[a]! ? b : a));
  const nats = `${formatFixed(mean)} nats (${formatFixed(mean / Math.LN2)} bits) a character`;
  return `The text costs ${nats}; guessing among ${formatCount(characters.length)} would cost ${formatFixed(Math.log(characters.length))}. Dearest is ${characterName(text[dearest]!)}, character ${formatCount(dearest + 1)}: ${formatFixed(nll[dearest]!)} nats.`;
}

function unknownWords({ unknown, characters }: UnitTextFrame): string[] {
  if (unknown.length === 0) return [];
  const verb = unknown.length === 1 ? 'is' : 'are';
  return [
    `${listCharacters(unknown)} ${verb} not among the ${formatCount(characters.length)} characters of the model: hatched, and not read.`,
  ];
}

/** What is known of one character: for the readout and for screen readers. */
export function characterText(frame: UnitTextFrame, unit: number, i: number): string {
  const { text, nll } = frame;
  const place = `${characterName(text[i]!)}, character ${formatCount(i + 1)} of ${formatCount(text.length)}`;
  if (Number.isNaN(nll[i]!)) return `${place}: not known to the model, and not read.`;
  const value = activationAt(frame, unit, i);
  const own = Number.isNaN(value)
    ? []
    : [`${unitName(frame, frame.layer, unit)} ${frame.state} = ${formatFixed(value)}`];
  const cost = `−log p ${formatFixed(nll[i]!)} nats (p = ${percent(Math.exp(-nll[i]!), 1)})`;
  const [first] = successorsOf(frame, i);
  const next = text[i + 1];
  const expected = first
    ? `next most probable ${characterName(first.character)} (${percent(first.p, 1)})${next === undefined ? '' : first.comes ? ', which comes' : `; ${characterName(next)} comes`}`
    : '';
  return [place, ...own, cost, expected].filter((part) => part !== '').join(' · ');
}

/** The character before the one that costs most: what follows it is what there is to look at first; null of a text of one. */
export function beforeDearest({ nll }: UnitTextFrame): number | null {
  let dearest = -1;
  for (const [i, nats] of nll.entries()) {
    // What follows a character that was not read is expected of the one before it.
    if (i > 0 && !Number.isNaN(nll[i - 1]!) && !(nats <= (nll[dearest] ?? -Infinity)) && !Number.isNaN(nats))
      dearest = i;
  }
  return dearest > 0 ? dearest - 1 : null;
}

/** No more than are drawn, the character that comes among them. */
function withNext(shares: ReturnType<typeof expectedAt>): ReturnType<typeof expectedAt> {
  const first = shares.slice(0, LIKELY_DRAWN);
  const next = shares.slice(LIKELY_DRAWN).find(({ comes }) => comes);
  return next ? [...first.slice(0, -1), next] : first;
}

/** The first steps of the piece as a network unrolled in time. */
export function unrolledOf(frame: UnitTextFrame): Unrolled {
  const { unrolled, text, characters, before } = frame;
  const steps = Array.from({ length: unrolled.steps }, (_, t) => ({
    input: t === 0 ? before : text[t - 1]!,
    next: text[t] ?? null,
    states: unrolled.states.map((codes) => {
      const shown = codes.length / unrolled.steps;
      return Array.from(codes.subarray(t * shown, (t + 1) * shown), (code) => code / 127);
    }),
    likely: withNext(expectedAt(frame, t)),
  }));
  const { cell, hidden, embedding } = frame;
  return { cell, hidden, embedding, vocabulary: characters.length, steps };
}
