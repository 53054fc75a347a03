/** What the layers of a flow of images are, before any of them computes: see {@link flowLayersOf}. */
import type { GlowSpec } from '../spec/models/glow.ts';
import { type ImageKey, imageShapeOf } from '../spec/models/imageKeys.ts';
import type { RealnvpSpec } from '../spec/models/realnvp.ts';
import { factoredOut, squeezed, wholeScale, type ImageScale } from './imageScales.ts';
import { split } from './splits.ts';

/** A layer that acts on the columns of a scale. */
export type ImageLayer =
  | {
      readonly kind: 'coupling';
      readonly scale: ImageScale;
      readonly by: 'checkerboard' | 'channels';
      /** Of the scale's columns, 1 at those that pass. */
      readonly passes: Uint8Array;
    }
  /** The scale is what goes in. */
  | { readonly kind: 'squeeze'; readonly scale: ImageScale }
  | { readonly kind: 'batch-norm' | 'act-norm' | 'mixing'; readonly scale: ImageScale };

/** RealNVP's entry where rows are images. */
export type ImageRealnvpSpec = RealnvpSpec & { readonly image: ImageKey };
/** Flows of rows that are images. */
export type ImageFlowSpec = GlowSpec | ImageRealnvpSpec;

/** @throws RangeError where the image cannot be halved as often as the scales take. */
export function imageLayersOf(spec: ImageFlowSpec): ImageLayer[] {
  return spec.type === 'glow' ? glowLayers(spec) : realnvpLayers(spec);
}

/**
 * RealNVP (Dinh et al. 2017, section 3.6): at every scale but the last checkerboard couplings, a squeeze, channel-wise
 * couplings, and half of the channels are factored out; at the last one more checkerboard coupling than at the others.
 */
function realnvpLayers(spec: ImageRealnvpSpec): ImageLayer[] {
  const couplings = (scale: ImageScale, by: 'checkerboard' | 'channels', count: number): ImageLayer[] =>
    Array.from({ length: count }, (_, k) => [
      coupling(scale, by, k),
      ...(spec.batchNorm ? [{ kind: 'batch-norm', scale } as const] : []),
    ]).flat();
  const layers: ImageLayer[] = [];
  let scale = wholeScale(imageShapeOf(spec.image));
  for (let i = 1; i < spec.scales; i++) {
    layers.push(...couplings(scale, 'checkerboard', spec.couplings), { kind: 'squeeze', scale });
    scale = squeezed(scale);
    layers.push(...couplings(scale, 'channels', spec.couplings));
    scale = factoredOut(scale);
  }
  // A single pixel is no checkerboard.
  const [height, width] = scale.shape;
  return [...layers, ...couplings(scale, height * width > 1 ? 'checkerboard' : 'channels', spec.couplings + 1)];
}

/** Glow (Kingma & Dhariwal 2018, figure 2): at every scale a squeeze and the steps; half is factored out but at the last. */
function glowLayers(spec: GlowSpec): ImageLayer[] {
  const layers: ImageLayer[] = [];
  let scale = wholeScale(imageShapeOf(spec.image));
  for (let i = 0; i < spec.scales; i++) {
    layers.push({ kind: 'squeeze', scale });
    scale = squeezed(scale);
    for (let k = 0; k < spec.steps; k++) {
      layers.push({ kind: 'act-norm', scale }, { kind: 'mixing', scale }, coupling(scale, 'channels', k));
    }
    if (i < spec.scales - 1) scale = factoredOut(scale);
  }
  return layers;
}

function coupling(scale: ImageScale, by: 'checkerboard' | 'channels', k: number): ImageLayer {
  return { kind: 'coupling', scale, by, passes: split(by, scale.shape, k) };
}
