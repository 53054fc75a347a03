/** MADE: the mask diagram of its first mask, its reading, and the share of weights that exist. */
import { diagramSentence } from '../../../src/figures/hover.ts';
import { pathsReading } from '../../../src/figures/sentences.ts';
import { formatCount } from '../../../src/figures/text.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { seededStructures } from '../../../src/masks/degrees.ts';
import type { MadeSpec } from '../../../src/spec/models/made.ts';
import type { ModelHover } from './modelHover.ts';
import { networkMarkdown } from './networkHover.ts';

export const madeHover: ModelHover<'made'> = {
  dimensionOf: ({ order }) => (typeof order === 'string' ? null : order.length),

  markdown({ model, dimension, seed }, key, theme) {
    return networkMarkdown({
      name: 'MADE',
      sizes: [dimension, ...model.hidden, dimension],
      architecture: architectureOf(model),
      highlight: key,
      theme,
      network: () => fromDegrees(seededStructures(model, dimension, seed)[0]!),
      words: (network) =>
        `${pathsReading(network.report())} ${diagramSentence(network, key)}${ofMasks.has(key) ? othersOf(model) : ''}`,
    });
  },
};

/** Keys that decide in what masks differ. */
const ofMasks: ReadonlySet<string> = new Set(['order', 'degrees', 'masks']);

/** What the masks that are not drawn have of their own. */
function othersOf({ masks, orderAgnostic, connectivityAgnostic, degrees }: MadeSpec): string {
  const drawsDegrees = connectivityAgnostic && degrees === 'random';
  if (masks === 1 || !(orderAgnostic || drawsDegrees)) return '';
  const own = [...(orderAgnostic ? ['a random order'] : []), ...(drawsDegrees ? ['degrees'] : [])].join(' and ');
  return masks === 2
    ? ` Drawn is mask 1; mask 2 has ${own} of its own.`
    : ` Drawn is mask 1; masks 2 … ${formatCount(masks)} each have ${own} of their own.`;
}

function architectureOf({ order, degrees, masks, direct, orderAgnostic }: MadeSpec): string[] {
  const ownOrder = typeof order === 'string' ? `${order} order` : 'given order';
  return [
    masks > 1 && orderAgnostic ? `${ownOrder} in mask 1, random in the others` : ownOrder,
    typeof degrees === 'string' ? `${degrees} degrees` : 'given degrees',
    masks === 1 ? '1 mask' : `mask 1 of ${formatCount(masks)}`,
    ...(direct ? ['direct connection'] : []),
  ];
}
