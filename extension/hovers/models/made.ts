/** MADE: the mask diagram of its first mask, its reading, and the share of weights that exist. */
import { diagramSentence, modelDiagramSvg } from '../../../src/figures/hover.ts';
import { pathsReading } from '../../../src/figures/sentences.ts';
import { formatCount } from '../../../src/figures/text.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import type { Connectivity } from '../../../src/masks/connectivity.ts';
import { seededStructures } from '../../../src/masks/degrees.ts';
import type { MadeSpec } from '../../../src/spec/models/made.ts';
import type { ModelHover } from './modelHover.ts';
import { pictureOf } from './picture.ts';

const NAME = 'MADE';
/** Masks of more cells than this take too long to draw while somebody waits for a hover. */
const MAX_CELLS = 4_000_000;
/** As wide as a hover is in a narrow editor. */
const WIDTH = 520;

export const madeHover: ModelHover<'made'> = {
  dimensionOf: ({ order }) => (typeof order === 'string' ? null : order.length),

  markdown({ model, dimension, seed }, key, theme) {
    const sizes = [dimension, ...model.hidden, dimension];
    const heading = `**${NAME} ${sizes.map(formatCount).join(' – ')}** · ${architectureOf(model)}`;
    const cells = sizes.slice(1).reduce((sum, size, l) => sum + size * sizes[l]!, 0);
    if (cells > MAX_CELLS) {
      return `${heading}\n\n${formatCount(cells)} weights: too many to draw while you wait. The inspector shows them.`;
    }
    let network: Connectivity;
    try {
      network = fromDegrees(seededStructures(model, dimension, seed)[0]!);
    } catch (error) {
      if (error instanceof RangeError) return `${heading}\n\nThis model cannot be built: ${error.message}.`;
      throw error;
    }
    const svg = modelDiagramSvg(network, { theme: themeFor(theme), width: WIDTH, highlight: key });
    const picture = pictureOf(svg, `Mask diagram of a ${NAME} with layers of ${sizes.join(', ')} units`);
    // Words first: what does not fit into a hover is out of sight.
    const words = `${pathsReading(network.report())} ${diagramSentence(network, key)}${ofMasks.has(key) ? othersOf(model) : ''}`;
    return [`${heading}  \n${words}`, ...picture].join('\n\n');
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

function architectureOf({ order, degrees, masks, direct, orderAgnostic }: MadeSpec): string {
  const ownOrder = typeof order === 'string' ? `${order} order` : 'given order';
  return [
    masks > 1 && orderAgnostic ? `${ownOrder} in mask 1, random in the others` : ownOrder,
    typeof degrees === 'string' ? `${degrees} degrees` : 'given degrees',
    masks === 1 ? '1 mask' : `mask 1 of ${formatCount(masks)}`,
    ...(direct ? ['direct connection'] : []),
  ].join(' · ');
}
