/** How far an output's pixel sees, layer by layer, in words computed from the frame. */
import type { DependencyFrame } from '../inspection/frames/dependency.ts';
import { outputWords } from './dependencyWords.ts';
import { channelsOf } from './imageWords.ts';
import { formatCount, percent, plural } from './text.ts';

/** A frame with growth: of networks over pixels. */
export type GrowthFrame = DependencyFrame & Required<Pick<DependencyFrame, 'growth' | 'blind'>>;

export function hasGrowth(frame: DependencyFrame): frame is GrowthFrame {
  return frame.growth !== undefined && frame.blind !== undefined && frame.image !== null;
}

export interface GrowthFacts {
  /** Variables before the output: its past. */
  readonly before: number;
  /** [L] how many of them have come behind each layer. */
  readonly seen: readonly number[];
  /** Those that no number of layers would bring. */
  readonly blind: number;
  /** Those that have a path and are felt, on the rows measured; the fewest of them that make nine tenths of all that is felt. */
  readonly felt: number;
  readonly most: number;
}

export function growthFacts({ growth, blind, order, output, strength }: GrowthFrame): GrowthFacts {
  const before = order[output]! - 1;
  const past = Array.from(order.keys()).filter((d) => order[d]! <= before);
  const seen = growth.names.map((_, layer) => past.filter((d) => seenBehind(growth.first[d]!, layer)).length);
  const felt = past.map((d) => strength[d]!).filter((value) => value > 0);
  const total = felt.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  const most = felt.sort((a, b) => b - a).findIndex((value) => (sum += value) >= 0.9 * total) + 1;
  return { before, seen, blind: past.filter((d) => blind[d] === 1).length, felt: felt.length, most };
}

export const seenBehind = (first: number, layer: number): boolean => first >= 0 && first <= layer;

const nounOf = ({ image }: GrowthFrame) => (image && channelsOf(image) > 1 ? 'earlier variable' : 'earlier pixel');

/** "x̂₄₀₀ sees 24 of 399 earlier pixels behind the first layer (6.0 %) and 230 behind layer 6 (57.6 %)." and what it never will. */
export function growthReading(frame: GrowthFrame): string {
  const { names } = frame.growth;
  const { before, seen, blind, felt, most } = growthFacts(frame);
  const name = outputWords(frame, frame.output);
  if (before === 0) return `${name} is the first: there is nothing before it to see.`;
  const last = seen.at(-1)!;
  const full = seen.findIndex((count) => count === last);
  const first = `${name} sees ${formatCount(seen[0]!)} of ${plural(before, nounOf(frame))} behind the ${names[0]!} (${percent(seen[0]!, before)})`;
  const grown =
    last === seen[0]
      ? `${names.length === 1 ? '' : ', and no more behind those after it'}.`
      : ` and ${formatCount(last)} behind ${names[full]!} (${percent(last, before)}).`;
  const reach = before - blind;
  const end =
    last === before
      ? 'That is its whole past.'
      : last >= reach
        ? `More layers would add nothing: ${plural(blind, nounOf(frame))} (${percent(blind, before)}) ${blind === 1 ? 'lies' : 'lie'} in its blind spot.`
        : `More layers would reach ${formatCount(reach - last)} more${blind > 0 ? `; ${formatCount(blind)} (${percent(blind, before)}) ${blind === 1 ? 'lies' : 'lie'} in its blind spot, where none reaches` : ''}.`;
  const idle = full > 0 && full < names.length - 1 ? ` Behind ${names[full]!} nothing is added.` : '';
  const measured =
    felt === 0
      ? 'On the rows measured nothing of it is felt.'
      : `On the rows measured ${formatCount(felt)} are felt (${percent(felt, before)}), and ${plural(most, 'input')} ${most === 1 ? 'makes' : 'make'} nine tenths of it.`;
  return `${first}${grown}${idle} ${end} ${measured}`;
}

/** "Behind layer 2: 84 of 399 earlier pixels (21.1 %), 60 more than behind the first layer." */
export function layerSentence(frame: GrowthFrame, layer: number): string {
  const { names } = frame.growth;
  const { before, seen } = growthFacts(frame);
  const more =
    layer === 0
      ? ''
      : `, ${formatCount(seen[layer]! - seen[layer - 1]!)} more than behind ${layer === 1 ? 'the ' : ''}${names[layer - 1]!}`;
  const share = before === 0 ? '' : ` (${percent(seen[layer]!, before)})`;
  return `Behind ${layer === 0 ? 'the ' : ''}${names[layer]!}: ${formatCount(seen[layer]!)} of ${plural(before, nounOf(frame))}${share}${more}.`;
}
