import { contextSlice, slice } from '../../../training/batches.ts';
import { disposeTensors, upload } from '../../../layers/namedTensors.ts';
import { type Chunked, noiseFor, type Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

/** Rows whose activations are looked at: fewer of models over images, whose units are seen at many places of each. */
const ROWS = 600;
const FEWEST_ROWS = 60;
const PRODUCTS = 2e8;
const BATCH_ROWS = 60;
/** Of a chunk, which training waits for. */
const BATCH_PRODUCTS = 2e7;
/** Masks under which they are looked at: a unit that is off under one of them may be on under another. */
const MASKS = 10;

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
  const products = model.densityProducts ?? 1;
  const rows = Math.min(train.rows, ROWS, Math.max(FEWEST_ROWS, Math.round(PRODUCTS / products)));
  // The rows are dealt out among the masks.
  const masks = Math.min(MASKS, model.maskCount);
  const batch = Math.max(1, Math.min(BATCH_ROWS, Math.ceil(rows / masks), Math.round(BATCH_PRODUCTS / products)));
  const layers: { readonly on: Uint32Array; places: number; negative: boolean }[] = [];
  for (let from = 0, turn = 0; from < rows; from += batch, turn++) {
    const own = upload(model.masks(masks > 1 ? turn % masks : snapshot.mask));
    try {
      const activations = tf.tidy(() => {
        const x = slice(train, from, Math.min(rows, from + batch));
        const context = contextSlice(train, from, Math.min(rows, from + batch));
        const noise = noiseFor(snapshot, x.shape[0]);
        const density = { parameters: snapshot.parameters, masks: own, noise, context };
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
    } finally {
      disposeTensors(own);
    }
    yield;
  }
  const rates = layers.flatMap(({ on, places, negative }, l) =>
    negative ? [] : [{ layer: l + 1, rows, rates: Float32Array.from(on, (times) => times / places) }],
  );
  return rates.length > 0 ? rates : null;
}
