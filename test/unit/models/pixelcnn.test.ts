import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { conditionalOf } from '../../../src/distributions/index.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { pixelcnnSpec, type PixelcnnSpec } from '../../../src/spec/models/pixelcnn.ts';
import { seenBy } from '../../../src/masks/pixels/reach.ts';
import { pixelNetworkOf } from '../../../src/masks/pixels/pixelcnn.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { pixelReference } from './pixelReference.ts';
import { plainDrawing } from './plainDrawing.ts';
import { proveBinaryDensity, type ReferenceLogits } from './proofs.ts';
import { toFloat64 } from './reference.ts';
import { largeParameters } from './support.ts';

const small = { type: 'pixelcnn', features: 8, head: 16, layers: 2, firstKernel: 3 } as const;
const single = { ...small, stacks: 'single' } as const;

const parsed = (entry: unknown): PixelcnnSpec => pixelcnnSpec.parse(entry);

const logits =
  (entry: unknown): ReferenceLogits =>
  (_order, values, x) =>
    pixelReference(parsed(entry), values, x);

/** What the structure lets a conditional see, positions from 1. */
const sees = (entry: unknown, later: number, earlier: number) =>
  seenBy(pixelNetworkOf(parsed(entry), 1), later - 1)[earlier - 1] === 1;

proveBinaryDensity({
  title: 'PixelCNN',
  entries: [
    [{ ...small, image: [1, 1] }, 1],
    [{ ...single, image: [1, 2] }, 2],
    [{ ...small, image: [3, 1] }, 3],
    [{ ...small, image: [1, 1, 3], features: 24, head: 48 }, 3],
    [{ ...single, image: [1, 1, 4], features: 32, head: 64 }, 4],
    [{ ...single, image: [2, 2], kernel: 5 }, 4],
    [{ ...small, image: [1, 5] }, 5],
    [{ ...small, image: [3, 3] }, 9],
    [{ ...single, image: [3, 3], firstKernel: 5 }, 9],
  ],
  trained: { ...small, image: [4, 4], layers: 1, features: 6, head: 12 },
  gradientEntries: 40,
  software: false,
  logits,
  sees,
  learns: 6,
});

describe('the reach of a PixelCNN', () => {
  const past = (output: number, size: number) => Uint8Array.from({ length: size }, (_, d) => (d < output ? 1 : 0));

  it('is the whole past with two stacks, once there are layers enough', () => {
    const network = pixelNetworkOf(parsed({ ...small, image: [5, 5, 2], layers: 4 }), 1);
    for (let d = 0; d < 50; d++) expect(seenBy(network, d)).toEqual(past(d, 50));
  });

  it('has a blind spot to the right above with one, however many layers there are', () => {
    const network = pixelNetworkOf(parsed({ ...single, image: [6, 9], layers: 30 }), 1);
    const centre = 3 * 9 + 2;
    const seen = seenBy(network, centre);
    const missing = Array.from(past(centre, 54), (one, d) => (one === 1 && seen[d] === 0 ? d : -1));
    // Kernels of 3 look one pixel to the right for every row up.
    expect(missing.filter((d) => d >= 0)).toEqual([6, 7, 8, 14, 15, 16, 17, 22, 23, 24, 25, 26]);
  });
});

const colourful = [
  { ...small, image: [3, 4, 3], features: 9, layers: 3, conditional: { type: 'categorical', levels: 3 } },
  {
    ...single,
    image: [4, 3, 2],
    features: 6,
    conditional: { type: 'discretised-logistic-mixture', components: 2, levels: 8 },
  },
  { ...small, image: [3, 3], maskType: 'A', firstKernel: 5, kernel: 5, conditional: { type: 'gaussian' } },
] as const;

const CONTEXT = 2;

/** Of values beyond 1 as a share of them. */
const distance = (found: number, expected: number) => Math.abs(found - expected) / Math.max(1, Math.abs(expected));

/** Real values that hear of each other would grow beyond all bounds. */
const tamed = (parameters: NamedArrays): NamedArrays =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => [
      name,
      { shape, data: (data as Float32Array).map((value) => 0.4 * value) },
    ]),
  );

/** A model conditioned on two columns, and rows of both. */
function conditioned(entry: (typeof colourful)[number], rows: number) {
  const spec = parsed(entry);
  const dimension = spec.image.reduce<number>((product, size) => product * size, 1);
  const model = createModel(spec, dimension, 1, CONTEXT);
  const random = RandomGenerator.seeded(7, 'context');
  const context = Float32Array.from({ length: rows * CONTEXT }, () => random.normal());
  return {
    spec,
    dimension,
    model,
    context,
    parameters: tamed(largeParameters(model, 3)),
    conditional: conditionalOf(spec.conditional),
  };
}

describe('sampling a PixelCNN pixel by pixel', () => {
  it.each(colourful)('draws with the same noise what whole passes draw: %o', (entry) => {
    // More than lie side by side.
    const rows = 18;
    const { spec, dimension, model, context, parameters, conditional } = conditioned(entry, rows);
    const request = { rows, temperature: 0.8, mask: 0, context, given: null };
    const drawing = plainDrawing(model.sample(parameters, { ...request, random: RandomGenerator.seeded(5, 'rows') }));
    let step = drawing.next();
    while (!step.done) step = drawing.next();
    const found = step.value;

    const random = RandomGenerator.seeded(5, 'rows');
    const values = toFloat64(parameters);
    const k = conditional.parameterNames.length;
    for (let row = 0; row < rows; row++) {
      const uniforms = Float64Array.from({ length: dimension * conditional.uniforms }, () => random.uniform());
      const x = new Float64Array(dimension);
      for (let d = 0; d < dimension; d++) {
        const own = [context[row * CONTEXT]!, context[row * CONTEXT + 1]!];
        const numbers = Float64Array.from(pixelReference(spec, values, x, own).slice(d * k, (d + 1) * k));
        const at = row * dimension + d;
        expect(distance(found.means![at]!, conditional.mean(numbers, 0, 0.8))).toBeLessThan(1e-4);
        const drawn = conditional.draw(numbers, 0, 0.8, uniforms, d * conditional.uniforms);
        expect(distance(found.values[at]!, drawn)).toBeLessThan(1e-4);
        // What a pixel hears is what was drawn, to the last bit.
        x[d] = found.values[at]!;
      }
    }
  });

  it('refuses a context of another size than the rows', () => {
    const { model, parameters } = conditioned(colourful[0], 2);
    const random = RandomGenerator.seeded(5, 'rows');
    const request = { rows: 2, temperature: 1, mask: 0, random, given: null, context: new Float32Array(3) };
    expect(() => model.sample(parameters, request).next()).toThrow('the context has 3 values; 2 rows of 2 are needed');
  });
});

onEveryBackend(
  'PixelCNN of colours, conditioned',
  () => {
    it.each(colourful)('has the conditionals of the definition: %o', async (entry) => {
      const rows = 3;
      const { spec, dimension, model, context, parameters, conditional } = conditioned(entry, rows);
      const random = RandomGenerator.seeded(2, 'rows');
      const levels = 'levels' in spec.conditional ? spec.conditional.levels : 0;
      const x = Float32Array.from({ length: rows * dimension }, () =>
        levels > 0 ? Math.floor(levels * random.uniform()) : random.normal(),
      );
      const [tensors, masks] = [upload(parameters), upload(model.masks(0))];
      const found = await read(() =>
        model.pixels!.conditionalParameters(tf.tensor2d(x, [rows, dimension]), {
          parameters: tensors,
          masks,
          noise: {},
          context: tf.tensor2d(context, [rows, CONTEXT]),
        }),
      );
      const nll = await read(() =>
        model.objective(tf.tensor2d(x, [rows, dimension]), {
          parameters: tensors,
          masks,
          noise: {},
          context: tf.tensor2d(context, [rows, CONTEXT]),
        }),
      );
      disposeTensors(tensors, masks);
      const k = conditional.parameterNames.length;
      for (let row = 0; row < rows; row++) {
        const own = x.subarray(row * dimension, (row + 1) * dimension);
        const given = [context[row * CONTEXT]!, context[row * CONTEXT + 1]!];
        const numbers = Float64Array.from(pixelReference(spec, toFloat64(parameters), own, given));
        const each = found.slice(row * dimension * k, (row + 1) * dimension * k);
        expect(numbers.reduce((most, value, i) => Math.max(most, distance(each[i]!, value)), 0)).toBeLessThan(1e-4);
        const expected = own.reduce((sum, value, d) => sum - conditional.logProb(value, numbers, d * k), 0);
        expect(distance(nll[row]!, expected)).toBeLessThan(1e-4);
      }
    });
  },
  { software: false },
);
