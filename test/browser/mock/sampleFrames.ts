/** Samples, made up. */
import type { SamplesFrame } from '../../../src/inspection/frames.ts';
import { toBytes } from '../../../src/inspection/sampleFrames.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { digitImages } from './digits.ts';
import type { Shown } from './networks.ts';
import type { Scenario } from './scenario.ts';

export function samplesOf(
  { manifest: of, structures }: Scenario,
  shown: Shown,
  rows: number,
  seed: number,
  request: SamplesFrame['request'],
): SamplesFrame {
  const dimension = structures[0]!.order.length;
  const random = RandomGenerator.seeded(seed, 'samples');
  const image = of?.image ?? null;
  if (dimension === 2) return pointsOf(shown, rows, random, request);
  const means = dimension === 784 ? digitImages(rows, random) : barImages(rows, dimension, random);
  const values = means.map((mean) => (random.uniform() * 255 < mean ? 255 : 0));
  return { kind: 'samples', ...shown, rows, dimension, image, values, means, request };
}

/** Two moons, the draws a little wider than the data. */
function pointsOf(shown: Shown, rows: number, random: RandomGenerator, request: SamplesFrame['request']): SamplesFrame {
  const moons = (count: number, spread: number) =>
    Float32Array.from({ length: count }, (_, i) => i).reduce(
      (all, _, i) => {
        const angle = Math.PI * random.uniform();
        const upper = i % 2 === 0;
        all[2 * i] = (upper ? Math.cos(angle) : 1 - Math.cos(angle)) + spread * random.normal();
        all[2 * i + 1] = (upper ? Math.sin(angle) : 0.5 - Math.sin(angle)) + spread * random.normal();
        return all;
      },
      new Float32Array(2 * count),
    );
  const data = { split: 'validation', values: moons(300, 0.06), of: 1000 } as const;
  const values = moons(rows, 0.14);
  // One that is far from all data.
  values.set([9, 0.5], 2);
  const range = [-2, 3] as const;
  return {
    ...{ kind: 'samples', ...shown, rows, dimension: 2, image: null, means: null, request, range, data },
    values: toBytes(values, range),
    exact: { values },
  };
}

/** Bars and stripes with a little doubt. */
function barImages(rows: number, dimension: number, random: RandomGenerator): Uint8Array {
  const side = Math.round(Math.sqrt(dimension));
  const values = new Uint8Array(rows * dimension);
  for (let row = 0; row < rows; row++) {
    const across = random.uniform() < 0.5;
    const on = Array.from({ length: side }, () => random.uniform() < 0.5);
    for (let d = 0; d < dimension; d++) {
      const lit = on[across ? Math.floor(d / side) % side : d % side]!;
      values[row * dimension + d] = Math.round(255 * (lit ? 0.9 + 0.1 * random.uniform() : 0.08 * random.uniform()));
    }
  }
  return values;
}
