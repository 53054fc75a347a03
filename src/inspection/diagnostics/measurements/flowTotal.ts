/** ∫ p(x) dx of a flow of one or two variables: 1, if it is a density. */
import type { Matrix } from '../../../data/dataset.ts';
import { disposeTensors } from '../../../layers/namedTensors.ts';
import type { Model } from '../../../models/model.ts';
import { baseDraws } from '../../baseDraws.ts';
import { type Box, type Integral, integral } from '../../cubature.ts';
import { Pace } from '../../ensembleScoring.ts';
import { FEWEST_PRODUCTS, flowOf, passage } from '../../flowPassage.ts';
import { carriedRows } from '../../flowRows.ts';
import { type Chunked, densityInputs, type Snapshot } from '../../source.ts';
import { differentRows, repeated } from './contexts.ts';
import { scoreOfRows } from './flowScore.ts';
import type { Measurement } from './measurement.ts';
import { productsOf } from './scoring.ts';

/** Most variables of a grid. */
const DIMENSION = 2;
/** Densities of one integral at most. */
const EVALUATIONS = 40_000;
/** Multiplications of one integral at most, by depth: some 100 ms while training goes on. */
const PRODUCTS = { facts: 0, cheap: 2 ** 30, full: Infinity } as const;
/** Error that the integral is sought with; the judgement leaves five times as much. */
const TOLERANCE = 2e-3;
/** Share of the base that may lie outside, on every side of every variable. */
const TAIL = 1e-4;
/** Room around everything that was found, of its extent; more where the base's ends are known by draws alone. */
const MARGIN = 0.02;
const MARGIN_OF_DRAWS = 0.5;
/** Rows of the data, and draws: cells are small where these are. */
const ROWS = 300;
const DRAWS = 1000;
/** Places on each side of the square in the base whose way back bounds the square's. */
const EDGE = 64;
/** A box that is so many times as long as nearly all of the places in it is one that no grid does justice to. */
const FARTHEST = 1000;
/** Share of the places on either side that do not count there. */
const FEW = 0.05;
/** Contexts under which the integral is taken. */
const CONTEXTS = 2;

interface Total extends Integral {
  /** What was integrated over. */
  readonly box: Box;
}

/** Null where the density reaches so much further than nearly all of it lies that an integral would tell nothing. */
export interface FlowTotal extends Total {
  /** Contexts looked at, of which this is the furthest from 1; 0 for models of p(x) alone. */
  readonly contexts: number;
  /** Whether halving the cells came to an end; where it did not, there are spikes between the places that no cell shows. */
  readonly settled: boolean;
}

export const flowTotal: Measurement<FlowTotal> = {
  depth: 'cheap',
  applies: (model, depth) =>
    model.flow !== undefined && model.dimension <= DIMENSION && EVALUATIONS * costOf(model) <= PRODUCTS[depth],
  measure,
};

const costOf = (model: Model) => productsOf(model) * (model.contextDimension > 0 ? CONTEXTS : 1);

async function* measure(snapshot: Snapshot): Chunked<FlowTotal | null> {
  const { model } = snapshot.source;
  const given = model.contextDimension > 0;
  const contexts = given ? differentRows((await snapshot.source.dataset()).train.context, CONTEXTS) : [null];
  let worst: Total | null = null;
  for (const context of contexts) {
    const found: Total | null = yield* totalGiven(snapshot, context);
    if (found && (worst === null || !(Math.abs(found.value - 1) <= Math.abs(worst.value - 1)))) worst = found;
  }
  return worst && { ...worst, contexts: given ? contexts.length : 0, settled: worst.error <= TOLERANCE };
}

/** ∫ p(x | c) dx, c being the one row of `context`. */
async function* totalGiven(snapshot: Snapshot, context: Matrix | null): Chunked<Total | null> {
  const { model } = snapshot.source;
  const { dimension } = model;
  const { places, ends } = yield* placesOf(snapshot, context);
  const box = boxAround([places, ends], dimension, flowOf(model).base.marginal ? MARGIN : MARGIN_OF_DRAWS);
  if (isTooLong(box, places)) return null;
  // Beyond the levels a logit is no number, on some backends: there is no density there.
  const bounded = model.support !== 'real';
  const densityOf = (logProb: number) => (bounded && Number.isNaN(logProb) ? 0 : Math.exp(logProb));
  const inputs = densityInputs(snapshot);
  const products = productsOf(model);
  const pace = new Pace({ free: false, products, fewest: Math.max(1, Math.ceil(FEWEST_PRODUCTS / products)) });
  const evaluate = async function* (all: Float32Array): Chunked<Float64Array> {
    const rows = all.length / dimension;
    const found = new Float64Array(rows);
    for (let from = 0; from < rows;) {
      const started = performance.now();
      const count = Math.min(pace.rows, rows - from);
      const block = {
        values: all.slice(from * dimension, (from + count) * dimension),
        context: context && repeated(context, count).values,
        row: new Int32Array(count),
      };
      found.set((yield* scoreOfRows(snapshot, inputs, block)).map(densityOf), from);
      pace.took(count, performance.now() - started);
      from += count;
      yield;
    }
    return found;
  };
  try {
    return { ...(yield* integral({ box, places, most: EVALUATIONS, tolerance: TOLERANCE, evaluate })), box };
  } finally {
    disposeTensors(inputs.masks);
  }
}

/**
 * Where the probability is: rows of the data and draws that are led back; and the ends of what nearly all of the base
 * leads back to. A flow has no holes: what lies within the line that a square's edge becomes is what the square becomes.
 */
async function* placesOf(
  snapshot: Snapshot,
  context: Matrix | null,
): Chunked<{ readonly places: Float32Array; readonly ends: Float32Array }> {
  const { source } = snapshot;
  const { base, dimension } = flowOf(source.model);
  const given = (rows: number) => context && repeated(context, rows).values;
  const draws = yield* baseDraws(snapshot, { rows: DRAWS, stream: 'total', context: given(DRAWS) });
  const edge = base.marginal ? edgeOf(base.marginal.quantile(TAIL), base.marginal.quantile(1 - TAIL), dimension) : [];
  const values = Float32Array.from([...draws, ...edge]);
  const rows = values.length / dimension;
  const way = { values, rows, context: given(rows), direction: 'inverse', keep: 'end', free: false } as const;
  const [back] = (yield* passage(snapshot, way)).places;
  const data = await carriedRows(source, ROWS, null);
  const led = back!.subarray(0, draws.length);
  return { places: Float32Array.from([...data.values, ...led]), ends: back!.subarray(draws.length) };
}

/** Places along the edge of the square from `low` to `high`, or its two ends where it is a line: [n, D]. */
function edgeOf(low: number, high: number, dimension: number): number[] {
  if (dimension === 1) return [low, high];
  return Array.from({ length: EDGE }, (_, i) => low + ((high - low) * i) / (EDGE - 1)).flatMap((at) => [
    ...[at, low, at, high],
    ...[low, at, high, at],
  ]);
}

/** The box around rows [n, D], with some room; what is no finite number does not count. */
function boxAround(parts: readonly Float32Array[], dimension: number, margin: number): Box {
  const low = new Array<number>(dimension).fill(Infinity);
  const high = new Array<number>(dimension).fill(-Infinity);
  for (const part of parts) {
    for (const [at, value] of part.entries()) {
      if (!Number.isFinite(value)) continue;
      const d = at % dimension;
      low[d] = Math.min(low[d]!, value);
      high[d] = Math.max(high[d]!, value);
    }
  }
  const room = low.map((from, d) => margin * (high[d]! - from) || 1);
  return { low: low.map((from, d) => from - room[d]!), high: high.map((to, d) => to + room[d]!) };
}

function isTooLong({ low, high }: Box, places: Float32Array): boolean {
  return low.some((from, d) => {
    const own = places.filter((value, at) => at % low.length === d && Number.isFinite(value)).sort();
    const few = Math.floor(FEW * own.length);
    return high[d]! - from > FARTHEST * (own[own.length - 1 - few]! - own[few]!);
  });
}
