/** A flow's layers one after the other as a single layer, so that what layers owe is asked of the whole, too. */
import {
  flowMasks,
  flowParameters,
  forwardThrough,
  initialiseFlow,
  inputsOfLayer,
  type Flow,
} from '../../../src/flows/flow.ts';
import { plus } from '../../../src/flows/sums.ts';
import { inPlace, type Bijector, type Inverse } from '../../../src/flows/bijector.ts';
import { maskOf, type MaskMatrix } from '../../../src/masks/matrix.ts';

/** Its structure is the product of the layers': wider than the flow's where dependencies cancel. */
export function wholeOf(flow: Flow): Bijector {
  const { dimension, layers } = flow;
  return {
    dimension,
    parameters: flowParameters(flow),
    masks: flowMasks(flow),
    initialise: (random) => initialiseFlow(flow, random),
    moves: new Uint8Array(dimension).fill(1),
    origin: inPlace(dimension),
    dependencies: layers.reduce<MaskMatrix>(
      (before, { bijector }) => through(bijector.dependencies, before),
      maskOf(dimension, dimension, (i, j) => i === j),
    ),
    forward(x, inputs) {
      const steps = forwardThrough(flow, x, inputs);
      return { y: steps.at(-1)!.y, logDet: steps.map(({ logDet }) => logDet).reduce((a, b) => plus(a, b)) };
    },
    inverse(y, inputs) {
      // What the layers' own ways back say, each by itself: nothing here is taken from the way there.
      const ways = layers.map(({ bijector }, l) => ({ bijector, own: inputsOfLayer(inputs, l) })).reverse();
      return ways.reduce<Inverse | null>((after, { bijector, own }) => {
        const { x, logDet } = bijector.inverse(after?.x ?? y, own);
        return { x, logDet: after === null ? logDet : plus(after.logDet, logDet) };
      }, null)!;
    },
  };
}

function through(after: MaskMatrix, before: MaskMatrix): MaskMatrix {
  const size = after.rows;
  return maskOf(size, size, (i, j) => {
    for (let k = 0; k < size; k++) {
      if (after.cells[i * size + k] === 1 && before.cells[k * size + j] === 1) return true;
    }
    return false;
  });
}
