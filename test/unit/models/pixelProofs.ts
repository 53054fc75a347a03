/** What has to hold of every model of pixels, in colour and conditioned on something, against its definition. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionalOf } from '../../../src/distributions/index.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import type { PixelNetwork } from '../../../src/masks/pixels/network.ts';
import { seenBy } from '../../../src/masks/pixels/reach.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { type ExperimentInput, modelSpec } from '../../../src/spec/experiment.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { plainDrawing } from './plainDrawing.ts';
import { specimen } from './proofs.ts';
import { toFloat64, type Values } from './reference.ts';
import { largeParameters } from './support.ts';

export type PixelEntry = Extract<ExperimentInput['model'], { type: 'pixelcnn' | 'pixelrnn' }>;
export type ReferenceArguments = [parameters: Values, x: ArrayLike<number>, context: readonly number[]];

export interface PixelClaims {
  readonly entries: readonly PixelEntry[];
  /** Parameters of all conditionals of one image x [H·W·C], straight from the paper. */
  readonly reference: (entry: unknown, ...rest: ReferenceArguments) => number[];
}

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
export function conditioned(entry: PixelEntry, rows: number) {
  const spec = modelSpec.parse(entry) as { readonly conditional: Parameters<typeof conditionalOf>[0] };
  const dimension = [...entry.image].reduce((product, size) => product * size, 1);
  const model = createModel(modelSpec.parse(entry), dimension, 1, CONTEXT);
  const random = RandomGenerator.seeded(7, 'context');
  const context = Float32Array.from({ length: rows * CONTEXT }, () => random.normal());
  const { conditional } = spec;
  return {
    levels: 'levels' in conditional ? conditional.levels : conditional.type === 'bernoulli' ? 2 : 0,
    dimension,
    model,
    context,
    parameters: tamed(largeParameters(model, 3)),
    conditional: conditionalOf(conditional),
  };
}

export function proveDrawnPixelByPixel(title: string, { entries, reference }: PixelClaims): void {
  describe(`sampling a ${title} pixel by pixel`, () => {
    it.each(entries)('draws with the same noise what whole passes draw: %o', (entry) => {
      // More than lie side by side.
      const rows = 18;
      const { levels, dimension, model, context, parameters, conditional } = conditioned(entry, rows);
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
          const numbers = Float64Array.from(reference(entry, values, x, own).slice(d * k, (d + 1) * k));
          const at = row * dimension + d;
          expect(distance(found.means![at]!, conditional.mean(numbers, 0, 0.8))).toBeLessThan(1e-4);
          const drawn = conditional.draw(numbers, 0, 0.8, uniforms, d * conditional.uniforms);
          // Of values that are counted, the very same choice.
          if (levels > 0) expect(found.values[at]).toBe(drawn);
          else expect(distance(found.values[at]!, drawn)).toBeLessThan(1e-4);
          // What a pixel hears is what was drawn, to the last bit.
          x[d] = found.values[at]!;
        }
      }
    });
  });
}

export function proveColourfulConditionals(title: string, { entries, reference }: PixelClaims): void {
  onEveryBackend(
    `${title} of colours, conditioned`,
    () => {
      it.each(entries)('has the conditionals of the definition: %o', async (entry) => {
        const rows = 3;
        const { levels, dimension, model, context, parameters, conditional } = conditioned(entry, rows);
        const random = RandomGenerator.seeded(2, 'rows');
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
          const numbers = Float64Array.from(reference(entry, toFloat64(parameters), own, given));
          const each = found.slice(row * dimension * k, (row + 1) * dimension * k);
          expect(numbers.reduce((most, value, i) => Math.max(most, distance(each[i]!, value)), 0)).toBeLessThan(1e-4);
          const expected = own.reduce((sum, value, d) => sum - conditional.logProb(value, numbers, d * k), 0);
          expect(distance(nll[row]!, expected)).toBeLessThan(1e-4);
        }
      });
    },
    { everywhere: false },
  );
}

type Image = [height: number, width: number, channels: number];

export interface PastClaims {
  /** Architectures of all kinds; the proofs say how many channels the maps have. */
  readonly entries: (image: fc.Arbitrary<Image>, layers: fc.Arbitrary<number>) => fc.Arbitrary<PixelEntry>;
  readonly network: (entry: PixelEntry) => PixelNetwork;
  /** Whether one layer sees the whole past. */
  readonly seesAll: (entry: PixelEntry) => boolean;
}

/** [D], 1 at the variables before one, in raster and channel order. */
export const past = (output: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, d) => (d < output ? 1 : 0));

/** What an output sees is in its past, by the structure and by the gradient, whatever the architecture. */
export function provePast(title: string, { entries, network, seesAll }: PastClaims): void {
  const upTo = (side: number, channels: number, layers: number) => {
    const [size, depth] = [fc.integer({ min: 1, max: side }), fc.integer({ min: 1, max: layers })];
    return entries(fc.tuple(size, size, fc.integer({ min: 1, max: channels })), depth);
  };
  const sizeOf = ({ image }: PixelEntry) => [...image].reduce((product, size) => product * size, 1);

  describe(`what a pixel of a ${title} may know`, () => {
    it('is nothing of itself and of what comes after, whatever the image, the kernels and the layers', () => {
      fc.assert(
        fc.property(upTo(6, 3, 3), (entry) => {
          const layers = network({ ...entry, features: 6, head: 8 });
          const size = sizeOf(entry);
          for (let d = 0; d < size; d++) {
            const seen = seenBy(layers, d);
            expect(seen.subarray(d).every((one) => one === 0)).toBe(true);
            if (seesAll(entry)) expect(seen).toEqual(past(d, size));
          }
        }),
        { numRuns: 60 },
      );
    });
  });

  onEveryBackend(
    `the gradient of a ${title}`,
    () => {
      it('is exactly 0 where the structure sees nothing, and nowhere else, whatever the image', async () => {
        await fc.assert(
          fc.asyncProperty(upTo(4, 2, 2), async (entry) => {
            const dimension = sizeOf(entry);
            const { model, parameters } = specimen({ ...entry, features: 24, head: 48 }, dimension, dimension);
            const [tensors, masks] = [upload(parameters), upload(model.masks(0))];
            const x = tf.tidy(() => tf.add(tf.mul(tf.range(0, dimension), 0.03), 0.2));
            const jacobian = await read(() =>
              tf.grad((input) =>
                model.pixels!.conditionalParameters(input as tf.Tensor2D, {
                  parameters: tensors,
                  masks,
                  noise: {},
                  context: null,
                }),
              )(tf.tile(tf.expandDims(x, 0), [dimension, 1]), tf.eye(dimension)),
            );
            disposeTensors(tensors, masks, { x });
            for (let d = 0; d < dimension; d++) {
              const seen = seenBy(model.pixels!.layers, d);
              const found = jacobian.slice(d * dimension, (d + 1) * dimension);
              expect(Array.from(found, (value) => (value === 0 ? 0 : 1))).toEqual([...seen]);
            }
          }),
          { numRuns: 12, seed: 8 },
        );
      });
    },
    { everywhere: false },
  );
}
