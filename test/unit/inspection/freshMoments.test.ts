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
  const looked = async (epoch: number) => {
    const source = sourceOf(model, backend(), { epoch, dataset: datasetOf(rows) });
    const before = backend().tf.memory().numTensors;
    const snapshot = await toEnd(freshened(snapshotOf(source, null)));
    const mean = await read(() => snapshot.parameters['layers.1.mean']!.clone());
    snapshot.dispose();
    expect(backend().tf.memory().numTensors).toBe(before);
    disposeTensors(source.parameters);
    return mean;
  };

  it('within an epoch has statistics of its own weights, and leaks nothing', async () => {
    const mean = await looked(2.5);
    // The first half of the variables passes the first coupling: its mean is that of the rows.
    let sum = 0;
    for (let row = 0; row < rows.rows; row++) sum += rows.values[row * 2]! / rows.rows;
    expect(mean[0]).toBeCloseTo(sum, 4);
  });

  it('between epochs has those that it is scored by', async () => {
    expect(await looked(2)).toEqual([0, 0]);
  });
});
