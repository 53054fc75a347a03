/** Values of all pairs of inputs and outputs as tables: to be read, and to be saved. */
import { inputName, outputName } from '../../src/figures/text.ts';
import type { Table } from './view.ts';

/** null where there is no number. */
type Value = (output: number, input: number) => number | null;

/** What the outputs and inputs are called. */
export interface PairNames {
  readonly input: (input: number) => string;
  readonly output: (output: number) => string;
}

const ofNetwork: PairNames = { input: inputName, output: outputName };

/** Outputs as rows, inputs as columns. */
export function squareTable(dimension: number, value: Value, corner = 'output', names = ofNetwork): Table {
  const all = Array.from({ length: dimension }, (_, d) => d);
  return {
    columns: [corner, ...all.map(names.input)],
    rows: all.map((output) => [names.output(output), ...all.map((input) => value(output, input))]),
  };
}

/** Wider tables than this cannot be read. */
const WIDEST = 32;

/** The square while it can be read; beyond, the pairs whose value is not 0, the largest first. */
export function pairTable(dimension: number, value: Value, what: string, names = ofNetwork): Table {
  if (dimension <= WIDEST) return squareTable(dimension, value, undefined, names);
  const pairs: { output: number; input: number; value: number }[] = [];
  for (let output = 0; output < dimension; output++) {
    for (let input = 0; input < dimension; input++) {
      const own = value(output, input);
      if (own !== null && own !== 0) pairs.push({ output, input, value: own });
    }
  }
  pairs.sort((a, b) => b.value - a.value);
  return {
    columns: ['output', 'input', what],
    rows: pairs.map((pair) => [names.output(pair.output), names.input(pair.input), pair.value]),
  };
}

/** Makes a value when it is first asked for, once. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
