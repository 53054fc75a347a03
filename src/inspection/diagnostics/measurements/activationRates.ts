import { contextSlice, slice } from '../../../training/batches.ts';
import { disposeTensors } from '../../../training/tensors.ts';
import { type Chunked, densityInputs, noiseFor, type Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

/** Rows whose activations are looked at. */
const ROWS = 600;
const BATCH_ROWS = 60;

/** How often the units of one hidden layer are on. */
export interface ActivationRates {
  /** Layer in the network, 1 for the first hidden one. */
  readonly layer: number;
  /** Rows of data looked at. */
  readonly rows: number;
  /** Share of the rows (and places, where a row has many) in which the unit's activation was above 0. */
  readonly rates: Float32Array;
}

/** How often each hidden unit is on, for layers whose units are exactly 0 when off (ReLU); null when there are none. */
export const activationRates: Measurement<readonly ActivationRates[]> = {
  depth: 'cheap',
  applies: () => true,
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<ActivationRates[] | null> {
  const { model, backend } = snapshot.source;
  const { tf } = backend;
  const { train } = await snapshot.source.dataset();
  const inputs = densityInputs(snapshot);
  try {
    const rows = Math.min(ROWS, train.rows);
    const layers: { readonly on: Uint32Array; places: number; negative: boolean }[] = [];
    for (let from = 0; from < rows; from += BATCH_ROWS) {
      const activations = tf.tidy(() => {
        const x = slice(train, from, Math.min(rows, from + BATCH_ROWS));
        const context = contextSlice(train, from, Math.min(rows, from + BATCH_ROWS));
        const density = { ...inputs, noise: noiseFor(snapshot, x.shape[0]), context };
        const hidden = model.activations(x, density).filter(({ role }) => role === 'activation');
        return hidden.map(({ value }) => value);
      });
      for (const [l, value] of activations.entries()) {
        const units = value.shape.at(-1)!;
        const values = await value.data<'float32'>();
        value.dispose();
        const seen = (layers[l] ??= { on: new Uint32Array(units), places: 0, negative: false });
        seen.places += values.length / units;
        for (let i = 0; i < values.length; i++) {
          if (values[i]! > 0) seen.on[i % units]!++;
          else if (values[i]! < 0) seen.negative = true;
        }
      }
      yield;
    }
    const rates = layers.flatMap(({ on, places, negative }, l) =>
      negative ? [] : [{ layer: l + 1, rows, rates: Float32Array.from(on, (times) => times / places) }],
    );
    return rates.length > 0 ? rates : null;
  } finally {
    disposeTensors(inputs.masks);
  }
}
