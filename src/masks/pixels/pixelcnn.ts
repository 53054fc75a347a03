/** The layers of a PixelCNN by its entry in an experiment. */
import { imageShapeOf } from '../../spec/models/imageKeys.ts';
import type { PixelcnnSpec } from '../../spec/models/pixelcnn.ts';
import { gatedStacks, type PixelNetwork, singleStack } from './network.ts';

/** @param perVariable k, parameters of each conditional. */
export function pixelNetworkOf(spec: PixelcnnSpec, perVariable: number): PixelNetwork {
  const architecture = { ...spec, image: imageShapeOf(spec.image), perVariable };
  return spec.stacks === 'single' ? singleStack(architecture) : gatedStacks(architecture);
}

/** The same with as many layers as can add to what a pixel of the image sees. */
export function deepestOf(spec: PixelcnnSpec): PixelNetwork {
  const [height, width] = spec.image;
  return pixelNetworkOf({ ...spec, layers: Math.max(spec.layers, height + width) }, 1);
}
