/**
 * The layers of a PixelRNN by its entry in an experiment: a masked convolution, layers of LSTMs with a residual connection
 * about each, and a head (van den Oord, Kalchbrenner & Kavukcuoglu 2016, sections 3.1 to 3.3, figure 5 and table 1).
 */
import { imageShapeOf } from '../../spec/models/imageKeys.ts';
import type { PixelrnnSpec } from '../../spec/models/pixelrnn.ts';
import { addHead, leftHalf, PixelBuilder, POINT, upperHalf } from './builder.ts';
import type { PixelNetwork } from './network.ts';

/** @param perVariable k, parameters of each conditional. */
export function recurrentNetworkOf(spec: PixelrnnSpec, perVariable: number): PixelNetwork {
  const { cell, features, layers, firstKernel, maskType, residual } = spec;
  const image = imageShapeOf(spec.image);
  const builder = new PixelBuilder(image);
  const first = upperHalf(firstKernel);
  let h = builder.convolution('input', 0, features, { kernel: first, rule: maskType, conditioned: true });
  // Shifted down by a row, the map from the right may know its own pixel. From the first layer on it has to: nothing else
  // tells a pixel at the left of the last one in the row above.
  const whole =
    cell === 'row-lstm' ? h : builder.convolution('inputRight', 0, features, { kernel: first, rule: 'rows' });
  for (let i = 0; i < layers; i++) {
    const name = `layers.${i}`;
    const states =
      cell === 'row-lstm'
        ? rowLstm(builder, name, h, spec)
        : diagonalBilstm(builder, name, h, i === 0 ? whole : h, spec);
    const expanded = builder.pointwise(`${name}.expand`, states, features);
    h = residual ? builder.residual(name, h, expanded) : expanded;
  }
  addHead(builder, h, { ...spec, image, perVariable });
  return { image, nodes: builder.nodes };
}

/** The same with as many layers as can add to what a pixel of the image sees. */
export function deepestRecurrentOf(spec: PixelrnnSpec): PixelNetwork {
  const [height, width] = spec.image;
  // Of diagonals one layer sees all.
  const layers = spec.cell === 'row-lstm' ? Math.max(spec.layers, height + width) : spec.layers;
  return recurrentNetworkOf({ ...spec, layers }, 1);
}

/** Channels of an LSTM's states: half of those of the maps between the layers. */
const unitsOf = ({ features }: PixelrnnSpec): number => Math.ceil(features / 2);

function rowLstm(builder: PixelBuilder, name: string, from: number, spec: PixelrnnSpec): number {
  const gates = builder.convolution(`${name}.input`, from, 4 * unitsOf(spec), {
    ...{ kernel: leftHalf(spec.kernel), rule: 'B', parts: 4, conditioned: true },
  });
  return builder.recurrent(`${name}.state`, gates, 'rows', spec.kernel);
}

/** @param whole what the direction from the right hears: of the rows above all may be known. */
function diagonalBilstm(builder: PixelBuilder, name: string, from: number, whole: number, spec: PixelrnnSpec): number {
  const gates = (direction: string, source: number, rule: 'B' | 'rows') =>
    builder.convolution(`${name}.${direction}.input`, source, 4 * unitsOf(spec), {
      ...{ kernel: POINT, rule, parts: 4, conditioned: true },
    });
  const left = builder.recurrent(`${name}.left.state`, gates('left', from, 'B'), 'diagonals', 1);
  const right = builder.recurrent(`${name}.right.state`, gates('right', whole, 'rows'), 'mirrored', 1);
  return builder.sum(left, builder.shift(right));
}
