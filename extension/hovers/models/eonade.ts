/** EoNADE: the network of its first order, and how many orders there are. */
import { diagramSentence } from '../../../src/figures/hover.ts';
import { pathsReading } from '../../../src/figures/sentences.ts';
import { plural } from '../../../src/text/numbers.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { eonadeOrder, nadeConnections } from '../../../src/masks/nade.ts';
import type { ModelHover } from './modelHover.ts';
import { networkMarkdown } from './networkHover.ts';

export const eonadeHover: ModelHover<'eonade'> = {
  dimensionOf: ({ order }) => (typeof order === 'string' ? null : order.length),

  markdown({ model, dimension, seed }, key, theme) {
    const { order, orders, hidden } = model;
    const highlight = key === 'order' ? 'order' : undefined;
    return networkMarkdown({
      name: 'EoNADE',
      sizes: [dimension, ...hidden.map(() => dimension), dimension],
      architecture: [
        `hidden vectors of ${hidden.join(', ')} units`,
        typeof order === 'string' ? `${order} order first` : 'given order first',
        `trained for any order, scored under ${plural(orders, 'order')}`,
      ],
      highlight,
      theme,
      network: () => {
        const first = eonadeOrder(model, dimension, seed, 0);
        return fromMasks(nadeConnections(first, hidden), first);
      },
      words: (network) => `${pathsReading(network.report())} ${diagramSentence(network, highlight)}`,
    });
  },
};
