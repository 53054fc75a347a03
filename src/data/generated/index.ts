/** Data sets that need no file. Each density has a file of its own; facts about all of them are in `spec/data.ts`. */
import { RandomGenerator } from '../../random/generator.ts';
import { generators, type GeneratorName } from '../../spec/data.ts';
import type { Matrix } from '../dataset.ts';
import { barsAndStripes } from './barsAndStripes.ts';
import { checkerboard } from './checkerboard.ts';
import { colouredSquares } from './colouredSquares.ts';
import { type GeneratedDensity, logMeanExp } from './density.ts';
import { eightGaussians } from './eightGaussians.ts';
import { pinwheel } from './pinwheel.ts';
import { rings } from './rings.ts';
import { twoMoons } from './twoMoons.ts';
import { twoSpirals } from './twoSpirals.ts';

const densities: Readonly<Record<GeneratorName, GeneratedDensity>> = {
  'bars-and-stripes': barsAndStripes,
  'coloured-squares': colouredSquares,
  'two-moons': twoMoons,
  rings,
  checkerboard,
  'eight-gaussians': eightGaussians,
  pinwheel,
  'two-spirals': twoSpirals,
};

/** `rows` independent rows of a generated data set; the same for the same seed, and the first n of more are the same n. */
export function generateRows(name: GeneratorName, rows: number, seed: number): Matrix {
  return generateLabelledRows(name, rows, seed).matrix;
}

/** The same rows, and the label that each has by its making. */
export function generateLabelledRows(
  name: GeneratorName,
  rows: number,
  seed: number,
): { readonly matrix: Matrix; readonly labels: Matrix } {
  const random = RandomGenerator.seeded(seed, `generate/${name}`);
  const columns = generators[name].dimension;
  const binary = generators[name].values === 'binary';
  const values = binary ? new Uint8Array(rows * columns) : new Float32Array(rows * columns);
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const drawn = densities[name].draw(random);
    values.set(drawn.values, row * columns);
    labels[row] = drawn.label;
  }
  return { matrix: { rows, columns, values }, labels: { rows, columns: 1, values: labels } };
}

/**
 * log p(x) in nats of the row of a generated data set that begins at index `at` of `values`, or log p(x | label): exact, by
 * a closed form or an integral along a curve (error below 1e-9, see each density's file). −Infinity where no row can be.
 */
export function logDensity(name: GeneratorName, values: ArrayLike<number>, at: number, label?: number): number {
  const density = densities[name];
  if (label !== undefined) return density.logGiven(values, at, label);
  return logMeanExp(generators[name].labels.map((_, each) => density.logGiven(values, at, each)));
}

export interface Entropy {
  readonly nats: number;
  /** Bound of the error of `nats`. */
  readonly error: number;
}

const entropies = new Map<string, Entropy>();

/**
 * H = −E[log p(x)] of a generated data set, or H given the label, −E[log p(x | label)]: what no model's mean NLL can be
 * below. A quadrature, remembered.
 */
export function entropyOf(name: GeneratorName, given: 'nothing' | 'label' = 'nothing'): Entropy {
  const key = `${name}/${given}`;
  let entropy = entropies.get(key);
  if (entropy === undefined) {
    const labels = given === 'label' ? [...generators[name].labels.keys()] : [undefined];
    const surprise = (row: ArrayLike<number>) => {
      let sum = 0;
      for (const label of labels) {
        const log = logDensity(name, row, 0, label);
        if (log !== -Infinity) sum -= Math.exp(log) * log;
      }
      return sum / labels.length;
    };
    entropy = { nats: densities[name].integrate(surprise), error: densities[name].entropyError };
    entropies.set(key, entropy);
  }
  return entropy;
}
