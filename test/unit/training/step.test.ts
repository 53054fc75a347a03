import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Model } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { trainingSpec } from '../../../src/spec/training.ts';
import { lossAndGradients, makeTrainingStep } from '../../../src/training/makeStep.ts';
import { initialOptimizerState, makeOptimizer } from '../../../src/training/optimizers/index.ts';
import type { StepInputs } from '../../../src/training/step.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read, readAll, valuesOf } from '../backends/read.ts';
import { referenceLogProb, toFloat64 } from '../models/reference.ts';
import { testModel, type TestModel } from '../models/support.ts';

const D = 5;
const N = 4;
const random = RandomGenerator.seeded(2, 'batch');
const rows = Float32Array.from({ length: N * D }, () => Math.round(random.uniform()));
const training = trainingSpec.parse({});

function inputsFor({ model, parameters }: TestModel, optimizer = training.optimizer): StepInputs {
  return {
    parameters: upload(parameters),
    optimizer: upload(initialOptimizerState(makeOptimizer(optimizer), model.parameters)),
    batch: tf.tensor2d(rows, [N, D]),
    masks: upload(model.masks(0)),
    noise: {},
    context: null,
    step: tf.scalar(0),
  };
}

function disposeInputs({ parameters, optimizer, batch, masks, step }: StepInputs): void {
  disposeTensors(parameters, optimizer, masks, { batch, step });
}

/** Loss and gradients by parameter. */
async function measure(
  model: Model,
  inputs: StepInputs,
): Promise<{ loss: number; gradients: Record<string, number[]> }> {
  const names = model.parameters.map(({ name }) => name);
  const [loss, ...found] = await readAll(() => {
    const { loss: total, gradients } = lossAndGradients(model, inputs);
    return [total, ...names.map((name) => gradients[name]!)];
  });
  return { loss: loss![0]!, gradients: Object.fromEntries(names.map((name, i) => [name, found[i]!])) };
}

onEveryBackend('training step', () => {
  it.each(['relu', 'tanh', 'sigmoid', 'softplus', 'elu'] as const)(
    'follows the gradient of the mean NLL, by finite differences in float64, with %s',
    async (activation) => {
      const test = testModel({ hidden: [7, 6], activation, order: 'random', direct: true }, D, 4);
      const inputs = inputsFor(test);
      const { loss, gradients } = await measure(test.model, inputs);
      const float64 = toFloat64(test.parameters);
      const reference = (): number => {
        let total = 0;
        for (let n = 0; n < N; n++) {
          total -= referenceLogProb(test.structures[0]!, activation, float64, rows.subarray(n * D, (n + 1) * D)) / N;
        }
        return total;
      };
      expect(loss).toBeCloseTo(reference(), 4);
      for (const { name } of test.model.parameters) {
        const array = float64[name]!;
        for (const i of array.keys()) {
          const value = array[i]!;
          const at = (delta: number) => {
            array[i] = value + delta;
            const nll = reference();
            array[i] = value;
            return nll;
          };
          const measured = (at(1e-6) - at(-1e-6)) / 2e-6;
          expect(Math.abs(gradients[name]![i]! - measured), `${name}[${i}]`).toBeLessThan(1e-5);
        }
      }
      disposeInputs(inputs);
    },
  );

  it('gives masked-out weights a gradient of exactly 0 and leaves them as they are', async () => {
    const test = testModel({ hidden: [7, 6], order: 'random', direct: true }, D, 4);
    for (const optimizer of ['sgd', 'rmsprop', 'adagrad', 'adam'] as const) {
      const spec = trainingSpec.parse({ optimizer: { type: optimizer, learningRate: 0.5 } });
      const inputs = inputsFor(test, spec.optimizer);
      const { gradients } = await measure(test.model, inputs);
      const outputs = makeTrainingStep(test.model, spec, { norms: false })(inputs);
      const after = await valuesOf(outputs.parameters);
      for (const [name, mask] of Object.entries(test.model.masks(0))) {
        const before = test.parameters[name]!.data;
        for (const [i, cell] of mask.data.entries()) {
          if (cell === 1) continue;
          expect(gradients[name]![i] === 0).toBe(true);
          expect(after[name]![i]).toBe(before[i]);
        }
        expect(after[name]!.some((value, i) => value !== before[i])).toBe(true);
      }
      disposeInputs(inputs);
      disposeTensors(outputs.parameters, outputs.optimizer, { loss: outputs.loss });
    }
  });

  it('is pure: the same inputs give the same outputs, and stay as they were', async () => {
    const test = testModel({ hidden: [6] }, D);
    const inputs = inputsFor(test);
    const given = async () => ({
      parameters: await valuesOf(inputs.parameters),
      optimizer: await valuesOf(inputs.optimizer),
    });
    const before = await given();
    const step = makeTrainingStep(test.model, training, { norms: false });
    const [first, second] = [step(inputs), step(inputs)];
    expect(await valuesOf(second.parameters)).toEqual(await valuesOf(first.parameters));
    expect(await valuesOf(second.optimizer)).toEqual(await valuesOf(first.optimizer));
    expect([...(await second.loss.data())]).toEqual([...(await first.loss.data())]);
    expect(await given()).toEqual(before);
    for (const out of [first, second]) disposeTensors(out.parameters, out.optimizer, { loss: out.loss });
    disposeInputs(inputs);
  });

  it('takes the same step whether norms are measured or not, and measures them rightly', async () => {
    const test = testModel({ hidden: [6] }, D);
    const spec = trainingSpec.parse({ weightDecay: 0.3, optimizer: { type: 'sgd', learningRate: 0.1 } });
    const inputs = inputsFor(test, spec.optimizer);
    const plain = makeTrainingStep(test.model, spec, { norms: false })(inputs);
    const measured = makeTrainingStep(test.model, spec, { norms: true })(inputs);
    expect(await valuesOf(measured.parameters)).toEqual(await valuesOf(plain.parameters));
    expect(plain.metrics).toEqual({});
    const { gradients } = await measure(test.model, inputs);
    const metrics = await valuesOf(measured.metrics);
    const updated = await valuesOf(measured.parameters);
    const norm = (v: readonly number[]) => Math.hypot(...v);
    const masks = await valuesOf(inputs.masks);
    // What a mask keeps out is no part of the model.
    const used = (name: string, v: readonly number[]) => v.map((value, i) => value * (masks[name]?.[i] ?? 1));
    for (const { name } of test.model.parameters) {
      const before = [...test.parameters[name]!.data];
      const after = updated[name]!;
      const metric = (kind: string) => metrics[`${kind}/${name}`]![0]!;
      expect(metric('gradientNorm')).toBeCloseTo(norm(gradients[name]!), 4);
      expect(metric('updateNorm')).toBeCloseTo(
        norm(
          used(
            name,
            after.map((v, i) => v - before[i]!),
          ),
        ),
        4,
      );
      expect(metric('valueNorm')).toBeCloseTo(norm(used(name, after)), 4);
      // SGD with weight decay λ: w − η (g + λ w).
      for (const [i, value] of after.entries()) {
        expect(value).toBeCloseTo(before[i]! - 0.1 * (gradients[name]![i]! + 0.3 * before[i]!), 5);
      }
    }
    for (const out of [plain, measured]) disposeTensors(out.parameters, out.optimizer, out.metrics, { loss: out.loss });
    disposeInputs(inputs);
  });

  it('keeps no tensors but its outputs over many steps', () => {
    const test = testModel({ hidden: [6, 5], direct: true }, D);
    const step = makeTrainingStep(test.model, training, { norms: true });
    const inputs = inputsFor(test);
    let { parameters, optimizer } = inputs;
    const before = tf.memory().numTensors;
    for (let t = 0; t < 200; t++) {
      const scalar = tf.scalar(t);
      const outputs = step({ ...inputs, parameters, optimizer, step: scalar });
      disposeTensors(parameters, optimizer, outputs.metrics, { scalar, loss: outputs.loss });
      ({ parameters, optimizer } = outputs);
      expect(tf.memory().numTensors).toBe(before);
    }
    disposeTensors(parameters, optimizer, inputs.masks, { batch: inputs.batch, step: inputs.step });
  });

  it('does not let rows of a batch touch each other', async () => {
    const { model, parameters } = testModel({ hidden: [6], direct: true }, D);
    const tensors = upload(parameters);
    const masks = upload(model.masks(0));
    const logProb = (data: Float32Array, count: number) =>
      read(() =>
        model.logProb!(tf.tensor2d(data, [count, D]), { parameters: tensors, masks, noise: {}, context: null }),
      );
    const together = await logProb(rows, N);
    for (let n = 0; n < N; n++) {
      expect((await logProb(rows.slice(n * D, (n + 1) * D), 1))[0]).toBeCloseTo(together[n]!, 5);
    }
    disposeTensors(tensors, masks);
  });
});
