/** PixelCNN: the masks of its kernels, and what a pixel sees through all layers. */
import { themeFor } from '../../../src/figures/hover.ts';
import { middleView, pixelDiagramSvg } from '../../../src/figures/pixelDiagram.tsx';
import { deepestOf, pixelNetworkOf } from '../../../src/masks/pixels/pixelcnn.ts';
import { imageShapeOf } from '../../../src/spec/models/imageKeys.ts';
import type { PixelcnnSpec } from '../../../src/spec/models/pixelcnn.ts';
import { variablesOf } from '../../../src/spec/models/splits.ts';
import { plural } from '../../../src/text/numbers.ts';
import { conditionalName } from './conditionalWords.ts';
import type { ModelHover } from './modelHover.ts';
import { pictureOf } from './picture.ts';
import { seenWords } from './pixelWords.ts';

/** As wide as a hover is in a narrow editor. */
const WIDTH = 520;

export const pixelcnnHover: ModelHover<'pixelcnn'> = {
  dimensionOf: ({ image }) => variablesOf(imageShapeOf(image)),

  markdown({ model }, key, theme) {
    const network = pixelNetworkOf(model, 1);
    const view = middleView(network);
    const [height, width, channels] = network.image;
    const words = [
      `**PixelCNN** of ${height} × ${width} pixels${channels > 1 ? `, ${plural(channels, 'channel')}` : ''} · ${
        model.stacks === 'single' ? 'single stack' : 'gated, two stacks'
      } · ${plural(model.layers, 'layer')} of ${plural(model.features, 'feature')} · ${conditionalName(model.conditional) ?? 'Bernoulli conditionals'}`,
      seenWords(view, middleView(deepestOf(model)).blind, model.maskType),
    ];
    const { kernels, highlight } = kernelsOf(model, key);
    const svg = pixelDiagramSvg(network, view, { theme: themeFor(theme), width: WIDTH, kernels, highlight });
    const alternative = `Masks of a PixelCNN, and the pixels that row ${view.row + 1}, column ${view.column + 1} sees`;
    return [...words, ...pictureOf(svg, alternative)].join('\n\n');
  },
};

/** The convolutions that are drawn, and which of them is pointed at. */
function kernelsOf(
  { stacks }: PixelcnnSpec,
  key: string,
): { readonly kernels: readonly string[]; readonly highlight: string | undefined } {
  const behind = key === 'kernel' || key === 'layers';
  const first = key === 'firstKernel' || key === 'maskType';
  if (stacks === 'single') {
    const kernels = ['input', 'blocks.0.spatial'];
    return { kernels, highlight: behind ? kernels[1] : first ? kernels[0] : undefined };
  }
  const kernels = behind ? ['layers.0.vertical', 'layers.0.horizontal'] : ['vertical', 'horizontal'];
  return { kernels, highlight: key === 'maskType' ? 'horizontal' : undefined };
}
