/** EoNADE: the network under its first order, and how many orders there are. */
import { diagramSentence } from '../../../src/figures/hover.ts';
import { pathsReading } from '../../../src/figures/sentences.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { eonadeOrder, nadeConnections, nadeDegrees } from '../../../src/masks/nade.ts';
import { plural } from '../../../src/text/numbers.ts';
import type { ModelHover } from './modelHover.ts';
import { nadeLabels, nadeShape, nadeWords } from './nadeDrawing.ts';
import { networkMarkdown } from './networkHover.ts';

export const eonadeHover: ModelHover<'eonade'> = {
  dimensionOf: ({ order }) => (typeof order === 'string' ? null : order.length),

  markdown({ model, dimension, seed }, key, theme) {
    const { order, orders, hidden } = model;
    return networkMarkdown({
      name: 'EoNADE',
      sizes: [dimension, ...hidden.map(() => dimension), dimension],
      shape: nadeShape(dimension, hidden),
      architecture: [
        typeof order === 'string' ? `${order} order first` : 'given order first',
        `trained for any order, scored under ${plural(orders, 'order')}`,
      ],
      highlight: key === 'hidden' ? 'hidden' : key === 'type' ? undefined : 'order',
      labels: nadeLabels(dimension, hidden),
      theme,
      network: () => {
        const first = eonadeOrder(model, dimension, seed, 0);
        return fromMasks(nadeConnections(first, hidden), first, nadeDegrees(first, hidden));
      },
      words: (network) => {
        const own = key === 'order' ? diagramSentence(network, key) : nadeWords(network, hidden);
        const others = orders === 1 ? '' : ` Drawn is order 1 of ${plural(orders, 'order')} that it is scored under.`;
        return `${pathsReading(network.report())} ${own}${key === 'orders' ? others : ''}`;
      },
    });
  },
};
