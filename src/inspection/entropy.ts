/**
 * Conditional entropies: how much every variable costs given those before it in the order, and how much its conditionals
 * expect that it costs.
 *
 *   surprise_d = mean over rows of −log p(x_d | x_<d),   entropy_d = mean over rows of H(p(· | x_<d))
 *
 * The surprises sum to the NLL. Were the rows drawn from the model, E[surprise_d | x_<d] would be the entropy: where the
 * two differ by more than chance the model is over- or underconfident about that variable.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import { heldOut, rowOrder } from '../data/heldOut.ts';
import type { Conditional } from '../distributions/conditional.ts';
import { conditionalsOf, type Model } from '../models/model.ts';
import { standardErrorOf } from './ensemble.ts';
import { evaluateRows, Pace, rowsAt, rowTerms } from './ensembleScoring.ts';
import { CharacterSums } from './entropyCharacters.ts';
import type { EntropyFrame } from './entropyFrame.ts';
import { partOf } from './effort.ts';
import type { FrameMaker, FrameManner, Look } from './frameMaker.ts';
import { Marginals } from './entropyMarginals.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';

/** Terms of a frame, about: rows × variables. */
const TERMS = { glance: 50_000, quick: 200_000, thorough: 4_000_000 } as const;
/** The entropy of a conditional that is not Bernoulli is a sum or an integral of its own. */
const COST_OF_OTHERS = 8;
const DEAR_ROWS = 4;
const FEWEST_ROWS = { glance: 32, quick: 100, thorough: 400 } as const;
const MOST_ROWS = { glance: 500, quick: 2_000, thorough: 20_000 } as const;

/** Rows averaged over: fewer the more variables there are. */
export function entropyRows(
  { dimension, support }: Pick<Model, 'dimension' | 'support'>,
  look: Look = 'thorough',
): number {
  const cost = dimension * (support === 'binary' ? 1 : COST_OF_OTHERS);
  return Math.min(MOST_ROWS[look], Math.max(FEWEST_ROWS[look], Math.round(TERMS[look] / cost)));
}

export const entropyMaker: FrameMaker<'entropy'> = {
  compute: entropyFrame,
  renewed: 'step',
  inPart: true,
  canBeRefined: ({ model }, look) => entropyRows(model, look) < entropyRows(model),
};

export async function* entropyFrame(
  snapshot: Snapshot,
  { look = 'thorough', free = false, part = 1 }: Partial<FrameManner> = {},
): Chunked<EntropyFrame> {
  const { model, image, seed } = snapshot.source;
  const { dimension } = model;
  const dataset = await snapshot.source.dataset();
  const { split, matrix } = heldOut(dataset);
  const order = orderOf(model, snapshot.mask);
  const base = {
    kind: 'entropy' as const,
    ...frameBase(snapshot),
    dimension,
    image,
    order,
    split,
    allRows: matrix.rows,
    real: model.support === 'real',
  };
  const reason = whyNoParts(model);
  if (reason !== null) {
    const none = new Float64Array(0);
    const nothing = { text: null, surprise: none, entropy: null, error: null, marginal: none };
    return { ...base, ...nothing, reason, rows: 0, nll: 0, nllError: 0, gap: 0, gapError: 0, complete: true };
  }
  const rows = Math.min(matrix.rows, partOf(entropyRows(model, look), part, FEWEST_ROWS.glance));
  const sums = new Sums(rows, dimension);
  const marginals = new Marginals(dimension, model.support);
  const characters = dataset.text ? new CharacterSums(dataset.text.characters.length) : null;
  let values: Matrix['values'] = new Uint8Array(0);
  const known = entropiesOf(model);
  const rowsOf = rowsAt(matrix, rowOrder(matrix, seed).subarray(0, rows));
  yield* evaluateRows(snapshot, {
    mask: snapshot.mask,
    count: rows,
    rowsOf: (from, to) => {
      const block = rowsOf(from, to);
      if (characters) values = block.values;
      else marginals.add(block);
      return block;
    },
    pace: new Pace({ free, products: model.densityProducts, ...(known?.parameters && { fewest: DEAR_ROWS }) }),
    pass: 'the entropy view',
    evaluate: (x, inputs): Tensor[] => {
      const terms = rowTerms(model, x, inputs);
      return known?.parameters ? [terms, conditionalsOf(model)!.conditionalParameters(x, inputs)] : [terms];
    },
    take: (from, [terms, parameters]) => {
      characters?.add(values, terms!);
      sums.add(from, terms!, known && known.entropies(terms!, parameters));
    },
  });
  const entropy = known && sums.entropy.map((sum) => sum / rows);
  return {
    ...base,
    reason: null,
    text: characters && characters.told(dataset.text!.characters),
    rows,
    surprise: sums.surprise.map((sum) => sum / rows),
    entropy,
    error: known && sums.errors(),
    marginal: characters ? new Float64Array(dimension).fill(characters.entropy()) : marginals.entropies(),
    ...sums.totals(),
    complete: rows === Math.min(matrix.rows, entropyRows(model)),
  };
}

/** Why −log p of a row is no sum over its variables; null where it is. */
export function whyNoParts({ quantity, type }: Model): string | null {
  if (quantity.kind === 'exact') return null;
  return quantity.kind === 'loss'
    ? `this model (${type}) has no conditionals: its ${quantity.name} for a variable is measured with that variable in sight.`
    : `this model (${type}) gives a bound of log p as a whole, not one for every variable.`;
}

/** Positions of the variables, those of the columns where a model has no order. */
export function orderOf(model: Model, mask: number): Int32Array {
  const { dimension } = model;
  return conditionalsOf(model)?.order(mask) ?? Int32Array.from({ length: dimension }, (_, d) => d + 1);
}

/** Entropies of the conditionals of some rows, from their log-probabilities or from their parameters: [N · D]. */
interface Entropies {
  /** Whether the conditionals' parameters are needed. */
  readonly parameters: boolean;
  entropies(terms: Float32Array, parameters: Float32Array | undefined): Float64Array;
}

/** null where the model does not tell its conditionals. */
export function entropiesOf(model: Model): Entropies | null {
  if (model.support === 'binary') {
    return { parameters: false, entropies: (terms) => Float64Array.from(terms, binaryEntropy) };
  }
  const conditional = conditionalsOf(model)?.conditional;
  if (!conditional) return null;
  return {
    parameters: true,
    entropies: (terms, parameters) => eachEntropy(conditional, terms.length, parameters!),
  };
}

/** Of a binary variable whose value had log-probability `l`: the other value's is log(1 − eˡ), and entropy is symmetric. */
export function binaryEntropy(l: number): number {
  const other = -Math.expm1(l);
  const own = l === -Infinity ? 0 : Math.exp(l) * l;
  return 0 - own - (other > 0 ? other * Math.log(other) : 0);
}

function eachEntropy(conditional: Conditional, count: number, parameters: Float32Array): Float64Array {
  const own = Float64Array.from(parameters);
  const k = own.length / count;
  return Float64Array.from({ length: count }, (_, i) => conditional.entropy(own, i * k));
}

/** Sums over rows, by variable, and totals by row. */
class Sums {
  readonly surprise: Float64Array;
  readonly entropy: Float64Array;
  readonly #squares: Float64Array;
  readonly #nll: Float64Array;
  readonly #gap: Float64Array;

  constructor(rows: number, dimension: number) {
    this.surprise = new Float64Array(dimension);
    this.entropy = new Float64Array(dimension);
    this.#squares = new Float64Array(dimension);
    this.#nll = new Float64Array(rows);
    this.#gap = new Float64Array(rows);
  }

  /** Terms [N, D] of rows `from` … , and entropies of the same. */
  add(from: number, terms: Float32Array, entropies: Float64Array | null): void {
    const dimension = this.surprise.length;
    for (let i = 0, row = from; i < terms.length; row++) {
      for (let d = 0; d < dimension; d++, i++) {
        const surprise = -terms[i]!;
        const entropy = entropies?.[i] ?? 0;
        this.surprise[d]! += surprise;
        this.entropy[d]! += entropy;
        this.#squares[d]! += (surprise - entropy) ** 2;
        this.#nll[row]! += surprise;
        this.#gap[row]! += surprise - entropy;
      }
    }
  }

  /** Standard errors of the mean differences, by variable. */
  errors(): Float64Array {
    const rows = this.#nll.length;
    return this.#squares.map((squares, d) => {
      const mean = (this.surprise[d]! - this.entropy[d]!) / rows;
      return rows > 1 ? Math.sqrt(Math.max(0, squares / rows - mean * mean) / (rows - 1)) : 0;
    });
  }

  totals() {
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      nll: mean(this.#nll),
      nllError: standardErrorOf(this.#nll),
      gap: mean(this.#gap),
      gapError: standardErrorOf(this.#gap),
    };
  }
}
