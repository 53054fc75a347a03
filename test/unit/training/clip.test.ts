/** Clipping by the norm of the whole gradient, of any model. */
import { expect, it } from 'vitest';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { trainingSpec } from '../../../src/spec/training.ts';
import { GRADIENT_NORM, lossAndGradients, makeTrainingStep } from '../../../src/training/makeStep.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll, valuesOf } from '../backends/read.ts';
import { chainDataset, experiment, newTrainer } from './support.ts';

const model = createModel({ ...experiment().model }, 6, 1);
const rows = chainDataset({ rows: 10 }).train;

onEveryBackend('clipping', (backend) => {
  const inputs = () => ({
    parameters: upload(model.initialise(RandomGenerator.seeded(1))),
    optimizer: {},
    batch: backend().tf.tensor2d(Float32Array.from(rows.values), [10, 6]),
    masks: upload(model.masks(0)),
    noise: {},
    context: null,
    step: backend().tf.scalar(0),
  });

  /** How far a step of plain gradient descent at rate 1 goes, and what it tells. */
  async function moved(clip: number | undefined) {
    const training = trainingSpec.parse({ optimizer: { type: 'sgd', learningRate: 1 }, ...(clip && { clip }) });
    const own = inputs();
    const outputs = makeTrainingStep(model, training, { norms: false })(own);
    const [before, after] = [await valuesOf(own.parameters), await valuesOf(outputs.parameters)];
    const told = await valuesOf(outputs.metrics);
    const by = Object.keys(after).flatMap((name) => after[name]!.map((value, i) => before[name]![i]! - value));
    disposeTensors(own.parameters, own.masks, { batch: own.batch, step: own.step });
    disposeTensors(outputs.parameters, outputs.metrics, { loss: outputs.loss });
    return { by, norm: told[GRADIENT_NORM]?.[0] };
  }

  it('makes a long gradient as long as it may be, keeps its direction, and tells how long it was', async () => {
    const gradients = await readAll(() => Object.values(lossAndGradients(model, inputs()).gradients));
    const length = Math.hypot(...gradients.flat());
    expect(length).toBeGreaterThan(0.2);
    const clipped = await moved(0.1);
    expect(clipped.norm).toBeCloseTo(length, 5);
    expect(Math.hypot(...clipped.by)).toBeCloseTo(0.1, 5);
    const free = await moved(undefined);
    expect(free.norm).toBeUndefined();
    for (const [i, by] of free.by.entries()) expect(clipped.by[i]).toBeCloseTo((0.1 / length) * by, 6);
  });

  it('leaves a short gradient as it is', async () => {
    const [clipped, free] = [await moved(1e6), await moved(undefined)];
    expect(clipped.by).toEqual(free.by);
  });

  it('is told in the metrics of a run: the norm of every minibatch, and how many of an epoch were clipped', async () => {
    const trainer = await newTrainer(backend(), { experiment: experiment({}, { epochs: 2, clip: 0.4 }) });
    await trainer.run();
    const metrics = await trainer.folder.readMetrics();
    for (const epoch of [1, 2]) {
      const batches = metrics.filter(({ type, epoch: at }) => type === 'batch' && at > epoch - 1 && at <= epoch);
      const clipped = batches.filter(({ extra }) => extra!['gradientNorm']! > 0.4);
      expect(batches.length).toBeGreaterThan(3);
      const told = metrics.find((metric) => metric.type === 'epoch' && metric.epoch === epoch)!;
      expect(told.extra).toEqual({ clippedShare: clipped.length / batches.length });
    }
  });
});
