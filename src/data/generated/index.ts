/** Data sets that need no file. Each density has a file of its own; facts about all of them are in `spec/data.ts`. */
import { RandomGenerator } from '../../random/generator.ts';
import { generators, type GeneratorName } from '../../spec/data.ts';
import type { Matrix } from '../dataset.ts';
import { barsAndStripes } from './barsAndStripes.ts';
import { checkerboard } from './checkerboard.ts';
import { eightGaussians } from './eightGaussians.ts';
import { pinwheel } from './pinwheel.ts';
import { rings } from './rings.ts';
import type { RowSampler } from './sampler.ts';
import { twoMoons } from './twoMoons.ts';
import { twoSpirals } from './twoSpirals.ts';

const samplers: Readonly<Record<GeneratorName, RowSampler>> = {
  'bars-and-stripes': barsAndStripes,
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
    const drawn = samplers[name](random);
    values.set(drawn.values, row * columns);
    labels[row] = drawn.label;
  }
  return { matrix: { rows, columns, values }, labels: { rows, columns: 1, values: labels } };
}
