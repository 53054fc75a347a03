/** What the transport view says, in words computed from its frame. */
import { massShares, type TransportFrame } from '../inspection/frames/transport.ts';
import { formatFixed, formatValue, percent, plural } from './text.ts';
import { momentOf } from './transportStages.ts';

const signed = (value: number) => `${value < 0 ? '' : '+'}${formatFixed(value)}`;

/** What is seen at a moment: "After layer 3 of 8: Affine coupling, x₁ passes, x₂ moves". */
export function stageTitle(frame: TransportFrame, at: number): string {
  const { layers, base } = frame;
  const { from, share } = momentOf(frame, at);
  if (layers.length === 0) return `x, which is u: ${base}`;
  if (share > 0) return `Layer ${from + 1} of ${layers.length}: ${layerText(frame, from)}`;
  if (from === 0) return `x, as the data are`;
  const after = `after layer ${from} of ${layers.length}: ${layerText(frame, from - 1)}`;
  return from === layers.length ? `u, ${after}` : `A${after.slice(1)}`;
}

/** The title of a layer and what it does. */
export function layerText({ layers }: Pick<TransportFrame, 'layers'>, layer: number): string {
  const { title, about } = layers[layer]!;
  return about === '' ? title : `${title}, ${about}`;
}

/** Mean over the rows of what is finite; NaN of nothing. */
function meanOf(values: Float32Array): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

export const logDetOf = ({ logDet, rows }: TransportFrame, layer: number): Float32Array =>
  logDet.subarray(layer * rows, (layer + 1) * rows);

/** Mean log|det| of a layer over the rows, nats. */
export const meanLogDet = (frame: TransportFrame, layer: number): number => meanOf(logDetOf(frame, layer));

/** log p of every row, nats. */
export function logProbs(frame: TransportFrame): Float32Array {
  return frame.logBase.map((base, i) =>
    frame.layers.reduce((sum, _, layer) => sum + frame.logDet[layer * frame.rows + i]!, base),
  );
}

/** "given label 2 (ring)", "given what validation row 3 is conditioned on"; '' for models of no context. */
export function conditionText({ condition, split }: TransportFrame): string {
  if (!condition) return '';
  if (condition.kind === 'values') return `given what ${split} row ${condition.row + 1} is conditioned on`;
  const name = condition.names[condition.label];
  return `given label ${condition.label}${name === undefined ? '' : ` (${name})`}`;
}

/** How many rows lie within the widest contour of x, and what share of the probability that holds. */
export function within(frame: TransportFrame): { readonly rows: number; readonly share: number } | null {
  const level = frame.levels[massShares.length - 1]!;
  if (!Number.isFinite(level)) return null;
  return { rows: logProbs(frame).filter((value) => value >= level).length, share: massShares.at(-1)! };
}

export function transportReading(frame: TransportFrame): string {
  const { layers, rows, split, base } = frame;
  const given = conditionText(frame);
  const said = [
    `${plural(layers.length, 'layer')}${kindsText(frame)} ${layers.length === 1 ? 'carries' : 'carry'} ${plural(rows, `${split} row`)}${given && `, ${given},`} to a ${base} and back.`,
  ];
  const logProb = logProbs(frame);
  const odd = logProb.filter((value) => !Number.isFinite(value)).length;
  if (odd > 0) {
    said.push(
      `Of ${plural(odd, 'row')} log p is no finite number: a scale has run off, or u lies where the base has none.`,
    );
  }
  if (odd < rows) {
    const sum = layers.reduce((all, _, layer) => all + meanLogDet(frame, layer), 0);
    said.push(
      `On average log p(x) = log p(u) + Σ log|det|: ${formatFixed(meanOf(logProb))} = ${formatFixed(meanOf(frame.logBase))} ${sum < 0 ? '−' : '+'} ${formatFixed(Math.abs(sum))} nats${strongest(frame)}.`,
    );
  }
  const inside = within(frame);
  if (inside) {
    said.push(
      `${percent(inside.rows, rows)} of the rows lie in the smallest region that holds ${Math.round(100 * inside.share)}\u00a0% of the model’s probability.`,
    );
  }
  return said.join(' ');
}

/** ", most of it by layer 3 (Affine coupling, +0.52)": the layer whose volumes change most. */
function strongest(frame: TransportFrame): string {
  if (frame.layers.length < 2) return '';
  const means = frame.layers.map((_, layer) => meanLogDet(frame, layer));
  const layer = means.reduce((best, value, i) => (Math.abs(value) > Math.abs(means[best]!) ? i : best), 0);
  const own = means[layer]!;
  if (!(Math.abs(own) >= 0.005)) return ', no layer changing volumes';
  return `; layer ${layer + 1} (${frame.layers[layer]!.title}) changes volumes most, by ${signed(own)}`;
}

/** A point in the plane: "(0.31, −1.2)". */
export const pointText = (x: number, y: number): string => `(${formatValue(x)}, ${formatValue(y)})`;

/** Where one row stands at a stage. */
export function placeOf({ points, rows }: TransportFrame, row: number, stage: number): readonly [number, number] {
  const at = 2 * (stage * rows + row);
  return [points[at]!, points[at + 1]!];
}

/** The mean place of the rows at a stage. */
export function meanPlace({ points, rows }: TransportFrame, stage: number): readonly [number, number] {
  const own = points.subarray(2 * stage * rows, 2 * (stage + 1) * rows);
  const of = (side: number) => meanOf(own.filter((_, i) => i % 2 === side));
  return [of(0), of(1)];
}

/** " (2 × Affine coupling, 1 × Reversal)": what the layers are, where they are of several kinds and not all different. */
function kindsText({ layers }: TransportFrame): string {
  const counts = new Map<string, number>();
  for (const { title } of layers) counts.set(title, (counts.get(title) ?? 0) + 1);
  if (counts.size < 2 || counts.size === layers.length) return '';
  return ` (${[...counts].map(([title, count]) => `${count} × ${title}`).join(', ')})`;
}

/** "Validation row 12: x = (0.31, −1.2), u = (0.1, 0.2), log p = −1.53 nats". */
export function rowText(frame: TransportFrame, row: number): string {
  const { layers, split } = frame;
  const [x, u] = [placeOf(frame, row, 0), placeOf(frame, row, layers.length)];
  return `${split === 'train' ? 'Train' : 'Validation'} row ${frame.row[row]! + 1}: x = ${pointText(...x)}, u = ${pointText(...u)}, log p = ${formatFixed(logProbs(frame)[row]!)} nats`;
}
