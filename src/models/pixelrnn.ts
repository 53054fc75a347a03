/**
 * PixelRNN: the conditionals of pixels in raster order by LSTMs that go through the image (van den Oord, Kalchbrenner &
 * Kavukcuoglu 2016, "Pixel recurrent neural networks").
 *
 *   log p(x) = Σ_d log p(x_d | x_<d),  d over the pixels row by row, the channels of a pixel one after the other
 *   [i, f, o, g] = [σ, σ, σ, tanh](K_ss ∗ h_before + K_is ∗ x + b),  c = f ∘ c_before + i ∘ g,  h = o ∘ tanh(c)   (equation 3)
 *
 * A masked convolution (mask A) comes first, then layers of LSTMs with a residual connection about each, then two pointwise
 * layers. Row LSTM (section 3.1): a step is a row, K_ss a kernel of k × 1 over the states of the row above, K_is one over the
 * maps of the own row up to the pixel (mask B); what a pixel sees is a triangle. Diagonal BiLSTM (section 3.2): a step is a
 * diagonal of the image, K_is is pointwise and K_ss hears the pixels beside and above; one LSTM from the upper left and one
 * from the upper right, whose map is shifted down by a row before it is added, since it knows pixels to the right.
 *
 * That map may therefore hear its own pixel with all colours: its K_is has no mask, and in the first layer it hears a
 * convolution of its own that sees the whole row. With the paper's masks a pixel at the left would never learn of the last one
 * in the row above.
 *
 * Parameters: `input.weight` [rows, columns, in, out] and `.bias` [out], `inputRight` (diagonals: the other direction's),
 * `layers.<i>.input` (K_is and b, gates in the order input, forget, output, candidate), `layers.<i>.state.weight` (K_ss)
 * [4h, k·h], `layers.<i>.expand`; of diagonals `layers.<i>.left.input`, `.left.state`, `.right.input`, `.right.state`; `head`
 * and `output` as a PixelCNN's. A context of C columns enters the first layer, all gates and the head as a bias, the same at
 * every pixel: `context.<layer>.weight` [out, C]. No buffers: the order is the raster's.
 */
import { deepestRecurrentOf, recurrentNetworkOf } from '../masks/pixels/pixelrnn.ts';
import type { PixelrnnSpec } from '../spec/models/pixelrnn.ts';
import type { Model } from './model.ts';
import { checkDimension, PixelModel } from './pixels/pixelModel.ts';

/** @throws RangeError when the image does not have as many variables as the data have columns. */
export function createPixelrnn(spec: PixelrnnSpec, dimension: number, _seed: number, contextDimension = 0): Model {
  checkDimension(spec.image, dimension);
  const { type, conditional } = spec;
  return new PixelModel(
    {
      ...{ type, conditional },
      network: (perVariable) => recurrentNetworkOf(spec, perVariable),
      deepest: () => deepestRecurrentOf(spec),
    },
    contextDimension,
  );
}
