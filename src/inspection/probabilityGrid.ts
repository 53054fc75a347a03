/** ∫ exp(log p) of one or two real variables on a grid, by the trapezoidal rule. */
import type { Matrix } from '../data/dataset.ts';
import type { Look } from './frameMaker.ts';
import { hasLabel, probabilities, type Region } from './probabilityRegion.ts';
import { isOne, type GridSum } from './probabilityFrame.ts';
import { sortedDown } from './probabilitySorting.ts';
import { type Chunked } from './source.ts';

/** Nodes a side: odd, so that every other node is a grid as well. */
const NODES = {
  1: { glance: 1025, quick: 1025, thorough: 8193 },
  2: { glance: 65, quick: 129, thorough: 513 },
} as const;
/** Nodes a side that are shown. */
const SHOWN = { 1: 513, 2: 129 } as const;
/** The grid goes beyond the training rows by so many standard deviations. */
const BEYOND = 4;
const POINTS = 400;

export async function* gridSum(region: Region, look: Look): Chunked<GridSum> {
  const { variables, held, base, snapshot } = region;
  const sides = variables.length === 1 ? 1 : 2;
  const { train } = await snapshot.source.dataset();
  const extents = Array.from(variables, (d) => extentOf(train, d));
  const nodes = NODES[sides][look];
  const count = nodes ** sides;
  const steps = extents.map(([low, high]) => (high - low) / (nodes - 1));
  const cell = steps.reduce((product, step) => product * step, 1);
  const place = (index: number, side: number) => (side === 0 ? index % nodes : Math.floor(index / nodes));
  const isEnd = (index: number, side: number) => place(index, side) === 0 || place(index, side) === nodes - 1;
  const weight = (index: number) => {
    let own = cell;
    for (let side = 0; side < sides; side++) if (isEnd(index, side)) own /= 2;
    return own;
  };
  const valuesOf = (from: number, to: number) => {
    const values = new Float32Array((to - from) * sides);
    for (let i = from; i < to; i++) {
      for (let side = 0; side < sides; side++) {
        values[(i - from) * sides + side] = extents[side]![0] + place(i, side) * steps[side]!;
      }
    }
    return values;
  };
  const { p, perMask } = yield* probabilities(region, count, valuesOf, weight);
  let [total, coarse, sum, edge, peak] = [0, 0, 0, 0, 0];
  for (const [i, own] of p.entries()) {
    const mass = own * weight(i);
    total += mass;
    if (own > 0) sum -= mass * Math.log(own);
    let even = true;
    let ends = false;
    for (let side = 0; side < sides; side++) {
      even &&= place(i, side) % 2 === 0;
      ends ||= isEnd(i, side);
    }
    if (even) coarse += mass * 2 ** sides;
    if (ends) edge = Math.max(edge, own);
    peak = Math.max(peak, own);
  }
  yield;
  const sorted = yield* sortedDown(p);
  const { shown, values } = thinned(p, nodes, sides);
  return {
    over: 'grid',
    variables,
    total,
    perMask,
    given: held && { ...held, variables, own: yield* ownDensity(region) },
    context: region.context,
    ...(region.label && { label: region.label }),
    entropy: isOne(total, 'grid') ? sum : null,
    low: extents.map(([low]) => low),
    high: extents.map(([, high]) => high),
    nodes,
    error: Math.abs(total - coarse),
    edge: peak > 0 ? edge / peak : 0,
    half: halfOf(sorted),
    shown,
    values,
    points: held
      ? Float32Array.from(variables, (d) => base.values[d]!)
      : somePoints(train, variables, region.label?.index ?? null),
  };
}

/** The range of the training rows in one variable, and some way beyond. */
function extentOf({ rows, columns, values }: Matrix, d: number): readonly [number, number] {
  let [low, high, mean, squares] = [Infinity, -Infinity, 0, 0];
  for (let row = 0; row < rows; row++) {
    const value = values[row * columns + d]!;
    low = Math.min(low, value);
    high = Math.max(high, value);
    const away = value - mean;
    mean += away / (row + 1);
    squares += away * (value - mean);
  }
  const beyond = BEYOND * (Math.sqrt(squares / rows) || 1);
  return [low - beyond, high + beyond];
}

async function* ownDensity(region: Region): Chunked<number> {
  const own = Array.from(region.variables, (d) => region.base.values[d]!);
  const { p } = yield* probabilities(region, 1, () => own);
  return p[0]!;
}

/** Share of the nodes that carry half of the total. */
function halfOf(sorted: Float64Array): number {
  const total = sorted.reduce((sum, own) => sum + own, 0);
  let sum = 0;
  for (const [i, own] of sorted.entries()) if ((sum += own) >= total / 2) return (i + 1) / sorted.length;
  return 1;
}

function thinned(
  p: Float64Array,
  nodes: number,
  sides: 1 | 2,
): { readonly shown: number; readonly values: Float32Array } {
  const every = Math.max(1, (nodes - 1) / (SHOWN[sides] - 1));
  const shown = (nodes - 1) / every + 1;
  const values = Float32Array.from({ length: shown ** sides }, (_, i) => {
    const [x, y] = [(i % shown) * every, Math.floor(i / shown) * every];
    return p[y * nodes + x]!;
  });
  return { shown, values };
}

/** Evenly from the training rows, of one label where all is given that one. */
function somePoints(train: Matrix, variables: Int32Array, label: number | null): Float32Array {
  const { rows, columns, values } = train;
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const fitting = label === null ? all : all.filter((row) => hasLabel(train, row, label));
  const count = Math.min(POINTS, fitting.length);
  return Float32Array.from({ length: count * variables.length }, (_, i) => {
    const row = fitting[Math.floor((Math.floor(i / variables.length) * fitting.length) / count)]!;
    return values[row * columns + variables[i % variables.length]!]!;
  });
}
