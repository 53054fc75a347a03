/** NADE: inputs, a hidden vector for every variable, outputs. */
import { diagramSentence } from '../../../src/figures/hover.ts';
import { pathsReading } from '../../../src/figures/sentences.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { nadeConnections, nadeDegrees } from '../../../src/masks/nade.ts';
import { seededOrder } from '../../../src/masks/orders.ts';
import type { ModelHover } from './modelHover.ts';
import { nadeLabels, nadeShape, nadeWords } from './nadeDrawing.ts';
import { networkMarkdown } from './networkHover.ts';

export const nadeHover: ModelHover<'nade'> = {
  dimensionOf: ({ order }) => (typeof order === 'string' ? null : order.length),

  markdown({ model: { order, hidden }, dimension, seed }, key, theme) {
    return networkMarkdown({
      name: 'NADE',
      sizes: [dimension, dimension, dimension],
      shape: nadeShape(dimension, [hidden]),
      architecture: [typeof order === 'string' ? `${order} order` : 'given order'],
      highlight: key === 'type' ? undefined : key,
      labels: nadeLabels(dimension, [hidden]),
      theme,
      network: () => {
        const positions = seededOrder(order, dimension, seed);
        return fromMasks(nadeConnections(positions, [hidden]), positions, nadeDegrees(positions, [hidden]));
      },
      words: (network) => {
        const own = key === 'order' ? diagramSentence(network, key) : nadeWords(network, [hidden]);
        return `${pathsReading(network.report())} ${own}`;
      },
    });
  },
};
