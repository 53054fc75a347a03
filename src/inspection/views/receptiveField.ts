/** How far a pixel sees, layer by layer. */
import { pixelsMissing, type ViewFacts } from './facts.ts';

export const receptiveField: ViewFacts = {
  label: 'Receptive field',
  name: 'the receptive field',
  frames: ['dependency'],
  missing: pixelsMissing,
  coming: 'Following what one pixel sees through the layers …',
  promise: 'the receptive field of any one pixel: how far it sees behind each layer, and what it never will',
  promisedOf: 'pixels',
  topic: {
    title: 'Receptive field',
    paragraphs: [
      'A masked convolution shows a pixel its neighbourhood alone; the next one shows it what those neighbours have seen. So the part of its past that a pixel can be drawn from grows from layer to layer: each outline is what has come behind one more layer, by the masks. A layer of LSTMs goes through the whole image at once, in a triangle along rows, everywhere along diagonals.',
      'Which pixels never come is the architecture’s doing. In a single stack of convolutions a wedge to the right above stays out of sight however many layers there are: the blind spot. Gated PixelCNNs have two stacks between which nothing is lost, and the diagonal BiLSTM sees all in its first layer.',
      'That a path is there does not mean that it is used. What is felt at the conditionals, the mean |∂ output / ∂ xⱼ| on rows of data, mostly sits on a few near pixels: how many make up nine tenths of it says how large the field is in effect (Luo, Li, Urtasun & Zemel 2016).',
    ],
  },
};
