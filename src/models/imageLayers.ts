/** The layers of flows of images, in their places: RealNVP's image form and Glow. Each acts on the columns of its scale. */
import { actNorm } from '../flows/actNorm.ts';
import { batchNorm } from '../flows/batchNorm.ts';
import type { Bijector } from '../flows/bijector.ts';
import { coupling } from '../flows/coupling.ts';
import type { FlowLayer } from '../flows/flow.ts';
import { mixing } from '../flows/mixing.ts';
import { within } from '../flows/multiScale.ts';
import { squeeze } from '../flows/squeeze.ts';
import type { ImageFlowSpec, ImageLayer } from '../masks/imageFlowLayers.ts';

interface Sizes {
  /** D, columns of a whole row. */
  readonly dimension: number;
  readonly contextDimension: number;
}

export function imageLayerOf(
  layer: ImageLayer,
  spec: Pick<ImageFlowSpec, 'hidden' | 'activation' | 'scale' | 'blocks'>,
  { dimension, contextDimension }: Sizes,
): FlowLayer {
  const { columns, shape } = layer.scale;
  const [height, width, channels] = shape;
  const everywhere = { dimension: columns.length, channels };
  const rest = dimension - columns.length;
  const where =
    `${height} × ${width} pixels of ${channels} ${channels === 1 ? 'channel' : 'channels'}` +
    (rest > 0 ? `; ${rest} of ${dimension} variables are factored out before` : '');
  const placed = (kind: FlowLayer['kind'], title: string, about: string, bijector: Bijector): FlowLayer => ({
    kind,
    title,
    about: `${about}: ${where}`,
    bijector: within(bijector, columns, dimension),
  });
  switch (layer.kind) {
    case 'squeeze':
      return placed('squeeze', 'Squeeze', 'every 2 × 2 pixels become one with four times the channels', squeeze(shape));
    case 'act-norm': {
      const about = 'every channel is shifted and scaled by what is learnt, from the first minibatch on';
      return placed('act-norm', 'ActNorm', about, actNorm(everywhere));
    }
    case 'mixing':
      return placed('mixing', '1×1 convolution', 'the channels of every pixel are mixed', mixing(everywhere));
    case 'batch-norm': {
      const about = 'every channel is shifted and scaled to mean 0 and variance 1 over the training rows';
      return placed('batch-norm', 'Batch normalisation', about, batchNorm(everywhere));
    }
    case 'coupling': {
      const { passes, by } = layer;
      const passing = passes.reduce((sum, one) => sum + one, 0);
      const title = by === 'checkerboard' ? 'Affine coupling, checkerboard' : 'Affine coupling, channels';
      const about = `${passing} variables pass and decide how the other ${passes.length - passing} move`;
      const { hidden, activation, scale, blocks } = spec;
      const convolutions = { image: shape, blocks };
      return placed(
        'coupling',
        title,
        about,
        coupling({ passes, hidden, activation, contextDimension, law: scale, convolutions }),
      );
    }
  }
}
