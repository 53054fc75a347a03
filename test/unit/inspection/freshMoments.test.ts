import { expect, it } from 'vitest';
import { generateRows } from '../../../src/data/generated/index.ts';
import { freshened } from '../../../src/inspection/freshMoments.ts';
import { snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { disposeTensors } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { datasetOf, sourceOf } from './specimens.ts';

const spec = modelSpec.parse({ type: 'realnvp', hidden: [4], layers: 2 });
const model = createModel(spec, 2, 1);
const rows = generateRows('two-moons', 300, 1);

onEveryBackend('a model looked at', (backend) => {
  const looked = async (measured: number | null) => {
    // Epochs are whole while one ends, before and after its measuring.
    const source = sourceOf(model, backend(), { step: 30, epoch: 2, measured, dataset: datasetOf(rows) });
    const before = backend().tf.memory().numTensors;
    const snapshot = await toEnd(freshened(snapshotOf(source, null)));
    const mean = await read(() => snapshot.parameters['layers.1.mean']!.clone());
    expect(snapshot.measured).toBe(30);
    snapshot.dispose();
    expect(backend().tf.memory().numTensors).toBe(before);
    disposeTensors(source.parameters);
    return mean;
  };

  it.each([20, null])(
    'by statistics of step %s has those of its own weights at step 30, and leaks nothing',
    async (measured) => {
      const mean = await looked(measured);
      // The first half of the variables passes the first coupling: its mean is that of the rows.
      let sum = 0;
      for (let row = 0; row < rows.rows; row++) sum += rows.values[row * 2]! / rows.rows;
      expect(mean[0]).toBeCloseTo(sum, 4);
    },
  );

  it('has those that it is scored by where they are of its own weights', async () => {
    expect(await looked(30)).toEqual([0, 0]);
  });
});
