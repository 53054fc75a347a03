/**
 * Gathers what the diagnostics judge by, in chunks, and remembers what cannot change: structures, columns, baseline.
 *
 * Cheap parts are gathered at the start and after epochs; the costly ones (Jacobian of a large model, total probability
 * of 2^16 rows) only when asked for or when nothing trains.
 */
import type { Metric } from '../../runs/metrics.ts';
import type { NonFiniteReport, ParameterNorms } from '../../training/trainer.ts';
import { jacobianFrame, MAX_JACOBIAN_DIMENSION } from '../jacobian.ts';
import { type Chunked, type InspectionSource, type Snapshot, snapshotOf } from '../source.ts';
import { bernoulliBaseline, columnFacts } from './columns.ts';
import { type DiagnosticContext, emptyContext } from './context.ts';
import { activationRates, firstScore, totalProbability } from './measure.ts';
import { structureFacts } from './structures.ts';

/** How much to gather: the facts that hold throughout, what is cheap to measure, everything. */
export type Depth = 'facts' | 'cheap' | 'full';

/** Most variables for a total probability and a Jacobian, by depth. */
const TOTAL_DIMENSION = { facts: 0, cheap: 10, full: 16 } as const;
const JACOBIAN_DIMENSION = { facts: 0, cheap: 32, full: MAX_JACOBIAN_DIMENSION } as const;

/** What a run knows besides its model. */
export interface RunFacts {
  readonly metrics: readonly Metric[];
  readonly norms: ParameterNorms | null;
  readonly failure: NonFiniteReport | null;
}

type Facts = Pick<DiagnosticContext, 'structures' | 'columns' | 'baseline'>;

export class ContextGatherer {
  readonly #source: InspectionSource;
  readonly #run: () => RunFacts;
  #facts: Facts | null = null;

  constructor(source: InspectionSource, run: () => RunFacts) {
    this.#source = source;
    this.#run = run;
  }

  async *gather(depth: Depth): Chunked<DiagnosticContext> {
    const snapshot = snapshotOf(this.#source, null);
    try {
      this.#facts ??= yield* this.#gatherFacts();
      const measured = depth === 'facts' ? {} : yield* measure(snapshot, depth, this.#run(), this.#facts);
      const { model } = this.#source;
      return {
        ...emptyContext,
        step: snapshot.step,
        epoch: snapshot.epoch,
        dimension: model.dimension,
        support: model.support,
        maskCount: model.maskCount,
        weightNames: model.masked?.weightNames ?? [],
        ...this.#facts,
        ...this.#run(),
        ...measured,
      };
    } finally {
      snapshot.dispose();
    }
  }

  async *#gatherFacts(): Chunked<Facts> {
    const { model } = this.#source;
    const structures = model.masked ? yield* structureFacts(model.masked, model.maskCount) : null;
    const dataset = await this.#source.dataset();
    const columns = yield* columnFacts(dataset);
    const baseline = model.support === 'binary' ? yield* bernoulliBaseline(dataset) : null;
    return { structures, columns, baseline };
  }
}

type Measured = Pick<DiagnosticContext, 'jacobian' | 'totalProbability' | 'activationRates' | 'score'>;

async function* measure(
  snapshot: Snapshot,
  depth: 'cheap' | 'full',
  run: RunFacts,
  { baseline }: Facts,
): Chunked<Measured> {
  const { model } = snapshot.source;
  const { dimension } = model;
  const total = model.support === 'binary' && model.quantity.kind === 'exact' && dimension <= TOTAL_DIMENSION[depth];
  const unscored = baseline && !run.metrics.some(({ type }) => type === 'epoch') && depth === 'full';
  return {
    activationRates: yield* activationRates(snapshot),
    jacobian: model.masked && dimension <= JACOBIAN_DIMENSION[depth] ? yield* jacobianFrame(snapshot) : null,
    totalProbability: total ? yield* totalProbability(snapshot) : null,
    score: unscored ? yield* scoreOf(snapshot, baseline.split) : null,
  };
}

async function* scoreOf(snapshot: Snapshot, split: 'train' | 'validation'): Chunked<DiagnosticContext['score']> {
  const rows = (await snapshot.source.dataset())[split];
  return rows ? { split, nats: yield* firstScore(snapshot, rows) } : null;
}
