/** Every model's steps, as they are and as one ONNX graph; and whether the compiler knows the kernels that models use. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../src/backends/index.ts';
import type { Backend } from '../../../../src/backends/backend.ts';
import { translations } from '../../../../src/backends/onnx/translate/index.ts';
import { disposeTensors } from '../../../../src/layers/namedTensors.ts';
import { conditionalsOf } from '../../../../src/models/model.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { noSamplesOf } from '../../../../src/spec/models/index.ts';
import { scoreRows } from '../../../../src/training/evaluate.ts';
import { chainsMoved, lossAndGradients, makeTrainingStep } from '../../../../src/training/makeStep.ts';
import { type Case, cases } from './cases.ts';
import { absent } from './run.ts';
import { compile, disposeInputs, inputsOf, lossesOf, modelOf, rowsOf, startOf } from './specimen.ts';

/** No graph has them: without them a tensor is the same one, or made of plain numbers. */
const withoutNeed = new Set([tf.Identity, tf.Fill, tf.Range]);

const titled = cases.map((specimen) => [specimen.title, specimen] as const);

let backend: Backend;
beforeAll(async () => {
  // The one that has no kernels of its own making.
  backend = await startBackend('cpu');
});

describe('kernels', () => {
  it.each(titled)('of %s are known', async (_, specimen) => {
    const used = await kernelsOf(() => everythingOf(specimen));
    expect(used.size).toBeGreaterThan(5);
    expect([...used].filter((kernel) => !translations.has(kernel) && !withoutNeed.has(kernel))).toEqual([]);
  });
});

/** A step with its norms, the objective, densities, conditionals, activations, scores and samples. */
async function everythingOf(specimen: Case): Promise<void> {
  const model = modelOf(specimen);
  const start = startOf(specimen, model);
  const inputs = { ...start, ...inputsOf(specimen, model, 1) };
  const step = makeTrainingStep(model, specimen.experiment.training, { norms: true });
  tf.tidy(() => {
    const { parameters, optimizer, loss, metrics } = step(inputs);
    disposeTensors(parameters, optimizer, metrics, { loss });
    model.logProb?.(inputs.batch, inputs);
    conditionalsOf(model)?.conditionalParameters(inputs.batch, inputs);
    model.activations(inputs.batch, inputs);
  });
  const matrix = rowsOf(model, 4);
  await scoreRows(model, start.parameters, matrix, { backend });
  if (noSamplesOf(specimen.experiment.model) === null) {
    const drawing = model.sample(model.initialise(RandomGenerator.seeded(5, 'start')), {
      rows: 2,
      random: RandomGenerator.seeded(1, 'samples'),
      temperature: 1,
      mask: 0,
      context: specimen.context === 0 ? null : new Float32Array(2 * specimen.context),
      given: null,
    });
    while (!(await drawing.next()).done);
  }
  disposeInputs(inputs);
  disposeTensors(start.parameters, start.optimizer);
}

/** Names of the kernels that the engine runs meanwhile, those within others left out. */
async function kernelsOf(act: () => Promise<void>): Promise<Set<string>> {
  const engine = tf.engine();
  const used = new Set<string>();
  const runKernel = engine.runKernel.bind(engine) as (...call: unknown[]) => tf.Tensor;
  let inside = false;
  const listing = (...call: unknown[]) => {
    if (inside) return runKernel(...call);
    used.add(call[0] as string);
    inside = true;
    try {
      return runKernel(...call);
    } finally {
      inside = false;
    }
  };
  Object.assign(engine, { runKernel: listing });
  try {
    await act();
  } finally {
    Reflect.deleteProperty(engine, 'runKernel');
  }
  return used;
}

if (absent === null) describe('as one graph', exactness);
else it('trains as one graph', (context) => context.skip(absent ?? undefined));

function exactness(): void {
  beforeAll(async () => {
    await startBackend('wasm');
  });

  it.each(titled)('gives the gradients of %s', (_, specimen) => {
    const model = modelOf(specimen);
    const start = startOf(specimen, model);
    const inputs = inputsOf(specimen, model, 2);
    const examples = [start.parameters, start.optimizer, inputs.masks, inputs.noise]
      .flatMap((group) => Object.values(group))
      .concat(inputs.batch, inputs.context ?? []);
    const compute = () => {
      const { loss, gradients } = lossAndGradients(model, chainsMoved(model, { ...start, ...inputs }).inputs);
      return [loss, ...Object.values(gradients)];
    };
    const program = compile(examples, () => tf.tidy(compute));
    const [found, expected] = [program.run(examples), tf.tidy(compute)];
    const values = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => [...tensor.dataSync()]);
    const [foundLoss, ...foundGradients] = values(found);
    const [loss, ...gradients] = values(expected);
    expect(Math.abs(foundLoss![0]! - loss![0]!)).toBeLessThan(1e-5 * Math.abs(loss![0]!));
    const largest = Math.max(...gradients.flat().map(Math.abs));
    expect(largest).toBeGreaterThan(0);
    expect(
      Math.max(...gradients.flatMap((of, i) => of.map((g, j) => Math.abs(g - foundGradients[i]![j]!)))),
    ).toBeLessThan(1e-5 * largest);
    program.dispose();
    disposeInputs(inputs);
    tf.dispose([found, expected]);
    disposeTensors(start.parameters, start.optimizer);
  });

  it.each(titled)('trains %s as it trains step by step', (_, specimen) => {
    const before = tf.memory().numTensors;
    const first = cases.find(({ experiment }) => experiment.model.type === specimen.experiment.model.type);
    const steps = specimen === first ? 100 : 10;
    const [found, expected] = [lossesOf(specimen, steps, true), lossesOf(specimen, steps, false)];
    for (const [i, loss] of expected.entries()) {
      expect(Number.isFinite(loss)).toBe(true);
      const allowed = (i < 10 ? 1e-5 : 1e-3) * Math.abs(loss);
      expect(Math.abs(found[i]! - loss), `step ${i + 1}: ${found[i]} for ${loss}`).toBeLessThanOrEqual(allowed);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
}
