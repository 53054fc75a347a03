/** The sentences that read the posteriors. */
import { distanceByChance } from '../inspection/latentColumns.ts';
import type { PosteriorsFrame } from '../inspection/frames/posteriors.ts';
import { latentName } from './latentNames.ts';
import { formatCount, formatFixed, formatValue, plural } from './text.ts';

/** Times the distance that draws of the prior itself would have, from which on a coordinate is told to be off. */
const OFF = 3;

export function posteriorsReading(frame: PosteriorsFrame): string {
  const { latent, rows, split, distance, aggregateMean, aggregateVariance } = frame;
  const chance = distanceByChance(rows, null);
  const off = distance.reduce((count, own) => count + (own > OFF * chance ? 1 : 0), 0);
  let worst = 0;
  for (let k = 1; k < latent; k++) if (distance[k]! > distance[worst]!) worst = k;
  const what = `${plural(rows, `${split} row`)} encoded into ${plural(latent, 'latent variable')}.`;
  const name = latentName(worst);
  const moments = `mean ${formatFixed(aggregateMean[worst]!, 2)}, variance ${formatFixed(aggregateVariance[worst]!, 2)}`;
  const gap = `by ${formatValue(distance[worst]!)} (largest gap of the distribution functions; ${formatValue(chance, 2)} by chance)`;
  if (off === 0) {
    return `${what} All of them together are like the prior: ${latent === 1 ? name : `${name}, the furthest,`} is off ${gap}.`;
  }
  const how =
    latent === 1
      ? `All of them together are not the prior: ${name} is off`
      : `All of them together are off the prior along ${off === latent ? (latent === 2 ? 'both' : `all ${latent}`) : `${off} of ${latent}`}; furthest ${name},`;
  return `${what} ${how} ${gap}, with ${moments}.`;
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
