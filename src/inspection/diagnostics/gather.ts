/**
 * Measures what the diagnostics need, in chunks, and remembers what cannot change.
 *
 * Cheap parts are measured at the start and after epochs; the costly ones (Jacobian of a large model, total probability
 * of 2^16 rows) only when asked for or when nothing trains.
 */
import { freshened } from '../freshMoments.ts';
import { type Chunked, type InspectionSource, snapshotOf } from '../source.ts';
import type { DiagnosticContext, RunFacts, RunMoment } from './context.ts';
import { diagnostics } from './index.ts';
import { measurements, type Measured, type MeasurementId } from './measurements/index.ts';
import { type Depth, type Measurement, reaches } from './measurements/measurement.ts';

export { type Depth, depths } from './measurements/measurement.ts';

const ids = Object.keys(measurements) as MeasurementId[];

/** Nothing has been measured. */
export const unmeasured = Object.fromEntries(ids.map((id) => [id, null])) as Measured;

const needed: ReadonlySet<MeasurementId> = new Set(Object.values(diagnostics).flatMap(({ needs }) => needs));

/** What needs no measuring. */
export function momentOf({ model, step, epoch }: InspectionSource, facts: RunFacts): RunMoment {
  return {
    step,
    epoch,
    modelType: model.type,
    dimension: model.dimension,
    flow: model.flow?.layers.map(({ kind, title }) => ({ kind, title })) ?? null,
    contextDimension: model.contextDimension,
    masked: model.parameters.some(({ masked }) => masked),
    support: model.support,
    quantity: model.quantity,
    maskCount: model.maskCount,
    weightNames: model.network?.weightNames ?? [],
    ...facts,
  };
}

export class ContextGatherer {
  readonly #source: InspectionSource;
  readonly #run: () => RunFacts;
  /** What holds throughout, measured once. */
  readonly #lasting = new Map<MeasurementId, unknown>();

  constructor(source: InspectionSource, run: () => RunFacts) {
    this.#source = source;
    this.#run = run;
  }

  async *gather(depth: Depth): Chunked<DiagnosticContext> {
    let snapshot = snapshotOf(this.#source, null);
    try {
      snapshot = yield* freshened(snapshot);
      const found: Record<string, unknown> = {};
      for (const id of ids.filter((one) => needed.has(one))) {
        const measurement: Measurement<unknown> = measurements[id];
        if (!reaches(depth, measurement.depth) || !measurement.applies(this.#source.model, depth)) continue;
        found[id] = this.#lasting.get(id) ?? (yield* measurement.measure(snapshot, this.#run()));
        if (measurement.depth === 'facts') this.#lasting.set(id, found[id]);
      }
      const { step, epoch } = snapshot;
      return { ...momentOf(this.#source, this.#run()), step, epoch, ...unmeasured, ...(found as Partial<Measured>) };
    } finally {
      snapshot.dispose();
    }
  }
}
