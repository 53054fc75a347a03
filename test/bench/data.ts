/** Binary rows with some structure, made on the spot: throughput does not depend on what they say. */
import type { Dataset, Matrix } from '../../src/data/dataset.ts';
import { RandomGenerator } from '../../src/random/generator.ts';

export function benchRows(rows: number, columns: number): Matrix {
  const random = RandomGenerator.seeded(1, 'bench');
  const values = new Uint8Array(rows * columns);
  for (let i = 0; i < values.length; i++) {
    const before = i % columns === 0 ? 0 : values[i - 1]!;
    values[i] = random.uniform() < 0.85 ? before : 1 - before;
  }
  return { rows, columns, values };
}

export function benchDataset(rows: number, columns: number): Dataset {
  return { dimension: columns, image: null, train: benchRows(rows, columns), validation: null, test: null };
}
