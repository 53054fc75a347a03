/** Two divergences for drawing, made up from fixed seeds: for golden pictures and for the tests of the page. */
import type { Moment } from '../../../src/figures/equivalenceWords.ts';
import type { EquivalenceFrame } from '../../../src/inspection/frames/equivalence.ts';
import type { FrameBase } from '../../../src/inspection/frames.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

export interface MadeUpEquivalence {
  readonly dimension: number;
  readonly shown?: Omit<FrameBase, 'kind'>;
  /** Whether the density of the data is known. */
  readonly known?: boolean;
  /** Nats by which the two sides of one row differ. */
  readonly wrong?: number;
}

export function equivalenceFrame(o: MadeUpEquivalence): EquivalenceFrame {
  const { dimension, known = true, wrong = 0, shown = { version: 1, step: 1200, epoch: 2, mask: 0, maskCount: 1 } } = o;
  const random = RandomGenerator.seeded(47, 'equivalence');
  const level = (known ? 0.08 : 12) + 0.9 * Math.exp(-shown.step / 600);
  const inX = Float64Array.from({ length: 300 }, () => level + 0.35 * random.normal() + 0.1 * random.normal() ** 2);
  return {
    kind: 'equivalence',
    ...shown,
    dimension,
    reason: null,
    direction: 'maf',
    base: 'standard Gaussian',
    split: 'validation',
    allRows: 1000,
    truth: known ? { name: 'two-moons', nats: 1.71 } : null,
    row: Int32Array.from({ length: 300 }, (_, i) => (7 * i) % 1000),
    inX,
    inU: inX.map((own, i) => own + 2e-6 * random.normal() + (i === 41 ? wrong : 0)),
    wayBack: Float32Array.from({ length: 300 }, () => 4e-7 * Math.abs(random.normal())),
    lost: 0,
    elsewhere: 0,
    outside: 0,
    complete: true,
  };
}

/** A fall over training. */
export function moments(count: number, known = true): Moment[] {
  return Array.from({ length: count }, (_, i) => {
    const step = 30 * (i + 1);
    const inX = (known ? 0.1 : 12) + 1.6 * Math.exp(-step / 400);
    return { step, epoch: step / 80, rows: 300, inX, inU: inX + 1e-6, error: 0.02 };
  });
}

export const epochs = (count: number, known = true) =>
  Array.from({ length: count }, (_, i) => ({
    epoch: i + 1,
    nats: (known ? 1.83 : 12.02) + 1.6 * Math.exp((-80 * (i + 1)) / 400),
  }));
