/** What both directions of a masked autoregressive flow cost: rows scored, and rows drawn the cheap way. */
import type { BackendName } from '../../src/backends/backend.ts';
import { startBackend } from '../../src/backends/index.ts';
import { disposeTensors, upload } from '../../src/layers/namedTensors.ts';
import { passesOf } from '../../src/models/facts.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import { mafSpec } from '../../src/spec/models/maf.ts';
import { median } from './training.ts';

/** A MAF as it is timed here and in PyTorch. */
export interface FlowSizes {
  /** D */
  readonly dimension: number;
  /** Units of the hidden layers of each network. */
  readonly hidden: readonly number[];
  /** Autoregressive layers. */
  readonly layers: number;
  /** Scored, and drawn, at a time. */
  readonly rows: number;
}

export interface FlowCost {
  readonly densityMs: number;
  readonly sampleMs: number;
  /** Passes of a row through a layer's network while it is drawn, as counted. */
  readonly passes: number;
}

export async function flowCost(sizes: FlowSizes, backend: BackendName): Promise<FlowCost> {
  const { dimension, hidden, layers, rows } = sizes;
  const { tf } = await startBackend(backend);
  const model = createModel(mafSpec.parse({ type: 'maf', hidden, layers, batchNorm: false }), dimension, 1);
  const parameters = model.initialise(RandomGenerator.seeded(1, 'weights'));
  const tensors = upload(parameters);
  const masks = upload(model.masks(0));
  const random = RandomGenerator.seeded(1, 'rows');
  const x = tf.tensor2d(
    Float32Array.from({ length: rows * dimension }, () => random.normal()),
    [rows, dimension],
  );
  const densityMs = await timed(async () => {
    const logProb = tf.tidy(() => model.logProb!(x, { parameters: tensors, masks, noise: {}, context: null }));
    await logProb.data();
    logProb.dispose();
  });
  const sampleMs = await timed(async () => {
    const own = RandomGenerator.seeded(1, 'samples');
    const request = { rows, temperature: 1, mask: 0, random: own, context: null, given: null };
    for await (const _ of model.sample(parameters, request));
  });
  disposeTensors(tensors, masks, { x });
  const passes = (await passesOf(model, parameters))!.sampling / layers;
  return { densityMs, sampleMs, passes };
}

/** After so long no other turn is taken: plain JavaScript takes seconds for one. */
const LONG_MS = 5000;

async function timed(work: () => Promise<void>): Promise<number> {
  await work();
  const times = [];
  const begin = performance.now();
  do {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  } while (times.length < 7 && performance.now() - begin < LONG_MS);
  return median(times);
}
