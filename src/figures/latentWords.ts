/** What the views of latent traffic say, in words computed from their frames. */
import type { HeatFrame, LatentFrame, WalkFrame } from '../inspection/frames/latent.ts';
import type { SamplesFrame } from '../inspection/frames.ts';
import { pathName } from './walkPaths.tsx';
import { distanceByChance } from '../inspection/latentColumns.ts';
import { subscript } from '../text/notation.ts';
import { formatCount, formatFixed, formatValue, plural } from './text.ts';

/** Coordinate d of u (from 0): u₁, u₂, … */
export const latentName = (d: number): string => `u${subscript(d + 1)}`;

/** Coordinates, the one that fits the base least first; those that hold no number before all. */
export function byMisfit({ distance, dimension }: LatentFrame): Int32Array {
  const size = (d: number) => (Number.isNaN(distance[d]!) ? Infinity : distance[d]!);
  return Int32Array.from({ length: dimension }, (_, d) => d).sort((a, b) => size(b) - size(a) || a - b);
}

/** The distance that so many draws of the base itself have on average. */
export const chanceOf = ({ rows, base }: LatentFrame): number => distanceByChance(rows, base.draws);

const of = (values: Float32Array, d: number) => values[values.length === 1 ? 0 : d]!;

/** A mean this many standard errors from the base's is off; a variance that differs by this share is another. */
const OFF = 4;
const OTHER = 0.15;

/** "further right than the base and wider"; '' where neither. */
function shapeText(frame: LatentFrame, d: number): string {
  const { base, mean, variance, rows } = frame;
  const expected = of(base.variance, d);
  const away = ((mean[d]! - of(base.mean, d)) / Math.sqrt(expected)) * Math.sqrt(rows);
  const ratio = variance[d]! / expected;
  const said = [
    ...(Math.abs(away) > OFF ? [away > 0 ? 'further up' : 'further down'] : []),
    ...(ratio > 1 + OTHER ? ['wider'] : ratio < 1 / (1 + OTHER) ? ['narrower'] : []),
  ];
  return said.length === 0 ? '' : `: ${said.join(' and ')} than the base`;
}

export function coordinateText(frame: LatentFrame, d: number): string {
  const { base, distance, mean, variance } = frame;
  const moments = `mean ${formatValue(mean[d]!)}, variance ${formatValue(variance[d]!)} (the base: ${formatValue(of(base.mean, d))}, ${formatValue(of(base.variance, d))})`;
  return `${latentName(d)}: Kolmogorov–Smirnov distance ${formatValue(distance[d]!)}, about ${formatValue(chanceOf(frame), 2)} by chance; ${moments}${shapeText(frame, d)}.`;
}

export function latentReading(frame: LatentFrame): string {
  const { base, dimension, rows, split, distance, notFinite } = frame;
  if (notFinite === rows * dimension) {
    return `${plural(rows, `${split} row`)}, carried to u, are no finite numbers there: the scale of some layer has run off to 0 or ∞, and there is nothing to compare.`;
  }
  const order = byMisfit(frame);
  const chance = formatValue(chanceOf(frame), 2);
  const said: string[] = [];
  if (notFinite > 0) {
    said.push(
      `${plural(notFinite, 'entry', 'entries')} of u ${notFinite === 1 ? 'is no finite number' : 'are no finite numbers'} and left out.`,
    );
  }
  if (base.draws !== null) {
    said.push(
      `In this base (${base.name}) coordinates depend on each other and have no density each in closed form: ${plural(base.draws, 'draw')} stand for it.`,
    );
  }
  const worst = order[0]!;
  const middle = order[Math.floor(order.length / 2)]!;
  const beside = `${plural(rows, `${split} row`)}, carried to u, beside the ${base.draws === null ? base.name : 'draws'}:`;
  const by = (d: number) => `by a Kolmogorov–Smirnov distance of ${formatValue(distance[d]!)}`;
  const furthest = [
    `its only coordinate is off ${by(worst)}`,
    `${latentName(worst)} is further off, ${by(worst)}, ${latentName(order.at(-1)!)} by ${formatValue(distance[order.at(-1)!]!)}`,
    `${latentName(worst)} is furthest off, ${by(worst)}, and half of the ${formatCount(dimension)} coordinates by ${formatValue(distance[middle]!)} or more`,
  ][Math.min(dimension, 3) - 1]!;
  said.push(`${beside} ${furthest}; draws of the base itself come to about ${chance} with so many rows.`);
  said.push(momentsText(frame));
  if (dimension > 1) said.push(correlationText(frame));
  return said.join(' ');
}

function momentsText({ base, mean, variance, dimension }: LatentFrame): string {
  const known =
    base.draws === null ? ` (the base: ${formatValue(base.mean[0]!)} and ${formatValue(base.variance[0]!)})` : '';
  if (dimension === 1)
    return `Its mean is ${formatValue(mean[0]!)}, its variance ${formatValue(variance[0]!)}${known}.`;
  const ends = (values: Float32Array) => {
    const finite = values.filter(Number.isFinite);
    return `${formatValue(Math.min(...finite))} … ${formatValue(Math.max(...finite))}`;
  };
  return `Means are ${ends(mean)}, variances ${ends(variance)}${known}.`;
}

function correlationText({ pairs, correlation, rows, base }: LatentFrame): string {
  const [strongest] = pairs;
  if (!strongest) return 'There are too few rows for correlations.';
  const who = `${latentName(strongest.a)} and ${latentName(strongest.b)} are correlated${pairs.length < 2 ? '' : ' most,'} by ${formatFixed(strongest.r)}`;
  const all = pairs.length < 2 ? '' : `; all pairs come to ${formatFixed(correlation, 3)} in root mean square`;
  const chance = base.draws === null ? `, about ${formatFixed(1 / Math.sqrt(rows), 3)} by chance` : '';
  return `${who}${all}${chance}.`;
}

export function walkReading(frame: WalkFrame): string {
  const { split, first, second, path, gaussian, norm, logProb, dimension } = frame;
  if (logProb === null) return posteriorWalkReading(frame);
  const middle = Math.floor(norm.length / 2);
  const ends = (logProb[0]! + logProb.at(-1)!) / 2;
  const way = path === 'spherical' ? 'on a great circle' : 'on a straight line';
  const begin = `From ${split} row ${formatCount(first + 1)} to row ${formatCount(second + 1)} ${way} in u, in ${norm.length} rows led back to x.`;
  const lost = logProb.filter((value, k) => !Number.isFinite(value) || !Number.isFinite(norm[k]!)).length;
  if (lost > 0)
    return `${begin} Of ${formatCount(lost)} of them log p is no finite number: a layer’s scale has run off on the way.`;
  const said = [
    begin,
    `Half way log p is ${formatFixed(logProb[middle]!, 1)} nats; at the ends ${formatFixed(ends, 1)} on average.`,
  ];
  if (gaussian) {
    const usual = Math.sqrt(dimension);
    said.push(
      `Half way u is ${formatFixed(norm[middle]!, 1)} from the origin, at the ends ${formatFixed(norm[0]!, 1)} and ${formatFixed(norm.at(-1)!, 1)}; draws of a Gaussian of ${plural(dimension, 'variable')} are about √D = ${formatFixed(usual, 1)} away.`,
    );
  }
  return said.join(' ');
}

/** Between the means of two posteriors. */
function posteriorWalkReading({ split, first, second, path, norm, beside, dimension, decoded }: WalkFrame): string {
  const middle = Math.floor(norm.length / 2);
  const begin = `From the mean of the posterior of ${split} row ${formatCount(first + 1)} to that of row ${formatCount(second + 1)}, in ${norm.length} places decoded, E[x|z].`;
  if (!norm.every(Number.isFinite))
    return `${begin} Some of these places are no finite numbers: the encoder has run off.`;
  const far = (own: number) => formatFixed(own, 1);
  const usual = `draws of the prior of ${plural(dimension, 'variable')} are about √K = ${far(Math.sqrt(dimension))} away`;
  const line = beside ? ` and ${far(beside.norm[middle]!)} on the ${pathName(beside)}` : '';
  const where = `Half way z is ${far(norm[middle]!)} from the origin on the ${pathName({ path })}${line}, at the ends ${far(norm[0]!)} and ${far(norm.at(-1)!)}; ${usual}.`;
  if (!beside) return `${begin} ${where}`;
  const apart = differenceOf(decoded, beside.decoded, middle);
  return `${begin} ${where} What is decoded half way by the one and by the other differs by ${formatFixed(100 * apart, 1)}\u00a0% of the range.`;
}

/** Root mean square of the differences between one row of both, in shares of the range. */
function differenceOf(a: SamplesFrame, b: SamplesFrame, row: number): number {
  let sum = 0;
  for (let at = row * a.dimension; at < (row + 1) * a.dimension; at++) {
    sum += ((a.values[at]! - b.values[at]!) / 255) ** 2 / a.dimension;
  }
  return Math.sqrt(sum);
}

export function heatReading({ temperature, decoded, logProb }: HeatFrame): string {
  const what =
    temperature === 0
      ? 'the middle of the base, led back to x'
      : temperature === 1
        ? 'draws of the model itself'
        : `draws whose u ${temperature < 1 ? 'is drawn in towards' : 'is pushed out from'} the middle of the base`;
  const density = Number.isFinite(logProb)
    ? `log p is ${formatFixed(logProb, 1)} nats on average.`
    : 'Of some of them log p is no finite number.';
  return `${plural(decoded.rows, 'row')} at temperature ${formatValue(temperature)}: ${what}. They are the same draws at every temperature, their distance from the middle of the base multiplied by it. ${density}`;
}
