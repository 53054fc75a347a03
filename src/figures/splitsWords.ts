/** What the splits of a flow say, in words computed from them: who is transformed how often, and by how much. */
import type { SplitLayer, SplitsFrame, Spread } from '../inspection/frames/splits.ts';
import { subscript } from '../text/notation.ts';
import { formatCount, formatFixed, formatValue, inputName, listIndices, plural } from './text.ts';

/** What is drawn of a layer's movement. */
export type Moved = 'logScale' | 'shift';

export const movedName: Readonly<Record<Moved, string>> = { logScale: 'log-scale', shift: 'shift' };

/** Variables that no layer transforms which lets variables decide about others; none where no layer does. */
export function untransformed({ times, layers }: SplitsFrame): number[] {
  if (!layers.some(({ mixes }) => mixes)) return [];
  return Array.from(times.keys()).filter((variable) => times[variable] === 0);
}

/** The place after a layer at which a variable of the data stands. */
export const placeOf = ({ variable }: Pick<SplitLayer, 'variable'>, own: number): number => variable.indexOf(own);

/** Whether anything but places changes in a layer. */
export const isStill = ({ moves }: SplitLayer): boolean => !moves.includes(1);

/** Whether a layer changes places. */
export const displaces = ({ origin }: SplitLayer): boolean => origin.some((place, i) => place !== i);

/** What counts as transforming, of the layers of this flow: "couplings", "autoregressive layers". */
export function countedLayers({ layers }: Pick<SplitsFrame, 'layers'>): string {
  const has = (kind: SplitLayer['kind']) => layers.some((layer) => layer.kind === kind);
  const names = [
    ...(has('coupling') ? ['couplings'] : []),
    ...(has('autoregressive') || has('inverse-autoregressive') ? ['autoregressive layers'] : []),
    ...(has('mixing') ? ['1×1 convolutions'] : []),
  ];
  return names.join(' and ');
}

export function splitsReading(frame: SplitsFrame): string {
  const { layers, base, times, dimension, range } = frame;
  const mixing = layers.filter(({ mixes }) => mixes);
  const begin = `${plural(layers.length, 'layer')} from the data to the base, a ${base}.`;
  if (mixing.length === 0) return `${begin} None of them lets variables decide about others.`;
  const still = untransformed(frame);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const often = (n: number) => (n === 1 ? 'once' : n === 2 ? 'twice' : `${formatCount(n)} times`);
  const who =
    still.length === dimension
      ? 'none of them transforms any variable'
      : still.length > 0
        ? `${listIndices(still, inputName)} ${still.length === 1 ? 'is' : 'are'} never transformed by them and ${still.length === 1 ? 'reaches' : 'reach'} the base as a scaling leaves it; the others are up to ${often(most)}`
        : least === most
          ? `each of ${plural(dimension, 'variable')} is transformed ${often(least)}`
          : `every variable is transformed, between ${often(least)} and ${often(most)}`;
  const [low, high] = range.logScale;
  const scales =
    low === 0 && high === 0
      ? 'They scale nothing.'
      : `Their log-scales reach from ${formatFixed(low)} to ${formatFixed(high)}: factors from ${formatValue(Math.exp(low), 2)} to ${formatValue(Math.exp(high), 2)}.`;
  return `${begin} ${formatCount(mixing.length)} of them, ${countedLayers(frame)}, ${mixing.length === 1 ? 'lets' : 'let'} variables decide about others: ${who}. ${scales}`;
}

const within = (spread: Spread, place: number) =>
  `${formatFixed(spread.mean[place]!)} (${formatFixed(spread.low[place]!)} … ${formatFixed(spread.high[place]!)})`;

/** How a layer moves the variable at a place after it: "by log-scale −0.31 (−0.52 … 0.10) and shift …". */
export function movementText({ logScale, shift, mixes }: SplitLayer, place: number): string {
  const parts = [
    ...(logScale ? [`log-scale ${within(logScale, place)}`] : []),
    ...(shift ? [`shift ${within(shift, place)}`] : []),
  ];
  if (parts.length > 0) return `by ${parts.join(' and ')}`;
  return mixes ? 'together with others, not coordinate by coordinate' : 'by itself, along a curve';
}

/** Layers that a sentence goes through one by one. */
const MOST_TOLD = 8;

/** The way of a variable of the data through all layers. */
export function splitsSentence(frame: SplitsFrame, variable: number): string {
  const { layers, times } = frame;
  const mixing = layers.filter(({ mixes }) => mixes).length;
  let before = variable;
  const steps: string[] = [];
  for (const [l, layer] of layers.entries()) {
    const place = placeOf(layer, variable);
    const moved = layer.moves[place] === 1;
    if (moved) steps.push(`layer ${l + 1} moves it ${movementText(layer, place)}`);
    else if (place !== before) steps.push(`layer ${l + 1} puts it from place ${before + 1} to ${place + 1}`);
    else if (layer.mixes) steps.push(`it passes layer ${l + 1}`);
    before = place;
  }
  const told = steps.slice(0, MOST_TOLD).join('; ');
  const more = steps.length > MOST_TOLD ? `; and ${formatCount(steps.length - MOST_TOLD)} layers more` : '';
  const count =
    times[variable] === 0 && mixing > 0
      ? `never transformed, by none of ${plural(mixing, 'layer')} that could`
      : `transformed by ${formatCount(times[variable]!)} of ${plural(mixing, 'layer')} that could`;
  return `${inputName(variable)}, ${count}: ${told}${more}; it ends as u${subscript(before + 1)}.`;
}

/** What stands at a variable in one layer. */
export function splitCellText(frame: SplitsFrame, variable: number, l: number): string {
  const layer = frame.layers[l]!;
  const place = placeOf(layer, variable);
  const what =
    layer.moves[place] === 1
      ? `is moved ${movementText(layer, place)}`
      : layer.origin[place] === place
        ? 'passes'
        : `goes from place ${layer.origin[place]! + 1} to ${place + 1}`;
  return `Layer ${l + 1}, ${layer.title}: ${inputName(variable)} ${what}.`;
}

/** "log|det| −0.41 ± 0.20 nats". */
export function logDetText({ logDet: { mean, deviation } }: SplitLayer): string {
  if (mean === 0 && deviation === 0) return 'log|det| 0';
  return `log|det| ${formatFixed(mean)}${deviation < 0.005 ? '' : ` ± ${formatFixed(deviation)}`}`;
}
