/** The sentences that read the posteriors. */
import { distanceByRareChance } from '../inspection/latentColumns.ts';
import type { PosteriorsFrame } from '../inspection/frames/posteriors.ts';
import { latentName } from './latentNames.ts';
import { formatCount, formatFixed, formatValue, percent, plural } from './text.ts';

/** Largest gap of the distribution functions from which on a coordinate is told to be off: a size, whatever the rows. */
const OFF = 0.1;

export function posteriorsReading(frame: PosteriorsFrame): string {
  const { latent, rows, split, distance, aggregateMean, aggregateVariance } = frame;
  // Few rows show gaps by chance alone.
  const limit = Math.max(OFF, distanceByRareChance(rows));
  const off = distance.reduce((count, own) => count + (own >= limit ? 1 : 0), 0);
  let worst = 0;
  for (let k = 1; k < latent; k++) if (distance[k]! > distance[worst]!) worst = k;
  const what = `${plural(rows, `${split} row`)} encoded into ${plural(latent, 'latent variable')}.`;
  const name = latentName(worst);
  const moments = `mean ${formatFixed(aggregateMean[worst]!, 2)}, variance ${formatFixed(aggregateVariance[worst]!, 2)}`;
  const rule =
    limit > OFF ? `${formatValue(limit, 2)} on, less being chance with so few rows` : `${formatValue(OFF)} on`;
  const gap = `by ${formatValue(distance[worst]!)} (largest gap of the distribution functions; told from ${rule})`;
  const told = [what];
  if (off === 0) {
    // What is not told apart is not therefore the same, and coordinates may be right one by one.
    const alike = limit > OFF ? `cannot be told from the prior with ${plural(rows, 'row')}` : 'are like the prior';
    const each = latent === 1 ? '' : ', coordinate by coordinate,';
    told.push(
      `All of them together${each} ${alike}: ${latent === 1 ? name : `${name}, the furthest,`} is off ${gap}, with ${moments}.`,
    );
  } else {
    const along = off === latent ? (latent === 2 ? 'both' : `all ${latent}`) : `${off} of ${latent}`;
    const how =
      latent === 1
        ? `All of them together are not the prior: ${name} is off`
        : `All of them together are off the prior along ${along}; furthest ${name},`;
    told.push(`${how} ${gap}, with ${moments}.`);
  }
  return [...told, ...pairTold(frame), ...holesTold(frame), ...beyondTold(frame)].join(' ');
}

/** A correlation between coordinates is told from this size on, and above what chance makes of so many rows. */
const CORRELATED = 0.1;
/** With more coordinates their pairs are too many to look at for a sentence. */
const MOST_PAIRED = 32;

/** The pair of coordinates that goes together most: the prior's are independent. */
function pairTold({ latent, rows, mean, aggregateVariance }: PosteriorsFrame): string[] {
  if (latent < 2 || latent > MOST_PAIRED) return [];
  const centre = Float64Array.from({ length: latent }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += mean[i * latent + k]! / rows;
    return sum;
  });
  let worst = { a: 0, b: 1, correlation: 0 };
  for (let a = 0; a < latent; a++) {
    for (let b = a + 1; b < latent; b++) {
      // Given a row its coordinates are independent, or nearly: only their means go together.
      let covariance = 0;
      for (let i = 0; i < rows; i++) {
        covariance += ((mean[i * latent + a]! - centre[a]!) * (mean[i * latent + b]! - centre[b]!)) / rows;
      }
      const correlation = covariance / Math.sqrt(aggregateVariance[a]! * aggregateVariance[b]!);
      if (Math.abs(correlation) > Math.abs(worst.correlation)) worst = { a, b, correlation };
    }
  }
  if (!(Math.abs(worst.correlation) > Math.max(CORRELATED, 4 / Math.sqrt(rows)))) return [];
  const [a, b] = [latentName(worst.a), latentName(worst.b)];
  return [
    `The prior’s coordinates are independent, and ${a} and ${b} have a correlation of ${formatFixed(worst.correlation, 2)}.`,
  ];
}

/** A hole of the prior is told from this share of its draws on. */
const HOLE = 0.01;
/** Rows are hardly any where there are less than such a share of those that the prior would have. */
const HARDLY = 0.1;
/** Rows that the prior would have in a stretch that is judged: that so few are there as make a hole is no chance. */
const ENOUGH = 30;

/**
 * Share of the prior's draws whose coordinate k lies where hardly any row is encoded. Neighbouring bins are taken together
 * until the prior would have {@link ENOUGH} rows there; what is left over at the ends is not judged.
 */
export function priorHoles({ histogram, expected, bins, rows }: PosteriorsFrame, k: number): number {
  let [share, own, prior] = [0, 0, 0];
  for (let bin = 0; bin < bins; bin++) {
    own += histogram[k * bins + bin]!;
    prior += expected[bin]!;
    if (prior * rows < ENOUGH) continue;
    if (own < HARDLY * prior) share += prior;
    [own, prior] = [0, 0];
  }
  return share;
}

/** Where samples come from places that no row is encoded at: along the coordinate that has most of them. */
function holesTold(frame: PosteriorsFrame): string[] {
  const shares = Array.from({ length: frame.latent }, (_, k) => priorHoles(frame, k));
  const most = Math.max(...shares);
  if (most < HOLE) return [];
  const name = latentName(shares.indexOf(most));
  const others = shares.filter((share) => share >= HOLE).length - 1;
  const also =
    others > 0 ? `, and ${plural(others, 'other coordinate')} ${others === 1 ? 'has' : 'have'} such gaps` : '';
  return [
    `${percent(most, 1)} of the prior’s draws have a ${name} where hardly any row is encoded${also}: what is sampled ` +
      'from there the decoder has not learnt.',
  ];
}

function beyondTold({ latent, histogram, bins, high }: PosteriorsFrame): string[] {
  const within = Array.from({ length: latent }, (_, k) =>
    histogram.subarray(k * bins, (k + 1) * bins).reduce((sum, share) => sum + share, 0),
  );
  const beyond = 1 - Math.min(...within);
  // Less is rounding: shares are sums of float32.
  if (beyond < 1e-4) return [];
  const name = latentName(within.indexOf(Math.min(...within)));
  return [`${percent(beyond, 1)} of ${name} lie beyond ±${high}, where the bars end.`];
}

/**
 * The two coordinates that tell most of a row, by the mean KL divergence of Gaussians with the rows' moments from the prior, in
 * their own order; 0 and 1 of no more than two.
 */
export function leadingCoordinates({ latent, mean, deviation }: PosteriorsFrame): readonly [number, number] {
  const divergence = new Float64Array(latent);
  for (let at = 0; at < mean.length; at++) {
    const [m, s] = [mean[at]!, deviation[at]!];
    divergence[at % latent]! += (m * m + s * s - 1) / 2 - Math.log(s);
  }
  const units = Array.from({ length: latent }, (_, k) => k).sort((a, b) => divergence[b]! - divergence[a]! || a - b);
  const [first = 0, second = first] = units.slice(0, 2).sort((a, b) => a - b);
  return [first, second];
}

export function posteriorText(frame: PosteriorsFrame, i: number, coordinates: readonly number[]): string {
  const { split, row, labels, latent, mean, deviation } = frame;
  const label = labels?.of[i];
  const of = label === undefined ? '' : ` (${labels?.names?.[label] ?? `label ${label}`})`;
  const places = coordinates.map(
    (k) =>
      `${latentName(k)} = ${formatFixed(mean[i * latent + k]!, 2)} ± ${formatFixed(deviation[i * latent + k]!, 2)}`,
  );
  return `${split === 'train' ? 'Training' : 'Validation'} row ${formatCount(row[i]! + 1)}${of}: ${places.join(', ')}.`;
}
