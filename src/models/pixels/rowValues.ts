/** What of an image is kept for the gradient: of every node its map, of a recurrent one all that its steps were computed from. */
import { heardFrom, type PixelNetwork, type RecurrentNode } from '../../masks/pixels/network.ts';
import type { RowValues } from '../rowValues.ts';

/** Gates, the tanh of the memory, the memory itself and the state, of each unit of an LSTM at each pixel. */
const PER_STEP = 7;

/** Their pre-activations, laid out step by step. */
const GATES = 4;

export function pixelRowValues({ image, nodes }: PixelNetwork): RowValues {
  const pixels = image[0] * image[1];
  let [kept, largest] = [0, 0];
  for (const node of nodes) {
    const units = node.colours.length;
    const places = node.kind === 'recurrent' ? laidOut(node, image) : pixels;
    kept += places * units * (node.kind === 'recurrent' ? PER_STEP + heardFrom(node).length : 1);
    largest = Math.max(largest, places * units * (node.kind === 'recurrent' ? GATES : 1));
  }
  return { kept, largest };
}

/** Places of an image laid out step by step: diagonals are padded to the same length. */
function laidOut({ course }: RecurrentNode, [height, width]: PixelNetwork['image']): number {
  return height * (course === 'rows' ? width : width + height - 1);
}
