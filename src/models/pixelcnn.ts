/**
 * PixelCNN: the conditionals of pixels in raster order by masked convolutions (van den Oord, Kalchbrenner & Kavukcuoglu 2016,
 * "Pixel recurrent neural networks", section 3.5), and its gated form in two stacks (van den Oord, Kalchbrenner, Vinyals,
 * Espeholt, Graves & Kavukcuoglu 2016, "Conditional image generation with PixelCNN decoders").
 *
 *   log p(x) = Σ_d log p(x_d | x_<d),  d over the pixels row by row, the channels of a pixel one after the other
 *
 * One pass computes all conditionals: k parameters each, by a network whose maps have the image's size and whose kernels
 * are masked (`masks/pixels/`): mask A in the first layer, which leaves a pixel itself out, mask B behind it. A context of C
 * columns enters every layer as a bias, K c, the same at every pixel.
 *
 * Parameters: `<layer>.weight` [rows, columns, in, out], `<layer>.bias` [out], `context.<layer>.weight` [out, C]. Layers of a
 * single stack: `input`, `blocks.<i>.reduce`, `.spatial`, `.expand`; of two stacks: `vertical`, `horizontal`,
 * `layers.<i>.vertical`, `.between`, `.horizontal`, `.residual`; of both `head`, `output`. No buffers: the order is the
 * raster's.
 */
import { deepestOf, pixelNetworkOf } from '../masks/pixels/pixelcnn.ts';
import type { PixelcnnSpec } from '../spec/models/pixelcnn.ts';
import type { Model } from './model.ts';
import { checkDimension, PixelModel } from './pixels/pixelModel.ts';

/** @throws RangeError when the image does not have as many variables as the data have columns. */
export function createPixelcnn(spec: PixelcnnSpec, dimension: number, _seed: number, contextDimension = 0): Model {
  checkDimension(spec.image, dimension);
  const { type, conditional } = spec;
  return new PixelModel(
    { type, conditional, network: (perVariable) => pixelNetworkOf(spec, perVariable), deepest: () => deepestOf(spec) },
    contextDimension,
  );
}
