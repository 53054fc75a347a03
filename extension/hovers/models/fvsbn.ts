/** FVSBN: one mask, the strict triangle of its order, drawn as inputs that lead straight to outputs. */
import { diagramSentence } from '../../../src/figures/hover.ts';
import { pathsReading } from '../../../src/figures/sentences.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { seededOrder } from '../../../src/masks/orders.ts';
import { networkMarkdown } from './networkHover.ts';
import type { ModelHover } from './modelHover.ts';

export const fvsbnHover: ModelHover<'fvsbn'> = {
  dimensionOf: ({ order }) => (typeof order === 'string' ? null : order.length),

  markdown({ model: { order }, dimension, seed }, key, theme) {
    const highlight = key === 'order' ? 'order' : undefined;
    return networkMarkdown({
      name: 'FVSBN',
      sizes: [dimension, dimension],
      architecture: [typeof order === 'string' ? `${order} order` : 'given order', 'no hidden units'],
      highlight,
      theme,
      network: () => fromDegrees({ order: seededOrder(order, dimension, seed), hidden: [], direct: false }),
      words: (network) => `${pathsReading(network.report())} ${diagramSentence(network, highlight)}`,
    });
  },
};
