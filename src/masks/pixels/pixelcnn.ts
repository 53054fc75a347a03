/** The layers of a PixelCNN, and those of one by its entry in an experiment. */
import { imageShapeOf } from '../../spec/models/imageKeys.ts';
import type { PixelcnnSpec } from '../../spec/models/pixelcnn.ts';
import { addHead, leftHalf, PixelBuilder, POINT, upperHalf } from './builder.ts';
import type { PixelArchitecture, PixelNetwork } from './network.ts';

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

/**
 * One stack of masked convolutions with residual blocks (van den Oord, Kalchbrenner & Kavukcuoglu 2016, section 3 and figure
 * 5): it never sees a wedge of pixels to the right above.
 */
function singleStack(architecture: PixelArchitecture): PixelNetwork {
  const { image, features, layers, firstKernel, kernel, maskType } = architecture;
  const builder = new PixelBuilder(image);
  const half = Math.ceil(features / 2);
  let h = builder.convolution('input', 0, features, {
    ...{ kernel: upperHalf(firstKernel), rule: maskType, conditioned: true },
  });
  for (let i = 0; i < layers; i++) {
    const reduced = builder.pointwise(`blocks.${i}.reduce`, builder.relu(h), half, true);
    const spatial = builder.convolution(`blocks.${i}.spatial`, builder.relu(reduced), half, {
      ...{ kernel: upperHalf(kernel), rule: 'B' },
    });
    h = builder.residual(`blocks.${i}`, h, builder.pointwise(`blocks.${i}.expand`, builder.relu(spatial), features));
  }
  addHead(builder, h, architecture);
  return { image, nodes: builder.nodes };
}

/**
 * Gated layers in two stacks, which between them see everything (van den Oord, Kalchbrenner, Vinyals, Espeholt, Graves &
 * Kavukcuoglu 2016, figure 2): the vertical one the rows above, the horizontal one the pixels to the left and what the
 * vertical one knows of its pixel.
 */
function gatedStacks(architecture: PixelArchitecture): PixelNetwork {
  const { image, features, layers, firstKernel, kernel, maskType } = architecture;
  const builder = new PixelBuilder(image);
  let v = builder.convolution('vertical', 0, features, { kernel: upperHalf(firstKernel), rule: 'above' });
  let h = builder.convolution('horizontal', 0, features, { kernel: leftHalf(firstKernel), rule: maskType });
  for (let i = 0; i < layers; i++) {
    const wide = 2 * features;
    const above = builder.convolution(`layers.${i}.vertical`, v, wide, {
      ...{ kernel: upperHalf(kernel), rule: 'rows', parts: 2, conditioned: true },
    });
    const handed = builder.convolution(`layers.${i}.between`, above, wide, { kernel: POINT, rule: 'rows', parts: 2 });
    const along = builder.convolution(`layers.${i}.horizontal`, h, wide, {
      ...{ kernel: leftHalf(kernel), rule: 'B', parts: 2, conditioned: true },
    });
    const gated = builder.gate(builder.sum(along, handed));
    h = builder.residual(`layers.${i}`, h, builder.pointwise(`layers.${i}.residual`, gated, features));
    v = builder.gate(above);
  }
  addHead(builder, h, architecture);
  return { image, nodes: builder.nodes };
}
