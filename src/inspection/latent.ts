/**
 * The latent frame: u = f(x) of data rows beside the base, coordinate by coordinate. Maximum likelihood of x is fitting the
 * base in u (Papamakarios, Pavlakou & Murray 2017, section 3.3), so that what is left of a misfit shows here.
 *
 * Where the base's coordinates depend on each other none has a density of its own in closed form; draws stand for it.
 */
import type { Flow } from '../flows/flow.ts';
import type { Model } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import { baseDraws } from './baseDraws.ts';
import { flowOf, passage } from './flowPassage.ts';
import { carriedRows } from './flowRows.ts';
import { partOf } from './effort.ts';
import type { FrameMaker, FrameManner, Look } from './frameMaker.ts';
import type { LatentFrame } from './frames/latent.ts';
import { correlations } from './latentCorrelations.ts';
import {
  distanceBetween,
  distanceFrom,
  expectedIn,
  histogramOf,
  isGaussian,
  marginalMoments,
  quantileOf,
  sortedColumn,
} from './latentColumns.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

/** Values of u in a frame, and multiplications for them, about; rows. */
const VALUES = { glance: 2 ** 17, quick: 2 ** 18, thorough: 2 ** 21 } as const satisfies Record<Look, number>;
const PRODUCTS = { glance: 2 ** 26, quick: 2 ** 27, thorough: Infinity } as const satisfies Record<Look, number>;
const MOST_ROWS = { glance: 500, quick: 1000, thorough: 5000 } as const satisfies Record<Look, number>;
const FEWEST_ROWS = 100;
const BINS = 32;
/** Shares of the probability at which quantiles are compared: even, and the tails. */
const PROBABILITIES = Float32Array.from([
  0.005,
  0.01,
  ...Array.from({ length: 39 }, (_, i) => (i + 1) / 40),
  0.99,
  0.995,
]);
/** Share of the base beyond either end of the histograms, and room beside it. */
const TAIL = 0.0015;
const BESIDE = 0.12;

/** Rows carried: fewer the wider they are, and in haste the larger the model. */
export function latentRows(model: Pick<Model, 'dimension' | 'parameters'>, look: Look): number {
  const rows = Math.min(VALUES[look] / model.dimension, PRODUCTS[look] / parameterCount(model));
  return Math.min(MOST_ROWS[look], Math.max(FEWEST_ROWS, Math.floor(rows)));
}

export const latentMaker: FrameMaker<'latent'> = {
  compute: latentFrame,
  renewed: 'step',
  inPart: true,
  canBeRefined: ({ model }, look) => latentRows(model, look) < latentRows(model, 'thorough'),
};

/** @throws RangeError when the model is no flow. */
export async function* latentFrame(
  snapshot: Snapshot,
  { look = 'thorough', free = false, part = 1 }: Partial<FrameManner> = {},
): Chunked<LatentFrame> {
  const { source } = snapshot;
  const flow = flowOf(source.model);
  const { dimension, base } = flow;
  const most = partOf(latentRows(source.model, look), part, FEWEST_ROWS);
  const carried = await carriedRows(source, most, null);
  const rows = carried.row.length;
  const { context } = carried;
  const way = { values: carried.values, rows, context, direction: 'forward', keep: 'end', free } as const;
  const u = (yield* passage(snapshot, way)).places.at(-1)!;
  // As many as there are rows, under what these are conditioned on.
  const draws = base.marginal ? null : yield* baseDraws(snapshot, { rows, stream: 'latent', context });
  const held = yield* references(flow, draws);
  const { low, high } = held;

  const [histogram, quantiles] = [
    new Float32Array(dimension * BINS),
    new Float32Array(dimension * PROBABILITIES.length),
  ];
  const [distance, mean, variance] = [0, 1, 2].map(() => new Float32Array(dimension)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  let notFinite = 0;
  for (let d = 0; d < dimension; d++) {
    const column = sortedColumn(u, dimension, d);
    notFinite += rows - column.length;
    histogram.set(histogramOf(column, low, high, BINS), d * BINS);
    quantiles.set(
      PROBABILITIES.map((p) => quantileOf(column, p)),
      d * PROBABILITIES.length,
    );
    distance[d] = held.distance(column, d);
    [mean[d], variance[d]] = momentsOf(column);
    if (d % 16 === 15) yield;
  }
  const { pairs, rms } = yield* correlations(u, { mean, variance, rows });
  return {
    kind: 'latent',
    ...frameBase(snapshot),
    dimension,
    image: source.image,
    split: carried.split,
    rows,
    allRows: carried.of,
    base: {
      name: base.name,
      gaussian: isGaussian(base.marginal),
      draws: draws && rows,
      mean: held.mean,
      variance: held.variance,
    },
    low,
    high,
    bins: BINS,
    histogram,
    expected: held.expected,
    probabilities: PROBABILITIES,
    quantiles,
    baseQuantiles: held.quantiles,
    distance,
    mean,
    variance,
    pairs,
    correlation: rms,
    notFinite,
    complete: look === 'thorough' || latentRows(source.model, 'thorough') === most || rows === carried.of,
  };
}

/** What columns of u are held against. */
interface Held {
  readonly low: number;
  readonly high: number;
  readonly expected: Float32Array;
  readonly quantiles: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  distance(column: Float32Array, d: number): number;
}

async function* references({ base, dimension }: Flow, draws: Float32Array | null): Chunked<Held> {
  const { marginal } = base;
  if (marginal || !draws) {
    const exact = marginal!;
    const [from, to] = [exact.quantile(TAIL), exact.quantile(1 - TAIL)];
    const [low, high] = [from - BESIDE * (to - from), to + BESIDE * (to - from)];
    const moments = marginalMoments(exact);
    return {
      low,
      high,
      expected: expectedIn(exact, low, high, BINS),
      quantiles: PROBABILITIES.map((p) => exact.quantile(p)),
      mean: Float32Array.of(moments.mean),
      variance: Float32Array.of(moments.variance),
      distance: (column) => distanceFrom(column, (value) => exact.cdf(value)),
    };
  }
  const all = draws.filter(Number.isFinite).sort();
  const [from, to] = [quantileOf(all, TAIL), quantileOf(all, 1 - TAIL)];
  const [low, high] = [from - BESIDE * (to - from || 1), to + BESIDE * (to - from || 1)];
  const columns: Float32Array[] = [];
  for (let d = 0; d < dimension; d++) {
    columns.push(sortedColumn(draws, dimension, d));
    if (d % 32 === 31) yield;
  }
  const expected = new Float32Array(dimension * BINS);
  const quantiles = new Float32Array(dimension * PROBABILITIES.length);
  const [mean, variance] = [new Float32Array(dimension), new Float32Array(dimension)];
  for (const [d, column] of columns.entries()) {
    expected.set(histogramOf(column, low, high, BINS), d * BINS);
    quantiles.set(
      PROBABILITIES.map((p) => quantileOf(column, p)),
      d * PROBABILITIES.length,
    );
    [mean[d], variance[d]] = momentsOf(column);
  }
  yield;
  const distance = (column: Float32Array, d: number) => distanceBetween(column, columns[d]!);
  return { low, high, expected, quantiles, mean, variance, distance };
}

function momentsOf(column: Float32Array): [mean: number, variance: number] {
  const n = column.length;
  if (n === 0) return [NaN, NaN];
  const mean = column.reduce((sum, value) => sum + value, 0) / n;
  return [mean, column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n];
}
