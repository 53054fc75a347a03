/** NADE: inputs, a hidden vector for every variable, outputs. */
import { diagramSentence } from '../../../src/figures/hover.ts';
import { pathsReading } from '../../../src/figures/sentences.ts';
import { plural } from '../../../src/text/numbers.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { nadeConnections } from '../../../src/masks/nade.ts';
import { seededOrder } from '../../../src/masks/orders.ts';
import type { ModelHover } from './modelHover.ts';
import { networkMarkdown } from './networkHover.ts';

export const nadeHover: ModelHover<'nade'> = {
  dimensionOf: ({ order }) => (typeof order === 'string' ? null : order.length),

  markdown({ model: { order, hidden }, dimension, seed }, key, theme) {
    const highlight = key === 'order' ? 'order' : undefined;
    return networkMarkdown({
      name: 'NADE',
      sizes: [dimension, dimension, dimension],
      architecture: [
        `${plural(dimension, 'hidden vector')} of ${plural(hidden, 'unit')}, all with the same weights`,
        typeof order === 'string' ? `${order} order` : 'given order',
      ],
      highlight,
      theme,
      network: () => {
        const positions = seededOrder(order, dimension, seed);
        return fromMasks(nadeConnections(positions, [hidden]), positions);
      },
      words: (network) => `${pathsReading(network.report())} ${diagramSentence(network, highlight)}`,
    });
  },
};
