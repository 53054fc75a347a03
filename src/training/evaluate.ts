/** Scores of rows under a model. */
import type { Backend } from '../backends/backend.ts';
import { passesOn } from '../backends/compiledPasses.ts';
import type { Matrix } from '../data/dataset.ts';
import { LogMeanExp } from '../distributions/logMeanExp.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { Score } from '../runs/manifest.ts';
import type { TellActivity } from '../text/activity.ts';
import { plural } from '../text/numbers.ts';
import { contextSlice, slice } from './batches.ts';
import { noiseFor, ownParameters, type ScoringInputs, type ScoringPassOptions, scoringPass } from './scoringPass.ts';
import { runTold } from './toldPass.ts';
import { scoreStreams, scoringStreams } from './streamScore.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

export interface ScoreOptions {
  readonly backend: Backend;
  /** Rows scored at a time; 500 unless told, or fewer where each takes long. */
  readonly batchSize?: number;
  /**
   * Averages over the densities of the first so many structures, a MADE's masks or an EoNADE's orders; over the model's
   * {@link Model.maskCount} unless told.
   */
  readonly masks?: number;
  /**
   * Scores by the model's objective instead, in one pass: where that is an estimate (EoNADE's, with a random order and
   * position for every row) it stands for all structures, and the score says so.
   */
  readonly estimate?: boolean;
  /**
   * How often so many rows are scored in all, as after every epoch: a pass is compiled where it runs often enough (see
   * `Pass.times`). 1 unless told.
   */
  readonly repeats?: number;
  /**
   * Whether rows follow one another, so that a model of text reads each on from the one before it; without that, and for other
   * models, every row is scored on its own.
   */
  readonly along?: boolean;
  /** Told why rows are scored operation by operation on a backend that has programs. */
  readonly tell?: (reason: string) => void;
  /** Told when rows wait for a program that is made for them. */
  readonly tellActivity?: TellActivity;
  /** Told how many rows are done; with several structures a row counts when all of them have scored it. */
  readonly onProgress?: (rowsDone: number) => void;
  /** Awaited between batches; yields to the event loop unless told otherwise. Throwing from it ends the scoring. */
  readonly yieldNow?: () => Promise<void>;
}

export interface RowScores {
  readonly score: Score;
  /** log p of every row in nats, the ensemble over the structures, or its estimate; −loss of a model without a density. */
  readonly perRow: Float64Array;
}

const BATCH_SIZE = 500;

/** Products in one batch: some 20 ms. */
const BATCH_PRODUCTS = 3e8;

/** Rows scored at a time when each takes so many products. */
export function rowsOfProducts(products: number): number {
  return Math.max(1, Math.min(BATCH_SIZE, Math.round(BATCH_PRODUCTS / products)));
}

/**
 * log p(x) of every row. With several structures (masks, orders) the log of the mean of p over them, log ¹⁄M Σ_m p_m(x),
 * in float64: an average of densities is a density again; an average of logits or of conditionals would not be. A model
 * that has a structure for every number can be asked for more of them than it has.
 * @throws RangeError when there are no rows, when they have another number of columns than the model, and for more
 * structures than a model has that draws none.
 *
 * The last rows are not filled up to a whole batch: they are a pass of their own shapes, so that no row's score depends on
 * what stands beside it.
 */
export async function scoreRows(
  model: Model,
  parameters: NamedTensors,
  matrix: Matrix,
  options: ScoreOptions,
): Promise<RowScores> {
  if (matrix.rows === 0) throw new RangeError('there are no rows to score');
  if (matrix.columns !== model.dimension) {
    throw new RangeError(`the rows have ${matrix.columns} columns, the model ${model.dimension}`);
  }
  checkContext(model, matrix);
  const { backend, onProgress, yieldNow = nextTurn, estimate = false, repeats = 1, tell } = options;
  const { tellActivity } = options;
  const { batchSize = estimate ? BATCH_SIZE : rowsOfProducts(model.densityProducts ?? 1) } = options;
  const maskCount = estimate ? 1 : (options.masks ?? model.maskCount);
  if (maskCount > model.maskCount && !model.drawsMasks) {
    throw new RangeError(
      `${maskCount} masks are to be averaged over; this model has ${model.maskCount}, and draws no others`,
    );
  }
  if (options.along && model.stream) {
    const reading = { backend, repeats, tell, tellActivity, onProgress, yieldNow };
    const perRow = await scoreStreams(model, ownParameters(model, parameters), matrix, reading);
    return { score: { ...scoreOf(perRow, model), streams: scoringStreams(matrix.rows) }, perRow };
  }
  const mean = new LogMeanExp(matrix.rows);
  const whole = Math.floor(matrix.rows / batchSize);
  const own = ownParameters(model, parameters);
  let done = 0;

  for (let mask = 0; mask < maskCount; mask++) {
    const masks = upload(model.masks(mask));
    const random = scoringNoise(mask);
    try {
      for (let begin = 0; begin < matrix.rows; begin += batchSize) {
        const end = Math.min(begin + batchSize, matrix.rows);
        const noise = upload(noiseFor(model, estimate)(end - begin, random));
        const context = contextSlice(matrix, begin, end);
        const x = slice(matrix, begin, end);
        try {
          const times = repeats * maskCount * (end - begin === batchSize ? whole : 1);
          const inputs = { parameters: own, masks, noise, context, x };
          mean.add(begin, await logProbs(model, inputs, { estimate, times, tell, tellActivity, backend, yieldNow }));
        } finally {
          disposeTensors(noise, { x, ...(context && { context }) });
        }
        done += end - begin;
        onProgress?.(Math.floor(done / maskCount));
        await yieldNow();
      }
    } finally {
      disposeTensors(masks);
    }
  }
  const perRow = mean.result(maskCount);
  const score = scoreOf(perRow, model);
  const of = estimate ? model.quantity.estimate : undefined;
  return { score: of ? { ...score, quantity: `${score.quantity}, ${of}` } : score, perRow };
}

/** Of some rows, or their estimate. */
async function logProbs(
  model: Model,
  { x, ...inputs }: ScoringInputs,
  {
    backend,
    yieldNow,
    tellActivity,
    ...pass
  }: ScoringPassOptions &
    Required<Pick<ScoreOptions, 'backend' | 'yieldNow'>> & { readonly tellActivity: TellActivity | undefined },
): Promise<Float32Array | Float64Array> {
  if (model.score && !pass.estimate) {
    const scoring = model.score(x, inputs);
    try {
      let step = await scoring.next();
      for (; !step.done; step = await scoring.next()) await yieldNow();
      return step.value;
    } finally {
      await scoring.return(undefined as never);
    }
  }
  const scored = { pass: scoringPass(model, pass), what: `the scores of ${plural(x.shape[0], 'row')}` };
  const { logProb } = await runTold(passesOn(backend), scored, { x, ...inputs }, tellActivity);
  try {
    return await logProb.data<'float32'>();
  } finally {
    logProb.dispose();
  }
}

/** @throws RangeError when rows lack the context that the model needs, or have another. */
function checkContext({ contextDimension }: Model, { context }: Matrix): void {
  const found = context?.columns ?? 0;
  if (found !== contextDimension) {
    throw new RangeError(`the rows come with a context of ${found} columns; the model's has ${contextDimension}`);
  }
}

/** Where the noise of a scoring comes from: always the same, so that the same parameters have the same score. */
export function scoringNoise(mask: number): RandomGenerator {
  return RandomGenerator.seeded(0, `scoring/${mask}`);
}

/** Mean negative log-likelihood of rows whose log p is given, or mean loss, with its standard error s/√N. */
export function scoreOf(logProb: Float64Array, { dimension, quantity }: Pick<Model, 'dimension' | 'quantity'>): Score {
  const rows = logProb.length;
  const mean = logProb.reduce((sum, value) => sum + value, 0) / rows;
  const squares = logProb.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    rows,
    nats: -mean,
    standardError: rows > 1 ? Math.sqrt(squares / (rows - 1) / rows) : 0,
    bitsPerDim: quantity.kind === 'loss' ? null : -mean / (dimension * Math.LN2),
    quantity: quantity.name,
    ...(quantity.unit !== 'nats' && { unit: quantity.unit }),
  };
}

/** Lets whatever else waits have its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
