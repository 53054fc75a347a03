import { contextSlice, slice } from '../../../training/batches.ts';
import { disposeTensors, upload } from '../../../layers/namedTensors.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { type Chunked, noiseFor, type Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

/** Rows that go through the model; every place of an image counts. */
const ROWS = 16;
const STREAM = 'inspection/residualGrowth';

/** What several residual blocks in a row add to, at initial weights. */
export interface ResidualGrowth {
  readonly rows: number;
  /** What goes into the first block, and each block by its name. */
  readonly layers: readonly string[];
  /** Root of the mean square of the activations there. */
  readonly scales: readonly number[];
}

/** Of each chain of residual blocks; none where a model has none. */
export const residualGrowth: Measurement<readonly ResidualGrowth[]> = {
  depth: 'facts',
  applies: () => true,
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<ResidualGrowth[]> {
  const { model, backend, seed } = snapshot.source;
  const { tf } = backend;
  const { train } = await snapshot.source.dataset();
  const rows = Math.min(ROWS, train.rows);
  // Weights that have learnt may have reasons to grow.
  const parameters = upload(model.initialise(RandomGenerator.seeded(seed, STREAM)));
  const masks = upload(model.masks(0));
  yield;
  try {
    const told = tf.tidy(() => {
      const x = slice(train, 0, rows);
      const context = contextSlice(train, 0, rows);
      const inputs = { parameters, masks, noise: noiseFor(snapshot, rows), context };
      return model
        .activations(x, inputs)
        .filter(({ role }) => role === 'residual')
        .map(({ layer, begins, value }) => ({ layer, begins, square: tf.mean(tf.square(value)) }));
    });
    const chains: { layers: string[]; scales: number[] }[] = [];
    for (const { layer, begins, square } of told) {
      const [scale] = await square.data<'float32'>();
      square.dispose();
      if (begins) chains.push({ layers: [], scales: [] });
      chains.at(-1)?.layers.push(layer);
      chains.at(-1)?.scales.push(Math.sqrt(scale!));
    }
    return chains.map((chain) => ({ rows, ...chain }));
  } finally {
    disposeTensors(parameters, masks);
  }
}
