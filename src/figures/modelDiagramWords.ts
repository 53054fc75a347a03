/** What a model's diagram says, in words computed from it. Kept lean: this is loaded in the extension host. */
import type { Connectivity } from '../masks/connectivity.ts';
import { countWeights, weightsPerConnection } from '../masks/weightCount.ts';
import type { DiagramHighlight, DiagramLabels } from './modelDiagramOptions.ts';
import { unitCount } from './nodeLayout.ts';
import { orderSentence } from './sentences.ts';
import { formatCount, outputName, percent, plural } from './text.ts';

/** What the hovered key makes of the model. */
export function diagramSentence(
  network: Connectivity,
  highlight: DiagramHighlight | undefined,
  labels: DiagramLabels = {},
): string {
  const { existing, all } = countWeights(network, weightsEach(network, labels));
  const weights = `${formatCount(existing)} of ${plural(all, 'weight')} exist (${percent(existing, all)}).`;
  const { order } = network;
  switch (highlight) {
    case 'order': {
      const first = order.indexOf(1);
      const last = order.indexOf(order.length);
      const ends =
        order.length === 1
          ? `${outputName(0)} depends on nothing`
          : `${outputName(first)} depends on nothing, ${outputName(last)} on all the others`;
      return `${capitalised(orderSentence(order))}: ${ends}.`;
    }
    case 'degrees': {
      const lonely = network.cutOff().length;
      const cut =
        lonely === 0
          ? `every unit sees an input${network.context ? ' or the context' : ''} and reaches an output`
          : `${plural(lonely, 'unit')} cut off from inputs or outputs`;
      const few = network.context ? ', one of degree 0 the context alone' : '';
      return `A unit of degree m sees the first m inputs of the order${few}; ${cut}.`;
    }
    case 'direct':
      return network.direct
        ? `A direct connection adds ${plural(network.existing(network.last) * weightsEach(network, labels).at(-1)!, 'weight')} from earlier inputs straight to each output.`
        : 'No direct connection: inputs reach outputs through hidden units only.';
    case 'conditioning':
      return labels.companions
        ? `Beside each matrix stands one of the same mask, U, applied to ones: a unit can tell an input that is 0 from one that is cut off. ${weights}`
        : 'No connectivity conditioning weights: an input that is 0 and one that is cut off look the same to a unit.';
    case 'masks':
      return `A weight exists where the degree above is not smaller, and into outputs larger, than the one below. ${weights}`;
    case 'hidden':
    case 'conditional':
    case undefined: {
      const hidden = network.layers.slice(1, -1);
      if (hidden.length === 0) return `No hidden layer. ${weights}`;
      return `${plural(hidden.length, 'hidden layer')}, ${plural(unitCount(hidden), 'unit')}. ${weights}`;
    }
  }
}

/** Weights that one connection of each matrix stands for, as the model's labels say. */
function weightsEach(network: Connectivity, { perOutput = 1, companions = false }: DiagramLabels): number[] {
  return weightsPerConnection(network, { perOutput, companions: () => companions });
}

/** What a context leads to; nothing where there is none. */
export function contextSentence({ layers, last }: Connectivity, { context }: DiagramLabels): string {
  if (!context) return '';
  const names = context.into.map((layer) => (layer === last ? 'every output' : `every unit of ${nameIn(layer)}`));
  const size = context.size === null ? '' : ` of ${plural(context.size, 'column')}`;
  return ` A context c${size}, of degree 0, leads to ${names.join(' and to ')}.`;

  function nameIn(layer: number): string {
    const { name } = layers[layer]!;
    return name === 'hidden layer' ? 'the hidden layer' : name;
  }
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
