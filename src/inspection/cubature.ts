/**
 * Integrals over a box of one or two variables, of a function that is costly to ask one place at a time and may be nothing
 * nearly everywhere: cells are halved where places are that are known to count, and then where halving changed the most,
 * each time across the variable along which the function bends more (Genz & Malik 1980 choose so, by fourth differences).
 */
import type { Chunked } from './source.ts';

/** A box, an end for each variable. */
export interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface IntegralOptions {
  readonly box: Box;
  /** [n, D] row-major: places around which the function is large; those outside of the box do not count. */
  readonly places: Float32Array;
  /** Values of the function at most, about. */
  readonly most: number;
  /** Estimated error that is small enough. */
  readonly tolerance: number;
  /** The function at places [n, D] row-major, one value each. */
  readonly evaluate: (places: Float32Array) => Chunked<Float64Array>;
}

export interface Integral {
  readonly value: number;
  /** What halving the cells changed at the last. Of smooth functions less is left; at edges, as much again. */
  readonly error: number;
  /** Values of the function that it took. */
  readonly evaluations: number;
}

/** Gauss and Legendre's rule of three values on [−1, 1]. */
const NODES = [-Math.sqrt(3 / 5), 0, Math.sqrt(3 / 5)] as const;
const WEIGHTS = [5 / 9, 8 / 9, 5 / 9] as const;
/** Halvings to begin with, taking turns, for each variable: what no place tells of is found by these. */
const FIRST_HALVINGS = 3;
/** Places in a cell that is halved no more for their sake. */
const CROWD = 8;
/** A cell that was halved so often holds places that float32 does not tell apart. */
const MOST_HALVINGS = 64;

interface Cell extends Box {
  readonly value: number;
  /** The variable along which the function bends most. */
  readonly bent: number;
  /** What halving changed, its part of it. */
  readonly error: number;
}

export async function* integral({ box, places, most, tolerance, evaluate }: IntegralOptions): Chunked<Integral> {
  const perBox = NODES.length ** box.low.length;
  let evaluations = 0;
  const valued = async function* (boxes: readonly Box[]): Chunked<Omit<Cell, 'error'>[]> {
    evaluations += boxes.length * perBox;
    const values = yield* evaluate(nodesOf(boxes));
    return boxes.map((one, i) => {
      const own = values.subarray(i * perBox, (i + 1) * perBox);
      return { ...one, value: weighted(one, own), bent: bentMost(own, one.low.length) };
    });
  };
  /** Both halves of every cell, each with its part of what that changed. */
  const halved = async function* (cells: readonly Omit<Cell, 'error'>[]): Chunked<Cell[]> {
    const parts = yield* valued(cells.flatMap((cell) => halves(cell, cell.bent)));
    return cells.flatMap(({ value }, i) => {
      const own = parts.slice(2 * i, 2 * i + 2);
      const error = Math.abs(value - own[0]!.value - own[1]!.value) / 2;
      return own.map((part) => ({ ...part, error }));
    });
  };

  let cells = yield* halved(yield* valued(crowded(box, places)));
  for (;;) {
    const error = sumOf(cells, 'error');
    const affordable = Math.floor((most - evaluations) / (2 * perBox));
    // What is no number stays none however it is cut up.
    if (!(error > tolerance) || affordable < 1) {
      return { value: sumOf(cells, 'value'), error, evaluations };
    }
    const sorted = cells.toSorted((a, b) => b.error - a.error);
    const chosen = new Set<Cell>();
    let covered = 0;
    for (const cell of sorted) {
      if (covered >= error / 2 || chosen.size >= affordable) break;
      chosen.add(cell);
      covered += cell.error;
    }
    cells = [...cells.filter((cell) => !chosen.has(cell)), ...(yield* halved([...chosen]))];
  }
}

function sumOf(cells: readonly Cell[], key: 'value' | 'error'): number {
  return cells.reduce((sum, cell) => sum + cell[key], 0);
}

/** The box in cells none of which holds many of the places. */
function crowded(box: Box, places: Float32Array): Box[] {
  const dimension = box.low.length;
  const found: Box[] = [];
  const open: { readonly cell: Box; readonly halvings: number; readonly own: readonly number[] }[] = [
    { cell: box, halvings: 0, own: Array.from({ length: places.length / dimension }, (_, n) => n) },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { cell, halvings, own } = next;
    const isFirst = halvings < FIRST_HALVINGS * dimension;
    if (!isFirst && (own.length <= CROWD || halvings >= MOST_HALVINGS)) {
      found.push(cell);
      continue;
    }
    // Where nearly all places are on one side, the cell is large for them: that is the variable to halve.
    const ways = cell.low.map((_, d) => {
      const parts = halves(cell, d);
      const sides = parts.map((part) => own.filter((n) => isWithin(part, d, places[n * dimension + d]!)));
      return { parts, sides, fuller: Math.max(...sides.map(({ length }) => length)) };
    });
    const way = isFirst ? ways[halvings % dimension]! : ways.reduce((a, b) => (b.fuller > a.fuller ? b : a));
    for (const [i, part] of way.parts.entries()) open.push({ cell: part, halvings: halvings + 1, own: way.sides[i]! });
  }
  return found;
}

const isWithin = ({ low, high }: Box, d: number, at: number) => at >= low[d]! && at < high[d]!;

/** Both halves of a box, across one variable. */
function halves({ low, high }: Box, d: number): [Box, Box] {
  const middle = low[d]! + (high[d]! - low[d]!) / 2;
  return [
    { low, high: high.with(d, middle) },
    { low: low.with(d, middle), high },
  ];
}

/** The variable with the largest second differences of the values at the rule's places. */
function bentMost(values: Float64Array, dimension: number): number {
  const bends = new Array<number>(dimension).fill(0);
  for (const d of bends.keys()) {
    const step = NODES.length ** d;
    for (const [node, value] of values.entries()) {
      if (digit(node, d) === 1) bends[d]! += Math.abs(values[node - step]! - 2 * value + values[node + step]!);
    }
  }
  return bends.indexOf(Math.max(...bends));
}

/** The rule's places in every box: [boxes · 3^D, D]. */
function nodesOf(boxes: readonly Box[]): Float32Array {
  const dimension = boxes[0]?.low.length ?? 0;
  const perBox = NODES.length ** dimension;
  const all = new Float32Array(boxes.length * perBox * dimension);
  let at = 0;
  for (const { low, high } of boxes) {
    for (let node = 0; node < perBox; node++) {
      for (let d = 0; d < dimension; d++) {
        const half = (high[d]! - low[d]!) / 2;
        all[at++] = low[d]! + half * (1 + NODES[digit(node, d)]!);
      }
    }
  }
  return all;
}

/** The rule's sum over a box. */
function weighted({ low, high }: Box, values: Float64Array): number {
  const scale = low.reduce((product, from, d) => (product * (high[d]! - from)) / 2, 1);
  let sum = 0;
  for (const [node, value] of values.entries()) {
    sum += low.reduce((product, _, d) => product * WEIGHTS[digit(node, d)]!, value);
  }
  return scale * sum;
}

const digit = (node: number, d: number): number => Math.floor(node / NODES.length ** d) % NODES.length;
