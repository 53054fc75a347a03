/** What the maps of a layer show of one row, in words computed from the frame. */
import type { FeatureLayer, FeatureMapsFrame } from '../inspection/frames/pixelRows.ts';
import { formatCount, formatValue, plural } from './text.ts';

/** Small maps drawn at once; any other can be drawn large. */
export const MOST_MAPS = 96;

/** The largest magnitude that is a number; 1 where all of them are 0. */
export function finiteExtent(values: Float32Array): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most || 1;
}

const ROLES: Readonly<Record<FeatureLayer['role'], string>> = {
  preactivation: 'sums',
  activation: 'states',
  residual: 'residual stream',
};

/** "layers.2.state (states)" */
export const layerText = ({ name, role }: FeatureLayer): string => `${name} (${ROLES[role]})`;

/** What is so of one map. */
interface MapFacts {
  readonly mean: number;
  /** Whether it has one value everywhere: it tells nothing of this row. */
  readonly flat: boolean;
}

function mapFacts({ size, values }: FeatureMapsFrame, channel: number): MapFacts {
  const plane = size[0] * size[1];
  const own = values.subarray(channel * plane, (channel + 1) * plane);
  const [first] = own;
  return {
    mean: own.reduce((sum, value) => sum + Math.abs(value), 0) / plane,
    flat: plane > 1 && own.every((value) => value === first),
  };
}

export function featureMapsReading(frame: FeatureMapsFrame): string {
  const { layers, layer, size, split, row, values } = frame;
  const own = layers[layer]!;
  const facts = Array.from({ length: own.channels }, (_, channel) => mapFacts(frame, channel));
  const strongest = facts.reduce((best, { mean }, channel) => (mean > facts[best]!.mean ? channel : best), 0);
  const flat = facts.filter((map) => map.flat).length;
  const wrong = values.reduce((count, value) => (Number.isFinite(value) ? count : count + 1), 0);
  return [
    `What layer ${layer + 1} of ${formatCount(layers.length)}, ${layerText(own)}, makes of ${split} row ${formatCount(row + 1)}: ${plural(own.channels, 'map')} of ${size[0]} × ${size[1]}.`,
    wrong > 0
      ? `${plural(wrong, 'value')} ${wrong === 1 ? 'is' : 'are'} no finite number.`
      : `Map ${strongest + 1} is strongest (mean magnitude ${formatValue(facts[strongest]!.mean)}).`,
    ...(flat > 0
      ? [
          `${plural(flat, 'map')} ${flat === 1 ? 'is' : 'are'} the same everywhere: nothing of this row is in ${flat === 1 ? 'it' : 'them'}.`,
        ]
      : []),
    ...(own.channels > MOST_MAPS ? [`The first ${MOST_MAPS} are drawn; any other by its number.`] : []),
  ].join(' ');
}

/** "Map 5 at row 3, column 4: −0.42." */
export function mapPlaceText(
  frame: FeatureMapsFrame,
  place: { readonly channel: number | null; readonly pixel: number },
): string {
  const { size, values } = frame;
  const [rows, columns] = size;
  const { channel, pixel } = place;
  const where = `row ${Math.floor(pixel / columns) + 1}, column ${(pixel % columns) + 1}`;
  if (channel === null) return `The row itself at ${where}: ${rowText(frame, pixel)}.`;
  const { mean, flat } = mapFacts(frame, channel);
  const value = values[channel * rows * columns + pixel]!;
  const whole = flat ? ', as everywhere' : `; its mean magnitude is ${formatValue(mean)}`;
  return `Map ${channel + 1} at ${where}: ${Number.isFinite(value) ? formatValue(value) : 'no finite number'}${whole}.`;
}

function rowText({ size, picture }: FeatureMapsFrame, pixel: number): string {
  const [, , channels] = size;
  const [low, high] = picture.range ?? [0, 1];
  return Array.from({ length: channels }, (_, c) => {
    const at = pixel * channels + c;
    const value = picture.exact?.values?.[at] ?? low + ((high - low) * picture.values[at]!) / 255;
    return formatValue(picture.levels !== undefined || picture.range === undefined ? Math.round(value) : value);
  }).join(', ');
}
