/** What a sample costs, in density passes over as many rows. */
import { startBackend } from '../../src/backends/index.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import { madeSpec } from '../../src/spec/models/made.ts';
import { slice } from '../../src/training/batches.ts';
import { disposeTensors, upload } from '../../src/layers/namedTensors.ts';
import { benchRows } from './data.ts';
import { median } from './training.ts';
import { plainDrawing } from '../unit/models/plainDrawing.ts';

export interface SamplingCost {
  readonly rows: number;
  readonly sampleMs: number;
  readonly densityMs: number;
}

export async function samplingCost(sizes: readonly number[], rows: number): Promise<SamplingCost> {
  const { tf } = await startBackend('auto');
  const spec = madeSpec.parse({ type: 'made', hidden: sizes.slice(1, -1) });
  const model = createModel(spec, sizes[0]!, 1);
  const parameters = model.initialise(RandomGenerator.seeded(1, 'weights'));
  const tensors = upload(parameters);
  const masks = upload(model.masks(0));
  const batch = slice(benchRows(rows, sizes[0]!), 0, rows);
  const density = timed(() => {
    const logProb = tf.tidy(() => model.logProb!(batch, { parameters: tensors, masks, noise: {}, context: null }));
    logProb.dataSync();
    logProb.dispose();
  });
  const sample = timed(() => {
    const random = RandomGenerator.seeded(1, 'samples');
    const request = { rows, temperature: 1, mask: 0, random, context: null, given: null };
    for (const _ of plainDrawing(model.sample(parameters, request)));
  });
  disposeTensors(tensors, masks, { batch });
  return { rows, sampleMs: sample, densityMs: density };
}

function timed(work: () => void): number {
  work();
  return median(
    Array.from({ length: 9 }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}
