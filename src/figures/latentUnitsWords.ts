/** The sentences that read the latent units. */
import { ACTIVE, type LatentUnitsFrame } from '../inspection/frames/latentUnits.ts';
import { latentName } from './latentNames.ts';
import { shownMoment } from './latentUnitsPanel.tsx';
import { formatCount, formatFixed, formatValue, plural } from './text.ts';

/** Nats a unit below which all of them together are the prior. */
const COLLAPSED = 0.01;

/** What a unit's number is: only with independent posteriors has each unit a KL of its own. */
export function ofEachUnit({ posterior }: Pick<LatentUnitsFrame, 'posterior'>): string {
  return posterior === 'gaussian' ? 'KL of each unit' : 'Term of each unit';
}

/** What an IAF makes of the units' numbers; empty for independent posteriors. */
function termsText({ posterior, latent }: LatentUnitsFrame): string {
  if (posterior === 'gaussian' || latent === 1) return '';
  return 'The posterior is an IAF, whose latents depend on each other: the terms of the units add up to the KL, and how they share it depends on the order of its steps.';
}

/** Units, the one with the largest KL first. */
export function byDivergence({ perUnit }: LatentUnitsFrame): Int32Array {
  return Int32Array.from(perUnit, (_, unit) => unit).sort((a, b) => perUnit[b]! - perUnit[a]! || a - b);
}

export function latentUnitsReading(frame: LatentUnitsFrame): string {
  const { latent, activity, reconstruction, divergence, rows, split } = frame;
  const active = activity.reduce((count, own) => count + (own > ACTIVE ? 1 : 0), 0);
  const who =
    // Nothing moves with a row where there is but one.
    rows === 1
      ? 'Of one row nobody can tell which units are active'
      : active === latent
        ? latent === 1
          ? 'The only latent unit is active'
          : latent === 2
            ? 'Both latent units are active'
            : `All ${latent} latent units are active`
        : active === 0
          ? `None of ${plural(latent, 'latent unit')} is active: ${stillText(frame)}`
          : `${active} of ${latent} latent units ${active === 1 ? 'is' : 'are'} active`;
  const bound = `On ${plural(rows, `${split} row`)} the bound of ${formatFixed(reconstruction - divergence)} nats is a reconstruction of ${formatFixed(reconstruction)} less a KL of ${formatFixed(divergence)}.`;
  return [`${who}.`, bound, termsText(frame), historyText(frame), estimatorsText(frame)].filter(Boolean).join(' ');
}

/** What it means that no mean moves with the row: only where the KL is next to nothing, too, that q(z|x) is the prior. */
function stillText({ divergence, latent }: LatentUnitsFrame): string {
  return divergence < COLLAPSED * latent
    ? 'the posterior has collapsed onto the prior'
    : `their posteriors are nearly the same for every row and yet not the prior, which costs ${formatFixed(divergence)} nats a row for nothing`;
}

/** How it came to that, from the first moment that the run knows of; empty where it knows of one alone. */
function historyText(frame: LatentUnitsFrame): string {
  const [first] = frame.moments;
  const now = shownMoment(frame);
  if (!first || first === now) return '';
  const from = `Over training, told by ${now.rows === frame.rows ? 'these' : `the same ${formatCount(now.rows)}`} rows every time, since epoch ${formatValue(first.epoch)}`;
  const kl = `the KL went from ${formatFixed(first.divergence)} to ${formatFixed(now.divergence)} nats`;
  const units =
    first.active === now.active
      ? `as many units are active as then`
      : `active units went from ${first.active} to ${now.active}`;
  return `${from} ${kl}, and ${units}.`;
}

export function estimatorsText({ estimators: { A, B, difference }, samples }: LatentUnitsFrame): string {
  if (!A) return '';
  const mean = (one: { readonly mean: number; readonly standardError: number }) =>
    `${formatFixed(one.mean)} ± ${formatFixed(one.standardError)}`;
  if (!B) {
    return `Estimator A is ${mean(A)} nats and varies by ${formatValue(A.variance)} nats² a row (${samples} samples of each); the posterior is no Gaussian, so that there is no estimator B.`;
  }
  const ratio = A.variance / B.variance;
  const less = Math.abs(ratio - 1) < 0.005 ? 'as much as' : ratio > 1 ? 'less than' : 'more than';
  const by =
    Number.isFinite(ratio) && less !== 'as much as' ? `, ${formatValue(ratio > 1 ? ratio : 1 / ratio)} times` : '';
  // Each error is mostly of the rows, which both have in common: what tells them apart is their difference.
  const apart = difference
    ? `, A less B by the same noise ${formatValue(difference.mean)} ± ${formatValue(difference.standardError)}`
    : '';
  return `Estimators A and B are ${mean(A)} and ${mean(B)} nats${apart}; over their noise a row’s B varies ${less} its A${by} (${formatValue(B.variance)} against ${formatValue(A.variance)} nats², ${samples} samples of each).`;
}

export function unitText({ perUnit, activity }: LatentUnitsFrame, unit: number): string {
  const moves = activity[unit]!;
  return `${latentName(unit)}: KL ${formatValue(perUnit[unit]!)} nats; the mean of its posterior varies by ${formatValue(moves)} over the rows: ${moves > ACTIVE ? 'active' : 'not active'}.`;
}
