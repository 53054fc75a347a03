/** MADE: the mask diagram of its first mask, its reading, and the share of weights that exist. */
import { modelDiagramSvg } from '../../../src/figures/hover.ts';
import { masksReading, pathsReading } from '../../../src/figures/sentences.ts';
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
const WIDTH = 460;

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
    const svg = modelDiagramSvg(network, { name: NAME, theme: themeFor(theme), width: WIDTH, highlight: key });
    const picture = pictureOf(svg, `Mask diagram of a ${NAME} with layers of ${sizes.join(', ')} units`);
    return [heading, ...picture, masksReading(network), pathsReading(network.report())].join('\n\n');
  },
};

function architectureOf({ order, degrees, masks, direct }: MadeSpec): string {
  return [
    typeof order === 'string' ? `${order} order` : 'given order',
    typeof degrees === 'string' ? `${degrees} degrees` : 'given degrees',
    masks === 1 ? '1 mask' : `mask 1 of ${formatCount(masks)}`,
    ...(direct ? ['direct connection'] : []),
  ].join(' · ');
}
