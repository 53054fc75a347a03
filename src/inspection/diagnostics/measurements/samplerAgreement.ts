import { bernoulliMean } from '../../../distributions/bernoulli.ts';
import { conditionalsOf, type Model } from '../../../models/model.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { rowsBetween } from '../../../data/matrix.ts';
import { download } from '../../../layers/namedTensors.ts';
import { evaluateRows, Pace } from '../../ensembleScoring.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';
import { isInvolution } from './orders.ts';

/** Most variables, by depth. */
const DIMENSION = { facts: 0, cheap: 64, full: 1024 } as const;
const ROWS = 8;
/** Structures among which one is looked for whose order is not its own inverse. */
const MOST_STRUCTURES = 32;

/** Whether rows are drawn from the conditionals that they are scored by. */
export interface SamplerAgreement {
  /** Rows drawn. */
  readonly rows: number;
  /** The structure that drew them, and its order [D]. */
  readonly mask: number;
  readonly order: Int32Array;
  /** The entry whose E[x_d | x_<d] differ most between the sampler and the density pass over the same rows. */
  readonly worst: { readonly variable: number; readonly sampler: number; readonly density: number };
}

export const samplerAgreement: Measurement<SamplerAgreement> = {
  depth: 'cheap',
  applies: (model, depth) => {
    const { quantity, dimension } = model;
    return conditionalsOf(model) !== null && quantity.kind !== 'loss' && dimension <= DIMENSION[depth];
  },
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<SamplerAgreement | null> {
  const { model, seed } = snapshot.source;
  const { dimension } = model;
  const network = conditionalsOf(model);
  if (network === null) return null;
  const mask = structureOf(model);
  const { train } = await snapshot.source.dataset();
  const rows = Math.min(ROWS, train.rows);
  const head = rowsBetween(train, 0, rows);
  const parameters = await download(snapshot.parameters);
  yield;
  const drawing = model.sample(parameters, {
    rows,
    random: RandomGenerator.seeded(seed, 'inspection/sampler'),
    temperature: 1,
    mask,
    context: head.context ? Float32Array.from(head.context.values) : null,
    given: null,
  });
  let drawn = await drawing.next();
  for (; drawn.done !== true; drawn = await drawing.next()) yield;
  const { values, means } = drawn.value;
  if (means === null) return null;

  const k = network.parametersPerVariable;
  const conditionals = new Float64Array(rows * dimension * k);
  const scored = { ...head, columns: dimension, values };
  yield* evaluateRows(snapshot, {
    mask,
    count: rows,
    rowsOf: (from, to) => rowsBetween(scored, from, to),
    pace: new Pace({ free: false, products: model.densityProducts }),
    evaluate: (x, inputs) => [network.conditionalParameters(x, inputs)],
    take: (from, [found]) => conditionals.set(found!, from * dimension * k),
  });
  // What is no number is told by `nan`.
  if (!conditionals.every(Number.isFinite)) return null;
  let worst = { variable: 0, sampler: means[0]!, density: means[0]! };
  for (let i = 0; i < rows * dimension; i++) {
    const density = network.conditional
      ? network.conditional.mean(conditionals, i * k, 1)
      : bernoulliMean(conditionals[i * k]!);
    const entry = { variable: i % dimension, sampler: means[i]!, density };
    if (!(apart(entry) <= apart(worst))) worst = entry;
  }
  return { rows, mask, order: network.order(mask), worst };
}

/** How far apart two means are, of 1 and their own size. */
export function apart({ sampler, density }: SamplerAgreement['worst']): number {
  return Math.abs(sampler - density) / (1 + Math.abs(density));
}

/** The first structure whose order is not its own inverse: only there an order can be taken for its inverse and be noticed. */
function structureOf(model: Model): number {
  const { maskCount } = model;
  const network = conditionalsOf(model);
  const masks = Array.from({ length: Math.min(maskCount, MOST_STRUCTURES) }, (_, mask) => mask);
  return masks.find((mask) => !isInvolution(network!.order(mask))) ?? 0;
}
