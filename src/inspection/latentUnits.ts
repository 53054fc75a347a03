/**
 * The latent units frame: KL divergence and activity of every unit, and both estimators of the bound (Kingma & Welling 2014,
 * equations 6 and 7) on the same rows and the same noise, so that their variances can be told apart.
 */
import { BOUND_SAMPLE, boundSample, HISTORY_SAMPLES, historyNoise, historyRows } from '../training/boundHistory.ts';
import { BoundSums } from '../training/boundSums.ts';
import type { Model } from '../models/model.ts';
import { boundNoise } from '../models/vaeBound.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import type { BoundMoment, LatentUnitsFrame } from './frames/latentUnits.ts';
import { latentOf, lookedAt, overRows, pickedRows, posteriorsOf } from './latentLook.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

const MOST_ROWS = { glance: 100, quick: 250, thorough: 1000 } as const satisfies Record<Look, number>;
/** Samples of each row, from which a variance is told. */
const SAMPLES = 8;
/** Moments drawn of a run: beyond them every other one goes. */
const MOST_MOMENTS = 200;

export const latentUnitsMaker: FrameMaker<'latentUnits'> = {
  compute: (snapshot, { look, free }) => latentUnitsFrame(snapshot, look, free),
  renewed: 'step',
  canBeRefined: (_, look) => look !== 'thorough',
};

/** What looks between epochs have found of each model, for as long as it is looked at. */
const remembered = new WeakMap<Model, readonly BoundMoment[]>();

/** @throws RangeError when the model has no latent variables. */
export async function* latentUnitsFrame(
  snapshot: Snapshot,
  look: Look = 'thorough',
  free = false,
): Chunked<LatentUnitsFrame> {
  const { source } = snapshot;
  const latent = latentOf(source.model);
  const { split, row, of, matrix } = await lookedAt(source, MOST_ROWS[look]);
  const data = pickedRows(matrix, row);
  const rows = row.length;
  const kept = historyRows(await source.dataset());
  const all = new BoundSums(latent, { rows, samples: SAMPLES });
  const history = new BoundSums(latent, { rows: Math.min(kept, rows), samples: HISTORY_SAMPLES });
  const { mean } = yield* posteriorsOf(snapshot, data, free);
  for (const sums of [all, history]) sums.addMeans(0, mean);
  for (let sample = 0; sample < SAMPLES; sample++) {
    const random = historyNoise(source.seed, sample);
    yield* overRows(snapshot, data, {
      free,
      pass: BOUND_SAMPLE,
      noise: (count) => boundNoise(count, latent.latentDimension, random),
      compute: (x, inputs) => boundSample(latent, x, inputs),
      take: (from, values) => {
        for (const sums of [all, history]) sums.add(from, sample, values);
      },
    });
  }
  const { perUnit, activity, reconstruction, divergence, estimators } = all;
  return {
    kind: 'latentUnits',
    ...frameBase(snapshot),
    ...{ latent: latent.latentDimension, posterior: latent.posterior.type, split, rows, allRows: of },
    ...{ perUnit, activity, reconstruction, divergence, estimators, samples: SAMPLES },
    moments: momentsOf(snapshot, history, { whole: rows >= kept }),
    complete: look === 'thorough' || rows === of,
  };
}

/**
 * The run's epochs, looks between them, and this one.
 * @param o.whole Whether this look was at as many rows as those: one at fewer is not remembered, and drawn while there is
 *   nothing else.
 */
function momentsOf({ source, step, epoch }: Snapshot, now: BoundSums, o: { readonly whole: boolean }) {
  const kept = (source.epochs?.() ?? []).flatMap(({ step, epoch, bound }): BoundMoment[] =>
    bound ? [{ ...bound, step, epoch, perUnit: bound.perUnit ? Float32Array.from(bound.perUnit) : null }] : [],
  );
  const last = kept.at(-1)?.step ?? 0;
  const known = (remembered.get(source.model) ?? []).filter((one) => one.step > last);
  const moment: BoundMoment = { ...now.moment, perUnit: now.perUnit, step, epoch };
  if (!o.whole) return thinned([...kept, ...(kept.length + known.length === 0 ? [moment] : known)]);
  // What an epoch kept of this step is the same.
  const since = step > last ? withMoment(known, moment) : known;
  remembered.set(source.model, since);
  return thinned(kept.length + since.length === 0 ? [moment] : [...kept, ...since]);
}

/** With one more, in the order of steps; another look at one step takes the place of an earlier one. */
export function withMoment(known: readonly BoundMoment[], moment: BoundMoment): readonly BoundMoment[] {
  const all = [...known.filter(({ step }) => step !== moment.step), moment].sort((a, b) => a.step - b.step);
  return thinned(all);
}

/** Every other one, the last one always, as often as there are too many. */
function thinned(moments: readonly BoundMoment[]): readonly BoundMoment[] {
  if (moments.length <= MOST_MOMENTS) return moments;
  return thinned(moments.filter((_, i) => i % 2 === 0 || i === moments.length - 1));
}
