/** Rows of text drawn character by character, each step computed once: the state is all that is kept of what was before. */
import type { Conditional } from '../../distributions/conditional.ts';
import { Breath } from '../../layers/breath.ts';
import type { NamedArrays } from '../../runs/arrays.ts';
import { checkGiven, checkTemperature } from '../drawing.ts';
import type { SampleProgress, SampleRequest, Samples } from '../model.ts';
import type { CharacterNetwork } from './parameters.ts';
import { CharacterWalk } from './walk.ts';

export interface DrawnText {
  readonly network: CharacterNetwork;
  readonly conditional: Conditional;
  readonly parameters: NamedArrays;
  /** T */
  readonly dimension: number;
}

/**
 * Draws `request.rows` rows, or completes them from what is given of their beginnings; row i is the same however many are asked
 * for. There are no means: the mean of characters is none.
 * @throws RangeError when the temperature is not positive, when what is given is not the beginning of the rows, or has
 *   another size than they have.
 */
export function* sampleCharacters(
  { network, conditional, parameters, dimension }: DrawnText,
  { rows, random, temperature, given }: SampleRequest,
): Generator<SampleProgress, Samples, void> {
  checkTemperature(temperature);
  const order = Int32Array.from({ length: dimension }, (_, t) => t + 1);
  if (given) checkGiven(order, given, rows);
  const values = new Float32Array(rows * dimension).fill(NaN);
  const scratch = new Float64Array(network.vocabulary);
  const breath = new Breath();
  const walk = new CharacterWalk(network, parameters, Math.min(rows, 16));
  const uniforms = new Float64Array(walk.lanes * dimension);
  try {
    for (let first = 0; first < rows; first += walk.lanes) {
      const count = Math.min(walk.lanes, rows - first);
      for (let i = 0; i < count * dimension; i++) uniforms[i] = random.uniform();
      walk.begin();
      for (let t = 0; t < dimension; t++) {
        if (t > 0) walk.advance();
        for (let lane = 0; lane < count; lane++) {
          const at = (first + lane) * dimension + t;
          let character: number;
          if (given?.known[t] === 1) character = given.values[at]!;
          else {
            walk.read(lane, scratch);
            character = conditional.draw(scratch, 0, temperature, uniforms, lane * dimension + t);
          }
          values[at] = character;
          walk.hear(lane, character);
        }
        if (!breath.due) continue;
        yield { finished: first, share: (first + (count * (t + 1)) / dimension) / rows, values };
        breath.drawn();
      }
      yield { finished: first + count, share: (first + count) / rows, values };
      breath.drawn();
    }
  } finally {
    walk.release();
  }
  return { rows, dimension, values, means: null };
}
