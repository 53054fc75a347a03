/** A flow's layers one after the other as a single layer, so that what layers owe is asked of the whole, too. */
import {
  flowMasks,
  flowParameters,
  forwardThrough,
  initialiseFlow,
  inverseThrough,
  type Flow,
} from '../../../src/flows/flow.ts';
import { plus, minus } from '../../../src/flows/sums.ts';
import { inPlace, type Bijector } from '../../../src/flows/bijector.ts';
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
      const x = inverseThrough(flow, y, inputs)[0]!;
      const steps = forwardThrough(flow, x, inputs);
      return { x, logDet: minus(steps.map(({ logDet }) => logDet).reduce((a, b) => plus(a, b))) };
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
