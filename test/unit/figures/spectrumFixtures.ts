/** Scaling spectra for drawing, made up from fixed seeds: for golden pictures and for the tests of the page. */
import type { FrameBase } from '../../../src/inspection/frames.ts';
import type { ImageSize } from '../../../src/spec/imageShape.ts';
import type { SpectrumFrame } from '../../../src/inspection/frames/spectrum.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

export interface MadeUpSpectrum {
  readonly dimension: number;
  readonly image?: ImageSize | null;
  readonly shown?: Omit<FrameBase, 'kind'>;
  /** Where it has not been trained yet. */
  readonly still?: boolean;
  readonly components?: boolean;
}

/** Scales that fall over two and a half decades, those of the middle of an image being the largest. */
export function spectrumFrame(o: MadeUpSpectrum): SpectrumFrame {
  const { dimension, image = null, still = false, components = true } = o;
  const random = RandomGenerator.seeded(43, 'spectrum');
  const side = image?.[1] ?? dimension;
  const channels = image ? dimension / (image[0] * image[1]) : 1;
  const sigma = Float64Array.from({ length: dimension }, (_, d) => {
    const pixel = Math.floor(d / channels);
    const away = image
      ? Math.hypot((pixel % side) - side / 2, Math.floor(pixel / side) - image[0] / 2) / (side / 2)
      : d / dimension;
    return still ? 1 : 1.9 * Math.exp(-3.2 * away) * Math.exp(0.35 * random.normal());
  });
  return {
    kind: 'spectrum',
    ...(o.shown ?? { version: 1, step: 1200, epoch: 2, mask: 0, maskCount: 1 }),
    dimension,
    image,
    reason: null,
    layer: 4,
    layers: 5,
    sigma,
    initial: new Float64Array(dimension).fill(1),
    variables: Int32Array.from({ length: dimension }, (_, d) => d),
    base: 'standard logistic',
    baseDeviation: Math.PI / Math.sqrt(3),
    components: components
      ? Float64Array.from({ length: dimension }, (_, rank) => 3.1 * Math.exp((-3.4 * rank) / dimension))
      : null,
    componentRows: components ? 5000 : 0,
    noComponents: components ? null : `of ${dimension} variables they would take too long (up to 1024)`,
    complete: true,
  };
}
