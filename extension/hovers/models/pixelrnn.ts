/** PixelRNN: the mask of its first layer, what its LSTMs hear, and what a pixel sees through all layers. */
import { themeFor } from '../../../src/figures/hover.ts';
import { middleView, pixelDiagramSvg } from '../../../src/figures/pixelDiagram.tsx';
import { deepestRecurrentOf, recurrentNetworkOf } from '../../../src/masks/pixels/pixelrnn.ts';
import { imageShapeOf } from '../../../src/spec/models/imageKeys.ts';
import { variablesOf } from '../../../src/spec/models/splits.ts';
import { plural } from '../../../src/text/numbers.ts';
import { conditionalName } from './conditionalWords.ts';
import type { ModelHover } from './modelHover.ts';
import { pictureOf } from './picture.ts';
import { seenWords } from './pixelWords.ts';

/** As wide as a hover is in a narrow editor. */
const WIDTH = 524;

const courses = {
  'row-lstm': (height: number) => `${plural(height, 'step')} from row to row`,
  'diagonal-bilstm': (height: number, width: number) =>
    `${plural(height + width - 1, 'step')} along the diagonals, in two directions`,
} as const;

export const pixelrnnHover: ModelHover<'pixelrnn'> = {
  dimensionOf: ({ image }) => variablesOf(imageShapeOf(image)),

  markdown({ model }, key, theme) {
    const network = recurrentNetworkOf(model, 1);
    const view = middleView(network);
    const [height, width, channels] = network.image;
    const { cell, layers, features, residual, conditional } = model;
    const words = [
      `**PixelRNN** of ${height} × ${width} pixels${channels > 1 ? `, ${plural(channels, 'channel')}` : ''} · ${
        cell === 'row-lstm' ? 'Row LSTM' : 'Diagonal BiLSTM'
      } · ${plural(layers, 'layer')} of ${plural(Math.ceil(features / 2), 'unit')}${residual ? ', residual' : ''} · ${
        conditionalName(conditional) ?? 'Bernoulli conditionals'
      }`,
      `A layer takes ${courses[cell](height, width)}. ` +
        seenWords(view, middleView(deepestRecurrentOf(model)).blind, model.maskType),
    ];
    const svg = pixelDiagramSvg(network, view, {
      theme: themeFor(theme),
      width: WIDTH,
      kernels: ['input'],
      highlight: key === 'firstKernel' || key === 'maskType' ? 'input' : undefined,
    });
    const alternative = `What the LSTMs of a PixelRNN hear, and the pixels that row ${view.row + 1}, column ${view.column + 1} sees`;
    return [...words, ...pictureOf(svg, alternative)].join('\n\n');
  },
};
