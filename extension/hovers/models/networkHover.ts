/** What the hovers of all models of one layered network share: heading, words, and the picture of its masks. */
import {
  modelDiagramSvg,
  themeFor,
  type DiagramHighlight,
  type DiagramLabels,
  type ThemeKind,
} from '../../../src/figures/hover.ts';
import { formatCount } from '../../../src/figures/text.ts';
import type { Connectivity } from '../../../src/masks/connectivity.ts';
import { pictureOf } from './picture.ts';

/** Masks of more cells than this take too long to draw while somebody waits for a hover. */
const MAX_CELLS = 4_000_000;
/** As wide as a hover is in a narrow editor. */
const WIDTH = 520;

export interface NetworkHover {
  /** "MADE" */
  readonly name: string;
  /** Units of each layer, inputs first, outputs last. */
  readonly sizes: readonly number[];
  /** The sizes in the heading, where those of the drawing are not the model's. */
  readonly shape?: string;
  /** What there is to say of the architecture in a few words, "natural order". */
  readonly architecture: readonly string[];
  readonly highlight: DiagramHighlight | undefined;
  /** What of the model its layers and masks alone do not tell. */
  readonly labels?: DiagramLabels;
  readonly theme: ThemeKind;
  /** @throws RangeError when the model cannot be built. */
  network(): Connectivity;
  /** One or two sentences that read the picture. */
  words(network: Connectivity): string;
}

export function networkMarkdown(o: NetworkHover): string {
  const heading = [`**${o.name} ${o.shape ?? o.sizes.map(formatCount).join(' – ')}**`, ...o.architecture].join(' · ');
  const cells = o.sizes.slice(1).reduce((sum, size, l) => sum + size * o.sizes[l]!, 0);
  if (cells > MAX_CELLS) {
    return `${heading}\n\n${formatCount(cells)} weights: too many to draw while you wait. The inspector shows them.`;
  }
  let network: Connectivity;
  try {
    network = o.network();
  } catch (error) {
    if (error instanceof RangeError) return `${heading}\n\nThis model cannot be built: ${error.message}.`;
    throw error;
  }
  const svg = modelDiagramSvg(network, {
    theme: themeFor(o.theme),
    width: WIDTH,
    highlight: o.highlight,
    labels: o.labels ?? {},
  });
  const picture = pictureOf(svg, `Mask diagram of a ${o.name} with layers of ${o.sizes.join(', ')} units`);
  // Words first: what does not fit into a hover is out of sight.
  return [`${heading}  \n${o.words(network)}`, ...picture].join('\n\n');
}
