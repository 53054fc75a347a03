/**
 * The network of a coupling on images: convolutions that hear the variables that pass, as an image in which the others are
 * 0, and give shifts and scales at every pixel.
 *
 *   h¹ = g(b¹ + W¹ * [x_pass, m] + K c),  h^l = g(b^l + W^l h^(l−1)),  z = b + V * h^L
 *
 * W¹ and V are 3 × 3, the layers between them 1 × 1, as Glow's (Kingma & Dhariwal 2018, section 4). Residual blocks come
 * behind the last hidden layer, h ← h + B * g(a + A * h) with A and B 3 × 3, as in RealNVP's networks (Dinh et al. 2017,
 * section 3.2; He et al. 2016). m is 1 at the pixels that pass, for channels of which some do: zeros do not tell what is
 * hidden from what is dark.
 *
 * Only channels in which something passes are heard, and only those in which something moves have outputs. Parameters:
 * `hidden.0.weight` [3, 3, in, H₁], `hidden.<l>.weight` [H_l, H_(l−1)], `hidden.<l>.bias` [H_l], `context.weight` [H₁, C],
 * `block.<b>.inner.weight` and `block.<b>.outer.weight` [3, 3, H, H], their biases [H], `output.weight` [3, 3, H, out],
 * `output.bias` [out]. V and b start at 0, so that a coupling begins as the identity.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { activate } from '../layers/activations.ts';
import { takeColumns } from '../layers/columns.ts';
import { convolution } from '../layers/convolution.ts';
import { dense } from '../layers/dense.ts';
import { differentiable } from '../layers/differentiable.ts';
import { atEveryPixel } from '../layers/shaped.ts';
import { glorotConvolution, glorotUniform, zeros } from '../layers/initial.ts';
import type { ParameterSpec } from '../layers/parameters.ts';
import { variablesThat, type ImageShape } from '../masks/splits.ts';
import { subscript } from '../text/notation.ts';
import { conditioner, type Conditioner, type ConditionerShape } from './conditioner.ts';
import { fromPlaces } from './places.ts';
import { plus } from './sums.ts';

/** Side of the filters that look around. */
const SIDE = 3;

export interface ConvolutionalShape extends Pick<ConditionerShape, 'contextDimension' | 'activation'> {
  /** H, W and channels of the image that a row is. */
  readonly image: ImageShape;
  /** [D], 1 at the variables that pass. */
  readonly passes: Uint8Array;
  /** Channels of each hidden layer, at least one layer. */
  readonly hidden: readonly number[];
  /** Residual blocks behind them. */
  readonly blocks: number;
  /** Numbers for each variable that moves. */
  readonly perVariable: number;
}

/** Outputs are the first numbers of the variables that move, rising (shifts), then the second (scales), and so on. */
export function convolutionalConditioner(shape: ConvolutionalShape): Conditioner {
  const { image, passes, contextDimension, hidden, blocks, activation, perVariable } = shape;
  const [height, width, channels] = image;
  const pixels = height * width;
  const passing = variablesThat(passes, 1);
  const moving = variablesThat(passes, 0);
  // Where nothing passes there is no image to look at.
  if (passing.length === 0) {
    return conditioner({ inputs: 0, contextDimension, hidden, activation, outputs: perVariable * moving.length });
  }
  const heard = heardPlaces(image, passes);
  const movingChannels = channelsWith(image, passes, 0);
  const outputs = perVariable * movingChannels.length;
  const chosen = Int32Array.from({ length: perVariable * moving.length }, (_, i) => {
    const d = moving[i % moving.length]!;
    const channel = movingChannels.indexOf(d % channels) + Math.floor(i / moving.length) * movingChannels.length;
    return Math.floor(d / channels) * outputs + channel;
  });
  const layout = { dimension: pixels * outputs, channels: outputs, places: pixels };
  const last = hidden.at(-1)!;
  const parameters = declared();

  return {
    parameters,
    initialise: (random) =>
      Object.fromEntries(
        parameters.map(({ name, shape: size }) => {
          if (size.length === 1 || name === 'output.weight') return [name, zeros(size)];
          return [
            name,
            size.length === 2
              ? glorotUniform(size as [number, number], random)
              : glorotConvolution(size as Tensor4D['shape'], random),
          ];
        }),
      ),
    // Every filter that looks around sees one pixel further.
    hears(i, j) {
      const [to, from] = [moving[i]!, passing[j]!].map((d) => Math.floor(d / channels)) as [number, number];
      const reach = ((SIDE - 1) / 2) * (2 + 2 * blocks);
      const rows = Math.floor(to / width) - Math.floor(from / width);
      return Math.abs(rows) <= reach && Math.abs((to % width) - (from % width)) <= reach;
    },
    compute(x, rows, { parameters: given, context, tell }) {
      const bias = (layer: string) => given[`${layer}.bias`] as Tensor1D;
      const around = (layer: string, input: Tensor2D) =>
        convolution({ input, size: [height, width], weight: given[`${layer}.weight`] as Tensor4D, bias: bias(layer) });
      let first = around('hidden.0', toPixels(x!, heard, pixels));
      if (contextDimension > 0) {
        const weight = given['context.weight'] as Tensor2D;
        const said = dense({ input: context!, weight, bias: tf.zeros([hidden[0]!]), constant: false });
        first = plus(first, atEveryPixel(said, pixels));
      }
      let h = activate(activation, first);
      for (let l = 1; l < hidden.length; l++) {
        const weight = given[`hidden.${l}.weight`] as Tensor2D;
        h = activate(activation, dense({ input: h, weight, bias: bias(`hidden.${l}`), constant: false }));
      }
      if (blocks > 0) tell?.(`hidden.${hidden.length - 1}`, h, true);
      for (let b = 0; b < blocks; b++) {
        h = plus(h, around(`block.${b}.outer`, activate(activation, around(`block.${b}.inner`, h))));
        tell?.(`block.${b}`, h, false);
      }
      return takeColumns(fromPlaces(around('output', h), layout), chosen);
    },
  };

  function declared(): ParameterSpec[] {
    const spec = (name: string, size: readonly number[], description: string): ParameterSpec => ({
      name,
      shape: size,
      description,
      masked: false,
    });
    const filter = (name: string, [from, to]: readonly [number, number], letters: string, what: string) =>
      spec(name, [SIDE, SIDE, from, to], `[${SIDE}, ${SIDE}, ${letters}] filters of ${what}`);
    const letter = (l: number) => `H${subscript(l + 1)}`;
    return [
      ...hidden.flatMap((units, l) => [
        l === 0
          ? filter('hidden.0.weight', [heard.length / pixels, units], 'in, H₁', 'hidden layer 1')
          : spec(
              `hidden.${l}.weight`,
              [units, hidden[l - 1]!],
              `[${letter(l)}, ${letter(l - 1)}] weights of hidden layer ${l + 1}, at every pixel`,
            ),
        spec(`hidden.${l}.bias`, [units], `[${letter(l)}] biases of hidden layer ${l + 1}`),
      ]),
      ...(contextDimension > 0
        ? [spec('context.weight', [hidden[0]!, contextDimension], '[H₁, C] weights of the context, at every pixel')]
        : []),
      ...Array.from({ length: blocks }, (_, b) =>
        (['inner', 'outer'] as const).flatMap((part) => [
          filter(`block.${b}.${part}.weight`, [last, last], 'H, H', `residual block ${b + 1}`),
          spec(`block.${b}.${part}.bias`, [last], `[H] biases of residual block ${b + 1}`),
        ]),
      ).flat(),
      filter('output.weight', [last, outputs], 'H, out', 'the output'),
      spec('output.bias', [outputs], '[out] biases of the output'),
    ];
  }
}

/** Entries of {@link heardPlaces} that no variable fills. */
const HIDDEN = -1;
const LIT = -2;

/**
 * What is heard at every pixel, [H·W, in]: which of the passing variables, {@link HIDDEN} where the channel's does not pass;
 * then m, {@link LIT} where it is 1.
 */
function heardPlaces(image: ImageShape, passes: Uint8Array): Int32Array {
  const [height, width, channels] = image;
  const pixels = height * width;
  let passed = 0;
  const places = Int32Array.from(passes, (passes) => (passes ? passed++ : HIDDEN));
  const heard = channelsWith(image, passes, 1);
  const patterns = heard.map((c) => Array.from({ length: pixels }, (_, p) => passes[p * channels + c]!));
  const masks = [...new Set(patterns.filter((one) => one.includes(0)).map((one) => one.join('')))];
  return Int32Array.from(
    Array.from({ length: pixels }, (_, p) => [
      ...heard.map((c) => places[p * channels + c]!),
      ...masks.map((mask) => (mask[p] === '1' ? LIT : HIDDEN)),
    ]).flat(),
  );
}

/** Channels in which some variable passes (1) or moves (0). */
function channelsWith([, , channels]: ImageShape, passes: Uint8Array, value: 0 | 1): number[] {
  return Array.from({ length: channels }, (_, c) => c).filter((c) =>
    passes.some((passes, d) => d % channels === c && passes === value),
  );
}

/** x [N, P] laid out over the pixels: [N·H·W, in]. Differentiable in x. */
function toPixels(x: Tensor2D, heard: Int32Array, pixels: number): Tensor2D {
  const [rows, passing] = x.shape;
  const indices = heard.map((place) => (place === HIDDEN ? passing : place === LIT ? passing + 1 : place));
  const origins = new Int32Array(passing);
  for (const [to, place] of heard.entries()) if (place >= 0) origins[place] = to;
  const columns = (from: Tensor2D, which: Int32Array) => tf.gather(from, tf.tensor1d(which, 'int32'), 1);
  return differentiable([x], () => {
    const constants = [0, 1].map((value) => tf.fill<Rank.R2>([rows, 1], value));
    const laid = columns(tf.concat([x, ...constants], 1), indices);
    return {
      value: tf.reshape<Rank.R2>(laid, [rows * pixels, heard.length / pixels]),
      saved: [],
      gradient: (dy) => [columns(tf.reshape<Rank.R2>(dy, [rows, heard.length]), origins)],
    };
  });
}
