import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { inPlace } from '../../../src/flows/bijector.ts';
import { forwardThrough } from '../../../src/flows/flow.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { sizeOf, type NamedArrays } from '../../../src/runs/arrays.ts';
import { glowSpec } from '../../../src/spec/models/glow.ts';
import type { ModelSpec } from '../../../src/spec/models/index.ts';
import { niceSpec } from '../../../src/spec/models/nice.ts';
import { realnvpSpec } from '../../../src/spec/models/realnvp.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read, readAll } from '../backends/read.ts';
import { proveBijectors } from '../flows/bijectorProofs.ts';
import { wholeOf } from '../flows/whole.ts';

const networks = { hidden: [4, 3], activation: 'tanh' } as const;
const glow = (o: object) => glowSpec.parse({ type: 'glow', ...networks, ...o });
const realnvp = (o: object) => realnvpSpec.parse({ type: 'realnvp', ...networks, ...o });

const build = (spec: ModelSpec, dimension: number, context = 0) =>
  createModel(spec, dimension, 7, context) as Model & Required<Pick<Model, 'flow' | 'logProb'>>;

/** All of them drawn; those that are not trained as they start. */
function drawnParameters(model: Model, spread: number): NamedArrays {
  const random = RandomGenerator.seeded(5, 'image flows');
  const start = model.initialise(RandomGenerator.seeded(6, 'image flows'));
  return Object.fromEntries(
    model.parameters.map(({ name, shape, trainable }) => [
      name,
      trainable === false
        ? start[name]!
        : { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => spread * random.normal()) },
    ]),
  );
}

/** Many layers with entries of 0.7 would grow what goes in beyond what float32 can bring back. */
const tame = (model: Model, context = 0) => ({
  layer: wholeOf(model.flow!),
  given: drawnParameters(model, 0.3),
  ...(context > 0 && { context }),
});

proveBijectors('a whole flow of images', [
  {
    name: 'Glow of 2 × 2 pixels',
    ...tame(build(glow({ image: [2, 2], scales: 1, steps: 2 }), 4)),
  },
  {
    name: 'Glow of colours with two scales and a context',
    ...tame(build(glow({ image: [4, 4], scales: 2, steps: 1, scale: 'tanh' }), 16, 2), 2),
  },
  {
    name: 'RealNVP of 2 × 2 pixels at two scales',
    ...tame(build(realnvp({ image: [2, 2], scales: 2, couplings: 1 }), 4)),
  },
  {
    name: 'RealNVP of 1 × 2 pixels of three channels, at one scale, with a residual block',
    ...tame(build(realnvp({ image: [1, 2, 3], scales: 1, couplings: 1, blocks: 1, batchNorm: false }), 6)),
  },
  {
    name: 'RealNVP of a single value',
    ...tame(build(realnvp({ image: [1, 1], scales: 1, couplings: 1 }), 1)),
  },
]);

onEveryBackend(
  'flows of images',
  (backend) => {
    const cases: [name: string, spec: ModelSpec][] = [
      ['Glow', glow({ image: [2, 2], scales: 1, steps: 2, scale: 'tanh' })],
      ['RealNVP', realnvp({ image: [2, 2], scales: 2, couplings: 1 })],
    ];

    it.each(cases)('%s of 2 × 2 pixels integrates to 1', async (_, spec) => {
      const model = build(spec, 4);
      const parameters = drawnParameters(model, 0.15);
      // The trapezoid rule on a whole density that vanishes at the ends: its error falls faster than any power of the step.
      const [points, end] = [20, 7];
      const step = (2 * end) / (points - 1);
      const place = (i: number) => -end + i * step;
      let sum = 0;
      for (let i = 0; i < points; i++) {
        const rows = points ** 3;
        const values = Float32Array.from({ length: rows * 4 }, (_, at) => {
          const row = Math.floor(at / 4);
          return at % 4 === 0 ? place(i) : place(Math.floor(row / points ** (3 - (at % 4))) % points);
        });
        const logProb = await read(() => {
          const tensors = Object.fromEntries(
            Object.entries(parameters).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
          );
          const masks = Object.fromEntries(
            Object.entries(model.masks(0)).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
          );
          const x = tf.tensor2d(values, [rows, 4]);
          return model.logProb(x, { parameters: tensors, masks, noise: {}, context: null });
        });
        for (const nats of logProb) sum += Math.exp(nats);
      }
      expect(Math.abs(sum * step ** 4 - 1)).toBeLessThan(1e-3);
    });

    // Uniform numbers through the logit are logistic ones: such a base knows of no level that is likelier than another.
    const even = { base: 'logistic', dequantise: { levels: 256, logit: 1e-6 } } as const;
    it.each<[string, ModelSpec]>([
      ['RealNVP', realnvp({ image: [28, 28, 3], scales: 2, couplings: 1, batchNorm: false, ...even })],
      ['NICE', niceSpec.parse({ type: 'nice', hidden: [8], layers: 2, ...even })],
    ])(
      '%s reads exactly 8.000 bits for each pixel where all levels are as likely, as rows are scored',
      async (_, spec) => {
        const dimension = 28 * 28 * 3;
        const model = createModel(spec, dimension, 1);
        const random = RandomGenerator.seeded(2, 'levels');
        const values = Uint8Array.from({ length: 5 * dimension }, () => random.integer(0, 255));
        // Both ends are levels like the others.
        values.set([0, 255]);
        const start = upload(model.initialise(random));
        const { score } = await scoreRows(
          model,
          start,
          { rows: 5, columns: dimension, values },
          { backend: backend() },
        );
        disposeTensors(start);
        expect(score.bitsPerDim?.toFixed(4)).toBe('8.0000');
      },
    );

    it('dequantise by the numbers that the generator draws, one after the other', () => {
      const model = build(realnvp({ image: [2, 2], scales: 1, dequantise: { levels: 8 } }), 4);
      const [noise] = Object.values(model.noise(3, RandomGenerator.seeded(9, 'noise')));
      const random = RandomGenerator.seeded(9, 'noise');
      expect(noise).toEqual({ shape: [3, 4], data: Float32Array.from({ length: 12 }, () => random.uniform()) });
    });

    it('begin as the identity, up to places: RealNVP', async () => {
      const model = build(realnvp({ image: [4, 4], scales: 2, blocks: 1, batchNorm: false }), 16, 2);
      const { layers } = model.flow;
      const [rows, random] = [5, RandomGenerator.seeded(1, 'start')];
      const x = Float32Array.from({ length: rows * 16 }, () => random.normal());
      const context = Float32Array.from({ length: rows * 2 }, () => random.normal());
      const start = model.initialise(random);
      const [u, logDet] = await readAll(() => {
        const given = { masks: upload(model.masks(0)), context: tf.tensor2d(context, [rows, 2]) };
        const steps = forwardThrough(model.flow, tf.tensor2d(x, [rows, 16]), { parameters: upload(start), ...given });
        return [steps.at(-1)!.y, tf.addN(steps.map((step) => step.logDet))];
      });
      // Where each of the places comes from, layer by layer.
      const origin = layers.reduce((before, { bijector }) => bijector.origin.map((from) => before[from]!), inPlace(16));
      expect(new Set(origin).size).toBe(16);
      for (const [at, value] of u!.entries()) expect(value).toBe(x[Math.floor(at / 16) * 16 + origin[at % 16]!]);
      for (const own of logDet!) expect(own).toBeCloseTo(0, 10);
    });

    it.each([
      ['Glow', glow({ image: [4, 4], scales: 2, steps: 1, dequantise: { levels: 8, logit: 0.05 } })],
      ['RealNVP', realnvp({ image: [4, 4], scales: 2, couplings: 1, dequantise: { levels: 8, logit: 0.05 } })],
    ] as [string, ModelSpec][])('%s gives back what it was drawn from, as levels', async (_, spec) => {
      const model = build(spec, 16);
      const parameters = drawnParameters(model, 0.2);
      const request = { rows: 20, temperature: 1, mask: 0, context: null, given: null };
      const drawing = model.sample(parameters, { ...request, random: RandomGenerator.seeded(3, 'samples') });
      for (;;) {
        const { done, value } = await drawing.next();
        if (!done) continue;
        expect(value.values).toHaveLength(20 * 16);
        for (const level of value.values) expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(level);
        expect(new Set(value.values).size).toBeGreaterThan(4);
        const tensors = upload(parameters);
        const matrix = { rows: 20, columns: 16, values: value.values };
        const { score } = await scoreRows(model, tensors, matrix, { backend: backend() });
        disposeTensors(tensors);
        expect(Number.isFinite(score.nats)).toBe(true);
        return;
      }
    });
  },
  { everywhere: false },
);

describe('a flow of images', () => {
  it('transforms every variable, those that are factored out as well', () => {
    for (const spec of [
      glow({ image: [8, 8], scales: 3, steps: 1 }),
      realnvp({ image: [8, 8], scales: 3, couplings: 1, batchNorm: false }),
      realnvp({ image: [5, 3], scales: 1, couplings: 1, batchNorm: false }),
    ]) {
      const [height, width] = spec.image!;
      const { flow } = build(spec, height * width);
      let moved = new Uint8Array(height * width);
      for (const { bijector } of flow.layers) {
        const before = moved;
        moved = bijector.moves.map((moves, i) => moves | before[bijector.origin[i]!]!);
      }
      expect([...moved]).toEqual(new Array(height * width).fill(1));
    }
  });

  it('says of every layer what it acts on', () => {
    const { flow } = build(glow({ image: [4, 4], scales: 2, steps: 1 }), 16);
    expect(flow.layers.map(({ title }) => title)).toEqual([
      ...['Squeeze', 'ActNorm', '1×1 convolution', 'Affine coupling, channels'],
      ...['Squeeze', 'ActNorm', '1×1 convolution', 'Affine coupling, channels'],
    ]);
    expect(flow.layers[0]!.about).toBe(
      'every 2 × 2 pixels become one with four times the channels: 4 × 4 pixels of 1 channel',
    );
    expect(flow.layers[7]!.about).toBe(
      '4 variables pass and decide how the other 4 move: 1 × 1 pixels of 8 channels; 8 of 16 variables are factored out before',
    );
  });

  it('has the layers of its paper', () => {
    const { flow } = build(realnvp({ image: [4, 4], scales: 2, couplings: 1, batchNorm: false }), 16);
    expect(flow.layers.map(({ title }) => title.replace('Affine coupling, ', ''))).toEqual([
      'checkerboard',
      'Squeeze',
      'channels',
      'checkerboard',
      'checkerboard',
    ]);
  });

  it('takes the splits of a checkpoint', () => {
    const model = build(glow({ image: [2, 2], scales: 1, steps: 1 }), 4);
    const buffers = model.buffers();
    expect(Object.keys(buffers)).toEqual(['layers.3.passes']);
    const other = { 'layers.3.passes': { shape: [4], data: Int32Array.of(0, 1, 0, 1) } };
    expect([...model.withBuffers(other).flow!.layers[3]!.bijector.moves]).toEqual([1, 0, 1, 0]);
  });

  it('is refused where the image is not that of the rows', () => {
    expect(() => build(glow({ image: [4, 4], scales: 1 }), 20)).toThrow(
      'the image is 4 × 4 = 16 variables, and rows have 20',
    );
    expect(() => build(glow({ image: [6, 6], scales: 2 }), 36)).toThrow('3 × 3 pixels cannot be squeezed');
  });
});
