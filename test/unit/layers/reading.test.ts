/** Reading character by character in plain arrays against the scan of the same layers in tensors. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { cells } from '../../../src/layers/recurrent/cells.ts';
import { logSoftmax, TextReader, type ReadingWeights } from '../../../src/layers/recurrent/reading.ts';
import { itself, scan } from '../../../src/layers/recurrent/scan.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { cellNames, type CellName } from '../../../src/spec/cell.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';

const V = 5;
const HIDDEN = [3, 4];
const TEXT = [2, 0, 4, 4, 1];

function readingWeights(cell: CellName, embedding: number | null, stateBias = false): ReadingWeights {
  const random = RandomGenerator.seeded(3, cell);
  const normals = (length: number) => Float32Array.from({ length }, () => 0.6 * random.normal());
  let inputs = embedding ?? V;
  const layers = HIDDEN.map((units) => {
    const rows = cells[cell].gates * units;
    const layer = {
      input: normals(rows * inputs),
      state: normals(rows * units),
      bias: normals(rows),
      stateBias: stateBias ? normals(rows) : null,
    };
    inputs = units;
    return layer;
  });
  return {
    cell,
    layers,
    embedding: embedding === null ? null : normals(V * embedding),
    output: { weight: normals(V * inputs), bias: normals(V) },
  };
}

/** [T + 1, V] by `scan`, one sequence: nothing, then the text. */
function scanned({ cell, layers, embedding, output }: ReadingWeights): Tensor2D {
  const steps = TEXT.length + 1;
  const columns = embedding ? embedding.length / V : V;
  const inputs = new Float32Array(steps * columns);
  for (const [t, index] of TEXT.entries()) {
    if (embedding) inputs.set(embedding.subarray(index * columns, (index + 1) * columns), (t + 1) * columns);
    else inputs[(t + 1) * columns + index] = 1;
  }
  let below = tf.tensor2d(inputs, [steps, columns]);
  for (const { bias, input, state } of layers) {
    const units = bias.length / cells[cell].gates;
    const zx = tf.add<Tensor2D>(tf.matMul(below, tf.tensor2d(input, [bias.length, below.shape[1]]), false, true), bias);
    const all = scan({
      cell: cells[cell],
      inputs: zx,
      weight: tf.tensor2d(state, [bias.length, units]),
      initial: Array.from({ length: cells[cell].states }, () => tf.zeros<tf.Rank.R2>([1, units])),
      steps,
      hearing: itself,
    });
    below = tf.slice(all, [0, 0], [steps, units]);
  }
  return tf.add(tf.matMul(below, tf.tensor2d(output.weight, [V, below.shape[1]]), false, true), output.bias);
}

onEveryBackend('a text that is read character by character', () => {
  it.each(cellNames.flatMap((cell) => [null, 2].map((embedding) => ({ cell, embedding }))))(
    'has the logits of the scan: $cell, embedding $embedding',
    async ({ cell, embedding }) => {
      const weights = readingWeights(cell, embedding);
      const expected = await read(() => scanned(weights));
      const reader = new TextReader(weights);
      const found: number[] = [];
      for (const index of [null, ...TEXT]) {
        reader.read(index);
        found.push(...reader.logits());
      }
      expect(found).toHaveLength(expected.length);
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    },
  );
});

describe('a reader', () => {
  it('adds biases of the state, a GRU within the reach of its reset gate', () => {
    // z = 0 but for the biases: the reset gate is σ(1), the update gate σ(0), h = (1 − u) tanh(0.5 + r · 2).
    const zeros = (length: number) => new Float32Array(length);
    const weights: ReadingWeights = {
      cell: 'gru',
      layers: [
        {
          input: zeros(6),
          state: zeros(3),
          bias: Float32Array.of(1, 0, 0.5),
          stateBias: Float32Array.of(0, 0, 2),
        },
      ],
      embedding: null,
      output: { weight: zeros(2), bias: zeros(2) },
    };
    const reader = new TextReader(weights);
    reader.read(1);
    expect(reader.states[0]!.h[0]).toBeCloseTo(0.5 * Math.tanh(0.5 + 2 / (1 + Math.exp(-1))), 6);
  });
  it('keeps the memory of an LSTM alone', () => {
    for (const cell of cellNames) {
      const [first] = new TextReader(readingWeights(cell, null)).states;
      expect(first!.c?.length ?? null).toBe(cell === 'lstm' ? HIDDEN[0] : null);
    }
  });
  it('refuses what is no character, and weights that do not fit', () => {
    const weights = readingWeights('lstm', null);
    expect(() => new TextReader(weights).read(V)).toThrow('no character 5: there are 5, counted from 0');
    expect(() => new TextReader({ ...weights, layers: weights.layers.slice(1) })).toThrow('layer 0 (lstm)');
    expect(() => new TextReader({ ...weights, layers: weights.layers.slice(0, 1) })).toThrow('5 × 3 are needed');
  });
});

describe('log-probabilities', () => {
  it('sum to 1 and survive large logits', () => {
    const found = logSoftmax(Float64Array.of(1000, 999, -1000));
    expect(found[0]).toBeCloseTo(-Math.log1p(Math.exp(-1)), 12);
    expect(found.reduce((sum, l) => sum + Math.exp(l), 0)).toBeCloseTo(1, 12);
  });
});
