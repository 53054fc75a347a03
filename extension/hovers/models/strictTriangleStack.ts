/** The specimen: what reaches what through a stack of strict triangles. */
import { pathsReading } from '../../../src/figures/sentences.ts';
import { plural } from '../../../src/figures/text.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { strictTriangle } from '../../../src/masks/masks.ts';
import { seededOrder } from '../../../src/masks/orders.ts';
import { networkMarkdown } from './networkHover.ts';
import type { ModelHover } from './modelHover.ts';

export const strictTriangleStackHover: ModelHover<'strict-triangle-stack'> = {
  dimensionOf: () => null,

  markdown({ model: { layers }, dimension, seed }, key, theme) {
    return networkMarkdown({
      name: 'Strict triangles',
      sizes: Array.from({ length: layers + 1 }, () => dimension),
      architecture: ['a specimen of a mistake'],
      highlight: key === 'layers' ? 'hidden' : undefined,
      theme,
      network: () => {
        const order = seededOrder('natural', dimension, seed);
        const triangle = strictTriangle(order);
        return fromMasks({ masks: Array.from({ length: layers }, () => triangle), direct: null }, order);
      },
      words: (network) =>
        `Each of ${plural(layers, 'layer')} has a strict mask, so that an output sees only inputs at distance ` +
        `${layers} and more. ${pathsReading(network.report())}`,
    });
  },
};
