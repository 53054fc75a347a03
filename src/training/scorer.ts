/** Scores of a run's held-out rows: after every epoch, and of the best parameters at its end. */
import type { Backend } from '../backends/backend.ts';
import { slowerOnce } from '../backends/compiledPasses.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import type { BoundMoment } from '../runs/boundMoment.ts';
import type { Score } from '../runs/manifest.ts';
import type { TellActivity } from '../text/activity.ts';
import { boundMoment } from './boundHistory.ts';
import { rowsOfProducts, scoreRows } from './evaluate.ts';
import type { Learner } from './learner.ts';
import { type HeldOut, NonFiniteError, traceRow } from './nonFinite.ts';

/** With more masks than this, validation during training averages over the first so many; the final scores use all. */
const VALIDATION_MASKS = 8;

export interface ScorerOptions {
  readonly learner: Learner;
  readonly dataset: Dataset;
  readonly backend: Backend;
  /** Rows of a batch of training. */
  readonly batchSize: number;
  /** Awaited between batches. */
  readonly yieldNow: () => Promise<void>;
  /** Told once, in words, when rows are scored in a slower way than the backend has. */
  readonly tell?: ((text: string) => void) | undefined;
  /** Told when scores wait for a program. */
  readonly tellActivity?: TellActivity | undefined;
}

/** By split; null for one without rows. */
export type Scores = Readonly<Record<HeldOut, Score | null>>;

export class Scorer {
  readonly #options: ScorerOptions;
  readonly #tell: (reason: string) => void;

  constructor(options: ScorerOptions) {
    this.#options = options;
    this.#tell = slowerOnce(options.backend, 'scores', options.tell);
  }

  get #model(): Model {
    return this.#options.learner.model;
  }

  /**
   * The validation rows under the current parameters, as after every epoch; null without them.
   * @throws NonFiniteError when the score is not finite; whatever `yieldNow` throws.
   */
  afterEpoch(): Promise<Score | null> {
    const { maskCount, validationMasks = Math.min(VALIDATION_MASKS, maskCount) } = this.#model;
    return this.#score('validation', this.#options.learner.parameters, validationMasks);
  }

  /** All held-out rows under all masks. @throws as {@link afterEpoch} does. */
  async atEnd(parameters: NamedTensors): Promise<Scores> {
    const { maskCount } = this.#model;
    return {
      validation: await this.#score('validation', parameters, maskCount),
      test: await this.#score('test', parameters, maskCount),
    };
  }

  /** How the bound is made up after so many epochs; null for models without latent variables. */
  boundAfterEpoch(seed: number, epoch: number): Promise<BoundMoment | null> {
    const { learner, dataset, backend, yieldNow } = this.#options;
    const { parameters } = learner;
    return boundMoment({
      ...{ model: this.#model, parameters, dataset, backend, seed, epoch, yieldNow },
      tell: this.#tell,
    });
  }

  async #score(split: HeldOut, parameters: NamedTensors, masks: number): Promise<Score | null> {
    const { learner, dataset, backend, yieldNow, tellActivity } = this.#options;
    const model = this.#model;
    const matrix = dataset[split];
    if (matrix === null) return null;
    const { score, perRow } = await scoreRows(model, parameters, matrix, {
      backend,
      ...(masks === 0 ? { estimate: true } : { masks }),
      batchSize: this.#batch(masks),
      // Every epoch is scored in the same way, the first and the only one, too.
      repeats: split === 'validation' ? Infinity : 1,
      along: true,
      yieldNow,
      tell: this.#tell,
      ...(tellActivity && { tellActivity }),
    });
    if (Number.isFinite(score.nats)) return score;
    const row = perRow.findIndex((value) => !Number.isFinite(value));
    const held = { matrix, row, logProb: perRow[row]!, split };
    throw new NonFiniteError(
      (await learner.trace()) ?? (await traceRow(backend.tf, model, parameters, held, learner.state.step)),
    );
  }

  /**
   * Rows scored at a time: so many that others wait some 20 ms for their turn, and a batch of training at least where a
   * score costs less than a step.
   */
  #batch(masks: number): number {
    const { densityProducts } = this.#model;
    if (densityProducts !== undefined && masks > 0) return rowsOfProducts(densityProducts);
    return Math.max(this.#options.batchSize, rowsOfProducts(parameterCount(this.#model)));
  }
}
