/** Models of pixels and of characters: their training steps, and what drawing from them costs beside the naive loop. */
import { startBackend } from '../../src/backends/index.ts';
import { disposeTensors, upload } from '../../src/layers/namedTensors.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import { experimentSpec, type ExperimentInput } from '../../src/spec/experiment.ts';
import { slice } from '../../src/training/batches.ts';
import { trainingTrial } from '../../src/training/trial.ts';
import { plainDrawing } from '../unit/models/plainDrawing.ts';
import { benchRows } from './data.ts';
import { median } from './training.ts';
import type { Peer, Workload } from './workloads.ts';

interface Sequences {
  readonly title: string;
  readonly model: ExperimentInput['model'];
  /** D */
  readonly dimension: number;
  /** V of a text, 0 for pixels. */
  readonly vocabulary: number;
  readonly batchSize: number;
  readonly peer: Peer | null;
}

const image: [number, number] = [28, 28];
const small = { image, features: 32, head: 32 };

/** Binary pixels of 28 × 28, and texts of 65 characters such as Tiny Shakespeare. */
export const sequences: readonly Sequences[] = [
  {
    title: 'PixelCNN, single stack, 4 blocks of 32 maps, 28×28',
    model: { type: 'pixelcnn', stacks: 'single', layers: 4, ...small },
    ...{ dimension: 784, vocabulary: 0, batchSize: 16, peer: { kind: 'pixelcnn' } },
  },
  {
    title: 'PixelCNN, gated, 4 layers of 32 maps, 28×28',
    model: { type: 'pixelcnn', stacks: 'gated', layers: 4, ...small },
    ...{ dimension: 784, vocabulary: 0, batchSize: 16, peer: null },
  },
  {
    title: 'Row LSTM, 2 layers of 16 units, 28×28',
    model: { type: 'pixelrnn', cell: 'row-lstm', layers: 2, ...small },
    ...{ dimension: 784, vocabulary: 0, batchSize: 16, peer: null },
  },
  {
    title: 'Diagonal BiLSTM, 2 layers of 16 units, 28×28',
    model: { type: 'pixelrnn', cell: 'diagonal-bilstm', layers: 2, ...small },
    ...{ dimension: 784, vocabulary: 0, batchSize: 16, peer: null },
  },
  {
    title: 'char-RNN, an LSTM of 128 units over 50 of 65 characters',
    model: { type: 'char-rnn', cell: 'lstm', hidden: [128] },
    ...{ dimension: 50, vocabulary: 65, batchSize: 50, peer: { kind: 'characters' } },
  },
];

/** The product's own training step. */
export function sequenceWorkload({ title, model, dimension, vocabulary, batchSize, peer }: Sequences): Workload {
  const experiment = experimentSpec.parse({
    model,
    data: vocabulary > 0 ? { text: 'made on the spot' } : { train: 'made on the spot' },
    training: { batchSize },
  });
  const { prepare } = trainingTrial(experiment, dimension, 0, vocabulary);
  return { title: `${title}, batch ${batchSize}`, rows: batchSize, peer, prepare };
}

export interface DrawingCost {
  /** Milliseconds, of all rows. */
  readonly sampleMs: number;
  readonly densityMs: number;
}

/** Rows drawn, and one pass over as many. */
export async function drawingCost(of: Sequences, rows: number): Promise<DrawingCost> {
  const { tf } = await startBackend('auto');
  const { dimension, vocabulary } = of;
  const { model: spec } = experimentSpec.parse({ model: of.model, data: { train: 'made on the spot' } });
  const model = createModel(spec, dimension, 1, 0, vocabulary);
  const parameters = model.initialise(RandomGenerator.seeded(1, 'weights'));
  const [tensors, masks] = [upload(parameters), upload(model.masks(0))];
  const batch = slice(benchRows(rows, dimension), 0, rows);
  const densityMs = timed(() => {
    const logProb = tf.tidy(() => model.logProb!(batch, { parameters: tensors, masks, noise: {}, context: null }));
    logProb.dataSync();
    logProb.dispose();
  });
  const sampleMs = timed(() => {
    const random = RandomGenerator.seeded(1, 'samples');
    const request = { rows, temperature: 1, mask: 0, random, context: null, given: null };
    for (const _ of plainDrawing(model.sample(parameters, request)));
  });
  disposeTensors(tensors, masks, { batch });
  return { sampleMs, densityMs };
}

function timed(work: () => void): number {
  work();
  return median(
    Array.from({ length: 5 }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}
