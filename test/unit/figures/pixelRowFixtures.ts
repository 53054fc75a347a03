/** Made-up frames of what a model over images makes of one row. */
import type { FeatureMapsFrame, RowSurpriseFrame } from '../../../src/inspection/frames.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { type ImageSize, placeIn, shownImage } from '../../../src/spec/imageShape.ts';
import { samplesFrame } from './fixtures.ts';

interface MadeUp {
  readonly image: readonly [number, number] | readonly [number, number, 3];
  readonly shown?: Pick<RowSurpriseFrame, 'version' | 'step' | 'epoch' | 'mask' | 'maskCount'>;
  readonly row?: number;
}

const base = { version: 1, step: 1200, epoch: 2, mask: 0, maskCount: 1 };
const sizeOf = (image: readonly number[]): ImageSize => shownImage(image)!;
const dimensionOf = (image: readonly number[]) => image.reduce((product, size) => product * size, 1);

/** A square on a ground, its edges dear, its inside foreseen. */
export function rowSurpriseFrame({ image, shown = base, row = -1 }: MadeUp): RowSurpriseFrame {
  const dimension = dimensionOf(image);
  const random = RandomGenerator.seeded(3 + row, 'row');
  const [height, width] = image;
  const inside = (r: number, c: number) => r >= height / 3 && r < height - 1 && c >= width / 3 && c < width - 1;
  const values = Uint8Array.from({ length: dimension }, (_, d) => {
    const { row: r, column: c, channel } = placeIn(image, d);
    return (inside(r, c) ? channel !== 1 : channel === 1) ? 255 : 0;
  });
  const surprise = Float64Array.from({ length: dimension }, (_, d) => {
    const { row: r, column: c } = placeIn(image, d);
    const edge = inside(r, c) !== (c > 0 && inside(r, c - 1)) || (inside(r, c) && !inside(r - 1, c));
    return edge ? 1.5 + random.uniform() : 0.05 * random.uniform();
  });
  return {
    kind: 'rowSurprise',
    ...shown,
    dimension,
    image: sizeOf(image),
    order: Int32Array.from({ length: dimension }, (_, d) => d + 1),
    split: 'validation',
    row: row < 0 ? 41 : row,
    allRows: 500,
    picture: { ...samplesFrame(1, sizeOf(image), dimension), values },
    real: false,
    surprise,
    entropy: surprise.map((own) => 0.6 * own + 0.1),
    others: Float64Array.from({ length: 100 }, () => 8 + 3 * random.uniform()),
  };
}

const LAYERS = [
  { name: 'input', role: 'preactivation', channels: 6 },
  { name: 'layers.0.state', role: 'activation', channels: 10 },
  { name: 'layers.0', role: 'residual', channels: 6 },
  { name: 'output', role: 'preactivation', channels: 1 },
] as const;

export function featureMapsFrame({
  image,
  shown = base,
  row = 0,
  layer: asked = -1,
}: MadeUp & { readonly layer?: number }): FeatureMapsFrame {
  const [height, width, channels = 1] = image;
  const layer = asked < 0 ? LAYERS.length - 2 : asked;
  const plane = height * width;
  const values = Float32Array.from({ length: LAYERS[layer]!.channels * plane }, (_, i) => {
    const [channel, r, c] = [Math.floor(i / plane), Math.floor((i % plane) / width), i % width];
    if (channel === 2) return 0.25;
    return (Math.sin((channel + 1) * 0.4 * r + layer) * Math.cos(0.3 * (channel + 1) * c)) / (1 + 0.2 * channel);
  });
  return {
    kind: 'featureMaps',
    ...shown,
    size: [height, width, channels],
    split: 'validation',
    row,
    allRows: 500,
    picture: rowSurpriseFrame({ image, row }).picture,
    layers: LAYERS,
    layer,
    values,
  };
}
