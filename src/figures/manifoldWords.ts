/** The sentences that read the latent manifold, from what was decoded. */
import { AT_ZERO, type ManifoldFrame, type ManifoldPointFrame } from '../inspection/frames/manifold.ts';
import { latentName } from './latentNames.ts';
import { formatCount, formatFixed, plural } from './text.ts';

/** Smaller changes than this share of the range, on average over the variables, nobody sees. */
export const NOTHING = 0.01;

export interface ManifoldChange {
  /** Root mean square over variables and cells of the differences from the grid's mean, in shares of the range. */
  readonly overall: number;
  /** Of the mean over each column of cells, and over each row: what one coordinate does by itself. */
  readonly across: number;
  readonly down: number;
}

export function manifoldChange({ decoded, columns, rows }: ManifoldFrame): ManifoldChange {
  const { values, dimension } = decoded;
  const cells = columns * rows;
  let [overall, across, down] = [0, 0, 0];
  const [byColumn, byRow] = [new Float64Array(columns), new Float64Array(rows)];
  for (let d = 0; d < dimension; d++) {
    byColumn.fill(0);
    byRow.fill(0);
    let [sum, squares] = [0, 0];
    for (let cell = 0; cell < cells; cell++) {
      const value = (values[cell * dimension + d] ?? 0) / 255;
      sum += value / cells;
      squares += value ** 2 / cells;
      byColumn[cell % columns]! += value / rows;
      byRow[Math.floor(cell / columns)]! += value / columns;
    }
    overall += Math.max(0, squares - sum ** 2) / dimension;
    for (const own of byColumn) across += (own - sum) ** 2 / columns / dimension;
    for (const own of byRow) down += (own - sum) ** 2 / rows / dimension;
  }
  return { overall: Math.sqrt(overall), across: Math.sqrt(across), down: Math.sqrt(down) };
}

export function manifoldReading(frame: ManifoldFrame): string {
  const { columns, rows, plane, latent } = frame;
  const [first, second] = [latentName(plane.across), latentName(plane.down)];
  const grid =
    latent === 1
      ? `${columns} places of ${first}, the only latent variable, decoded`
      : `${columns} × ${rows} places of ${first} and ${second} decoded`;
  const others =
    latent <= 2
      ? ''
      : plane.row === AT_ZERO
        ? `, the other ${plural(latent - 2, 'latent')} at 0`
        : `, the other ${plural(latent - 2, 'latent')} where the encoder puts ${frame.split} row ${formatCount(plane.row + 1)}`;
  const { overall, across, down } = manifoldChange(frame);
  const amount = (share: number) => formatFixed(100 * share, 1);
  if (overall < NOTHING) {
    return `${grid}${others}. All of them look alike (they differ by ${amount(overall)}\u00a0% of the range): the decoder does not listen ${latent === 1 ? `to ${first}` : 'here'}.`;
  }
  const sides =
    latent === 1
      ? ''
      : across < NOTHING || down < NOTHING
        ? `; along ${across < down ? first : second} alone next to nothing changes`
        : `; along ${first} alone by ${amount(across)}\u00a0%, along ${second} alone by ${amount(down)}\u00a0%`;
  return `${grid}${others}. They differ by ${amount(overall)}\u00a0% of the range from their mean${sides}.`;
}

/** "z₁ = 0.31, z₂ = −1.2: …" */
export function manifoldPointText(frame: ManifoldPointFrame): string {
  const { z, plane, latent, nearest } = frame;
  const shown = latent === 1 ? [plane.across] : [plane.across, plane.down];
  const place = shown.map((k) => `${latentName(k)} = ${formatFixed(z[k]!, 2)}`).join(', ');
  const among = nearest.among < nearest.of ? `the first ${formatCount(nearest.among)}` : formatCount(nearest.of);
  return `${place}. Of ${among} training rows number ${formatCount(nearest.row + 1)} is nearest: it differs by ${formatFixed(nearest.distance, 3)} (root mean square over the variables).`;
}
