/**
 * Exact ancestral sampling of models of conditionals by incremental evaluation (`layers/incremental.ts`): about the cost of
 * one density pass.
 */
import type { Conditional } from '../distributions/conditional.ts';
import { CHUNK, evaluate } from '../layers/incremental.ts';
import type { Memory } from '../layers/incrementalMemory.ts';
import type { IncrementalNetwork } from '../layers/incrementalPlan.ts';
import { lastKept } from './ancestralMemory.ts';
import { checkGiven, checkTemperature } from './drawing.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';

/** Parameters of the conditionals are its outputs, [D·k], those of a variable side by side. */
export interface AncestralNetwork extends Omit<IncrementalNetwork, 'outputs'> {
  readonly conditional: Pick<Conditional, 'parameterNames' | 'support' | 'input' | 'mean' | 'uniforms' | 'draw'>;
}

/**
 * Draws `request.rows` rows, or completes them; row i is the same however many are asked for. The means are those of
 * the distribution each value was drawn from, temperature included; of what was given, those of the model.
 * @throws RangeError when the temperature is not positive, when the order does not have every given variable before all
 * others (naming the first in the way), or when context or given values have another size than the rows.
 */
export function* sampleAncestral(
  network: AncestralNetwork,
  request: SampleRequest,
  /** For tests: where the network is laid out. */
  memory: Memory = lastKept,
): Generator<SampleProgress, Samples, void> {
  const { order, conditional } = network;
  const { rows, random, temperature, context, given } = request;
  checkTemperature(temperature);
  if (given) checkGiven(order, given, rows);
  const dimension = order.length;
  const values = new Float32Array(rows * dimension).fill(NaN);
  const means = new Float32Array(rows * dimension).fill(NaN);
  // Variables given, from the first position on.
  const givenFirst = given?.known.reduce((sum, one) => sum + one, 0) ?? 0;
  // [CHUNK, D, uniforms], drawn row by row so that a row does not depend on its neighbours.
  const perRow = dimension * conditional.uniforms;
  const uniforms = new Float64Array(Math.min(CHUNK, rows) * perRow);
  let chunk = 0;
  const binary = conditional.support === 'binary';
  const { scale, shift } = conditional.input;

  const drawing = evaluate(
    {
      networks: [{ ...network, outputs: { perVariable: conditional.parameterNames.length, sideBySide: 'variable' } }],
      rows,
      context,
      begin(first, count) {
        chunk = first;
        for (let i = 0; i < count * perRow; i++) uniforms[i] = random.uniform();
      },
      decide(parameters, row, variable, position) {
        const at = row * dimension + variable;
        const mean = conditional.mean(parameters, 0, temperature);
        means[at] = mean;
        const from = (row - chunk) * perRow + position * conditional.uniforms;
        let value: number;
        if (position < givenFirst) value = given!.values[at]!;
        // A variable of two values is known by its mean.
        else if (binary) value = uniforms[from]! < mean ? 1 : 0;
        else value = conditional.draw(parameters, 0, temperature, uniforms, from);
        values[at] = value;
        return scale * value + shift;
      },
    },
    memory,
  );
  for (let next = drawing.next(); !next.done; next = drawing.next()) yield { ...next.value, values };
  return { rows, dimension, values, means };
}
