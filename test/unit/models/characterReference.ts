/**
 * A recurrent network over characters by its equations, in float64 and unit by unit: nothing shared with the engine but the
 * names of parameters.
 */
import type { CharRnnSpec } from '../../../src/spec/models/charRnn.ts';
import type { Values } from './reference.ts';

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** States of every layer, [h, c of an LSTM], and the character before: where a text goes on from. */
export interface ReferenceState {
  readonly before: number;
  readonly layers: readonly (readonly number[][])[];
}

/** What is left out of what a layer tells: factors by step and layer. */
export type ReferenceDropout = (step: number, layer: number, unit: number) => number;

/** One step of a cell. @param zx gate by gate, from below with biases; @param zh from the state before. */
function stepped(cell: CharRnnSpec['cell'], zx: number[], zh: number[], [h, c]: readonly number[][]): number[][] {
  const units = h!.length;
  const each = Array.from({ length: units }, (_, unit) => {
    const x = (gate: number) => zx[gate * units + unit]!;
    const s = (gate: number) => zh[gate * units + unit]!;
    if (cell === 'rnn') return [Math.tanh(x(0) + s(0))];
    if (cell === 'lstm') {
      const [i, f, o] = [0, 1, 2].map((gate) => sigmoid(x(gate) + s(gate))) as [number, number, number];
      const memory = f * c![unit]! + i * Math.tanh(x(3) + s(3));
      return [o * Math.tanh(memory), memory];
    }
    const [r, u] = [sigmoid(x(0) + s(0)), sigmoid(x(1) + s(1))];
    return [(1 - u) * Math.tanh(x(2) + r * s(2)) + u * h![unit]!];
  });
  return each[0]!.map((_, i) => each.map((values) => values[i]!));
}

/**
 * Logits of every character of one row, [T][V], and the state after it. A character that is no whole number is the mixture
 * of its two neighbours.
 */
export function referenceText(
  spec: CharRnnSpec,
  parameters: Values,
  x: ArrayLike<number>,
  from: ReferenceState | null = null,
  dropout: ReferenceDropout = () => 1,
): { readonly logits: number[][]; readonly state: ReferenceState } {
  const vocabulary = parameters['output.bias']!.length;
  const times = (name: string, input: readonly number[], rows: number) =>
    Array.from({ length: rows }, (_, i) =>
      input.reduce((sum, value, j) => sum + parameters[name]![i * input.length + j]! * value, 0),
    );
  let state: ReferenceState = from ?? {
    before: -1,
    layers: spec.hidden.map((units) =>
      Array.from({ length: spec.cell === 'lstm' ? 2 : 1 }, () => Array(units).fill(0) as number[]),
    ),
  };
  const logits = Array.from({ length: x.length }, (_, t) => {
    const oneHot = Array.from({ length: vocabulary }, (_, v) => Math.max(0, 1 - Math.abs(state.before - v)));
    const { embedding } = spec;
    let below =
      embedding === undefined
        ? oneHot
        : Array.from({ length: embedding }, (_, e) =>
            oneHot.reduce((sum, share, v) => sum + share * parameters['embedding.weight']![v * embedding + e]!, 0),
          );
    const layers = spec.hidden.map((_, l) => {
      const bias = parameters[`layers.${l}.bias`]!;
      const zx = times(`layers.${l}.input.weight`, below, bias.length).map((z, i) => z + bias[i]!);
      const zh = times(`layers.${l}.state.weight`, state.layers[l]![0]!, bias.length);
      const next = stepped(spec.cell, zx, zh, state.layers[l]!);
      below = next[0]!.map((h, unit) => h * dropout(t, l, unit));
      return next;
    });
    state = { before: x[t]!, layers };
    return times('output.weight', below, vocabulary).map((z, v) => z + parameters['output.bias']![v]!);
  });
  return { logits, state };
}

/** log softmax(z)_v */
export function logSoftmax(logits: readonly number[], v: number): number {
  const largest = Math.max(...logits);
  return logits[v]! - largest - Math.log(logits.reduce((sum, z) => sum + Math.exp(z - largest), 0));
}

/** log p of one row in nats. */
export function referenceLogProb(
  spec: CharRnnSpec,
  parameters: Values,
  x: ArrayLike<number>,
  from: ReferenceState | null = null,
  dropout: ReferenceDropout = () => 1,
): number {
  const { logits } = referenceText(spec, parameters, x, from, dropout);
  return logits.reduce((sum, z, t) => sum + logSoftmax(z, x[t]!), 0);
}
