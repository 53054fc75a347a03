/** MADE: the diagram of its first mask, with U, a context and the conditionals' numbers; its reading and its weights. */
import { contextSentence, diagramSentence, type DiagramLabels } from '../../../src/figures/hover.ts';
import { pathsReading } from '../../../src/figures/sentences.ts';
import { formatCount } from '../../../src/figures/text.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import type { Connectivity } from '../../../src/masks/connectivity.ts';
import { seededStructures } from '../../../src/masks/degrees.ts';
import type { MadeSpec } from '../../../src/spec/models/made.ts';
import { conditionalName, numbersOf, numbersSentence } from './conditionalWords.ts';
import type { ModelHover } from './modelHover.ts';
import { networkMarkdown } from './networkHover.ts';

export const madeHover: ModelHover<'made'> = {
  dimensionOf: ({ order }) => (typeof order === 'string' ? null : order.length),

  markdown({ model, dimension, seed, contextDimension }, key, theme) {
    const labels: DiagramLabels = {
      perOutput: numbersOf(model.conditional),
      companions: model.conditioning,
      // A context leads to the first hidden layer and to the outputs.
      ...(contextDimension !== 0 && { context: { size: contextDimension, into: [1, model.hidden.length + 1] } }),
    };
    const structure = () => seededStructures(model, dimension, seed, contextDimension ?? 1)[0]!;
    const wordsOf = (network: Connectivity) =>
      key === 'conditional' ? numbersSentence(model.conditional) : diagramSentence(network, key, labels);
    return networkMarkdown({
      name: 'MADE',
      sizes: [dimension, ...model.hidden, dimension],
      architecture: architectureOf(model),
      highlight: key,
      labels,
      theme,
      // How many columns a context has makes no difference to the degrees.
      network: () => fromDegrees(structure(), labels.context && { ...labels.context, size: contextDimension ?? 1 }),
      words: (network) =>
        `${pathsReading(network.report())} ${wordsOf(network)}${contextSentence(network, labels)}${ofMasks.has(key) ? othersOf(model) : ''}`,
    });
  },
};

/** Keys that decide in what masks differ. */
const ofMasks: ReadonlySet<string> = new Set(['order', 'degrees', 'masks']);

/** What the masks that are not drawn have of their own. */
function othersOf({ masks, freshMasks, orderAgnostic, connectivityAgnostic, degrees }: MadeSpec): string {
  const drawsDegrees = connectivityAgnostic && degrees === 'random';
  if ((masks === 1 && !freshMasks) || !(orderAgnostic || drawsDegrees)) return '';
  const own = [...(orderAgnostic ? ['a random order'] : []), ...(drawsDegrees ? ['degrees'] : [])].join(' and ');
  const fresh = freshMasks ? ` Every minibatch trains under a fresh mask with ${own} of its own.` : '';
  if (masks === 1) return ` Drawn is the mask that scores.${fresh}`;
  return masks === 2
    ? ` Drawn is mask 1; mask 2 has ${own} of its own.${fresh}`
    : ` Drawn is mask 1; masks 2 … ${formatCount(masks)} each have ${own} of their own.${fresh}`;
}

function architectureOf(model: MadeSpec): string[] {
  const { order, degrees, masks, freshMasks, direct, orderAgnostic, conditioning, conditional } = model;
  const ownOrder = typeof order === 'string' ? `${order} order` : 'given order';
  const name = conditionalName(conditional);
  return [
    (masks > 1 || freshMasks) && orderAgnostic ? `${ownOrder} in mask 1, random in the others` : ownOrder,
    typeof degrees === 'string' ? `${degrees} degrees` : 'given degrees',
    `${masks === 1 ? '1 mask' : `mask 1 of ${formatCount(masks)}`}${freshMasks ? ', fresh ones in training' : ''}`,
    ...(direct ? ['direct connection'] : []),
    ...(conditioning ? ['conditioning weights'] : []),
    ...(name === null ? [] : [name]),
  ];
}
