/** What the diagnostics measure by running the model: activation rates, total probability, a first score. */
import type { Matrix } from '../../data/dataset.ts';
import { slice } from '../../training/batches.ts';
import { scoreRows } from '../../training/evaluate.ts';
import { disposeTensors } from '../../training/tensors.ts';
import { type Chunked, densityInputs, noiseFor, type Snapshot } from '../source.ts';
import type { ActivationRates, TotalProbability } from './context.ts';

/** Rows whose activations are looked at. */
const ACTIVATION_ROWS = 600;
const BATCH_ROWS = 60;
/** Rows for a first score of parameters that no epoch has scored. */
const SCORE_ROWS = 1000;

/**
 * How often each hidden unit is on, for layers whose units are exactly 0 when off; null when the model has none such.
 */
export async function* activationRates(snapshot: Snapshot): Chunked<ActivationRates[] | null> {
  const { model, backend } = snapshot.source;
  const { tf } = backend;
  const { train } = await snapshot.source.dataset();
  const inputs = densityInputs(snapshot);
  try {
    const rows = Math.min(ACTIVATION_ROWS, train.rows);
    const layers = new Map<number, { on: Uint32Array; negative: boolean }>();
    for (let from = 0; from < rows; from += BATCH_ROWS) {
      const activations = tf.tidy(() => {
        const x = slice(train, from, Math.min(rows, from + BATCH_ROWS));
        const density = { ...inputs, noise: noiseFor(snapshot, x.shape[0]) };
        const hidden = model.activations(x, density).filter(({ role }) => role === 'activation');
        return hidden.map(({ value }) => value);
      });
      for (const [l, value] of activations.entries()) {
        const units = value.shape.at(-1)!;
        const values = await value.data<'float32'>();
        value.dispose();
        const layer = l + 1;
        const seen = layers.get(layer) ?? { on: new Uint32Array(units), negative: false };
        layers.set(layer, seen);
        for (let i = 0; i < values.length; i++) {
          if (values[i]! > 0) seen.on[i % units]!++;
          else if (values[i]! < 0) seen.negative = true;
        }
      }
      yield;
    }
    const rates = [...layers]
      .filter(([, { negative }]) => !negative)
      .map(([layer, { on }]) => ({ layer, rows, rates: Float32Array.from(on, (times) => times / rows) }));
    return rates.length > 0 ? rates : null;
  } finally {
    disposeTensors(inputs.masks);
  }
}

/** Σ p(x) over all 2^D binary rows, of the whole ensemble, in float64. */
export async function* totalProbability(snapshot: Snapshot): Chunked<TotalProbability> {
  const { model, backend } = snapshot.source;
  const rows = 2 ** model.dimension;
  let value = 0;
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const block = allBinaryRows(model.dimension, from, Math.min(rows, from + BATCH_ROWS));
    const { perRow } = await scoreRows(model, snapshot.parameters, block, { backend, yieldNow });
    for (const logProbability of perRow) value += Math.exp(logProbability);
    yield;
  }
  return { value, rows };
}

/** Rows `from` … `to` − 1 of the list of all binary rows, in counting order, the first variable the highest bit. */
export function allBinaryRows(dimension: number, from: number, to: number): Matrix {
  const values = new Uint8Array((to - from) * dimension);
  for (let row = from, i = 0; row < to; row++) {
    for (let d = dimension - 1; d >= 0; d--, i++) values[i] = (row >>> d) & 1;
  }
  return { rows: to - from, columns: dimension, values };
}

/** Mean NLL in nats of the first rows of a matrix. */
export async function* firstScore(snapshot: Snapshot, matrix: Matrix): Chunked<number> {
  const { model, backend } = snapshot.source;
  const rows = Math.min(SCORE_ROWS, matrix.rows);
  let sum = 0;
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const block = rowsOf(matrix, from, Math.min(rows, from + BATCH_ROWS));
    const { perRow } = await scoreRows(model, snapshot.parameters, block, { backend, yieldNow });
    for (const logProbability of perRow) sum -= logProbability;
    yield;
  }
  return sum / rows;
}

/** The chunks are what yields. */
const yieldNow = () => Promise.resolve();

function rowsOf({ columns, values }: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, columns, values: values.subarray(from * columns, to * columns) };
}
