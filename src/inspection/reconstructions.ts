/** The reconstructions frame: originals, what comes of encoding and decoding them, and what the prior's draws decode to. */
import { RandomGenerator } from '../random/generator.ts';
import type { FrameMaker } from './frameMaker.ts';
import type { ReconstructionsFrame } from './frames/reconstructions.ts';
import { decodedMeans, latentOf, lookedAt, pickedRows, posteriorsOf, shownRows } from './latentLook.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

/** Rows of each kind. */
const ROWS = 24;

export const reconstructionsMaker: FrameMaker<'reconstructions'> = {
  compute: (snapshot, { free }) => reconstructionsFrame(snapshot, free),
  renewed: 'step',
  canBeRefined: () => false,
};

/** @throws RangeError when the model has no latent variables. */
export async function* reconstructionsFrame(snapshot: Snapshot, free = false): Chunked<ReconstructionsFrame> {
  const { source } = snapshot;
  const latent = latentOf(source.model);
  const { split, row, of, matrix } = await lookedAt(source, ROWS);
  const data = pickedRows(matrix, row);
  const { mean } = yield* posteriorsOf(snapshot, data, free);
  const reconstructed = yield* decodedMeans(snapshot, mean, free);
  const random = RandomGenerator.seeded(source.seed, 'inspection/prior');
  const z = Float32Array.from({ length: ROWS * latent.latentDimension }, () => random.normal());
  const samples = yield* decodedMeans(snapshot, z, free);
  return {
    kind: 'reconstructions',
    ...frameBase(snapshot),
    ...{ split, row, allRows: of },
    originals: await shownRows(snapshot, data.values),
    reconstructions: await shownRows(snapshot, reconstructed),
    samples: await shownRows(snapshot, samples),
    error: errors(data.values, reconstructed, latent.dimension),
    baseline: spread(data.values, latent.dimension),
  };
}

function errors(x: Float32Array, y: Float32Array, columns: number): Float32Array {
  return Float32Array.from({ length: x.length / columns }, (_, i) => {
    let sum = 0;
    for (let d = 0; d < columns; d++) sum += (x[i * columns + d]! - y[i * columns + d]!) ** 2;
    return Math.sqrt(sum / columns);
  });
}

/** Root mean square of the rows' differences from their mean. */
function spread(x: Float32Array, columns: number): number {
  const rows = x.length / columns;
  let sum = 0;
  for (let d = 0; d < columns; d++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += x[i * columns + d]! / rows;
    for (let i = 0; i < rows; i++) sum += (x[i * columns + d]! - mean) ** 2;
  }
  return Math.sqrt(sum / x.length);
}
