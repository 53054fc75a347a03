/** Made-up frames of what pixels see: by the masks of a true network, measured as it might be. */
import type { ChannelMatrix } from '../../../src/inspection/frames/dependency.ts';
import type { DependencyFrame } from '../../../src/inspection/frames.ts';
import { channelPaths, growthOf } from '../../../src/masks/pixels/growth.ts';
import { deepestOf, pixelNetworkOf } from '../../../src/masks/pixels/pixelcnn.ts';
import { middleOf, seenBy } from '../../../src/masks/pixels/reach.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { placeIn, shownImage } from '../../../src/spec/imageShape.ts';
import { pixelcnnSpec } from '../../../src/spec/models/pixelcnn.ts';

export interface MadeUpPixels {
  readonly image: readonly number[];
  readonly stacks?: 'single' | 'gated';
  readonly layers?: number;
  readonly maskType?: 'A' | 'B';
  /** The output, from 0; the one in the middle unless told. */
  readonly output?: number;
  readonly shown?: Pick<DependencyFrame, 'version' | 'step' | 'epoch' | 'mask' | 'maskCount'>;
}

export function pixelDependency(o: MadeUpPixels): DependencyFrame {
  const { image, stacks = 'gated', layers = 4, maskType = 'A' } = o;
  const spec = pixelcnnSpec.parse({
    ...{ type: 'pixelcnn', image, stacks, layers, maskType },
    ...{ features: 6, head: 6, firstKernel: 3, kernel: 3 },
  });
  const network = pixelNetworkOf(spec, 1);
  const output = o.output ?? middleOf(network.image);
  const [, , channels] = network.image;
  const dimension = image.reduce((product, size) => product * size, 1);
  const ever = seenBy(deepestOf(spec), output);
  const first = new Int16Array(dimension).fill(-1);
  const stages = growthOf(network, output);
  for (const [stage, { seen }] of stages.entries()) {
    for (const [d, one] of seen.entries()) if (one === 1 && first[d] === -1) first[d] = stage;
  }
  const strengthOf = (of: number) => {
    const random = RandomGenerator.seeded(of, 'pixels');
    const own = placeIn(image, of);
    return Float32Array.from(seenBy(network, of), (path, d) => {
      const { row, column } = placeIn(image, d);
      const far = Math.hypot(row - own.row, column - own.column);
      const noise = 0.2 + random.uniform();
      return path === 1 && far < 5 ? noise * Math.exp(-1.3 * far) : 0;
    });
  };
  const strengths = Array.from({ length: channels }, (_, c) => strengthOf(output - (output % channels) + c));
  const pixel = Math.floor(output / channels);
  return {
    kind: 'dependency',
    ...(o.shown ?? { version: 1, step: 1200, epoch: 2, mask: 0, maskCount: 1 }),
    dimension,
    image: shownImage(image),
    order: Int32Array.from({ length: dimension }, (_, d) => d + 1),
    output,
    layers: network.nodes.filter(({ kind }) => kind === 'convolution').length + 1,
    dataRows: 64,
    reached: seenBy(network, output),
    blind: ever.map((one, d) => (d < output && one === 0 ? 1 : 0)),
    strength: strengths[output % channels]!,
    growth: { names: stages.map(({ name }) => name), first },
    ...(channels > 1 && { channels: matrixOf(strengths, pixel, channelPaths(network, pixel)) }),
  };
}

function matrixOf(
  strengths: readonly Float32Array[],
  pixel: number,
  paths: ReturnType<typeof channelPaths>,
): ChannelMatrix {
  const count = strengths.length;
  const cells = Array.from({ length: count ** 2 }, (_, at) => [Math.floor(at / count), at % count] as const);
  return {
    ...{ count, pixel },
    own: {
      paths: paths.own,
      strength: Float32Array.from(cells, ([to, from]) => strengths[to]![pixel * count + from]!),
    },
    earlier: {
      paths: paths.earlier,
      strength: Float32Array.from(cells, ([to, from]) => {
        let sum = 0;
        for (let before = 0; before < pixel; before++) sum += strengths[to]![before * count + from]!;
        return sum;
      }),
    },
  };
}
