/** Programs are tried on made-up weights and rows: what a model makes of those must say something of the program. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { disposeTensors } from '../../../src/layers/namedTensors.ts';
import type { Model } from '../../../src/models/model.ts';
import { experimentSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { disposeMadeUpInputs, madeUpInputs } from '../../../src/training/madeUpInputs.ts';
import { makeTrainingStep } from '../../../src/training/makeStep.ts';
import { scoringPass } from '../../../src/training/scoringPass.ts';
import { type Case, cases } from '../backends/onnx/cases.ts';
import { disposeInputs, inputsOf, modelOf, startOf } from '../backends/onnx/specimen.ts';

/** Deeper than the cases are: with scales of random numbers these gave infinities and NaN. */
const deep: readonly (readonly [ExperimentInput['model'], number])[] = [
  [{ type: 'glow', image: [8, 8], scales: 2, steps: 16, hidden: [8] }, 64],
  [{ type: 'realnvp', image: [8, 8], scales: 2, couplings: 6, hidden: [8] }, 64],
  [{ type: 'realnvp', layers: 24, hidden: [32] }, 43],
  [{ type: 'maf', layers: 12, hidden: [32] }, 43],
  [{ type: 'iaf', layers: 12, hidden: [32] }, 43],
];
const specimens: readonly Case[] = [
  ...cases,
  ...deep.map(([model, dimension]) => ({
    title: `${model.type} of many layers, D = ${dimension}`,
    experiment: experimentSpec.parse({ model, data: { train: 'made on the spot' }, training: { batchSize: 12 } }),
    ...{ dimension, context: 0, vocabulary: 0 },
  })),
];

/** Of log p, in nats per variable: of larger ones a wrong log-determinant would be lost in rounding. */
const LARGEST = 100;

beforeAll(() => startBackend('wasm'));

describe.each(specimens.map((specimen) => [specimen.title, specimen] as const))('%s', (_, specimen) => {
  it('is stepped to finite numbers', () => {
    inputsFor(specimen, (model, inputs) => {
      const made = madeUpInputs(inputs, model);
      const step = makeTrainingStep(model, specimen.experiment.training, { norms: true });
      const { parameters, optimizer, metrics, loss } = tf.tidy(() => ({ ...step(made) }));
      const results = { ...parameters, ...prefixed(optimizer, 'optimiser'), ...prefixed(metrics, 'metric'), loss };
      expect(notFinite(results)).toEqual([]);
      disposeTensors(results);
      disposeMadeUpInputs(made);
    });
  });

  it('has scores that are finite, and not beyond what tells of it', () => {
    inputsFor(specimen, (model, { batch: x, context, masks, noise, parameters }) => {
      const pass = scoringPass(model, { estimate: false, times: 1 });
      const examples = pass.examples!({ x, context, masks, noise, parameters });
      const { logProb } = tf.tidy(() => ({ ...pass.compute(examples.inputs) }));
      expect(notFinite({ logProb })).toEqual([]);
      expect(Math.max(...logProb.dataSync().map(Math.abs)) / x.shape[1]).toBeLessThan(LARGEST);
      examples.dispose();
      disposeTensors({ logProb });
    });
  });
});

type Inputs = ReturnType<typeof startOf> & ReturnType<typeof inputsOf>;

function inputsFor(specimen: Case, use: (model: Model, inputs: Inputs) => void): void {
  const model = modelOf(specimen);
  const [start, rest] = [startOf(specimen, model), inputsOf(specimen, model, 2)];
  use(model, { ...start, ...rest });
  disposeInputs(rest);
  disposeTensors(start.parameters, start.optimizer);
}

function prefixed(tensors: Readonly<Record<string, tf.Tensor>>, by: string): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${by} ${name}`, tensor]));
}

/** Names of those that have other entries. */
function notFinite(tensors: Readonly<Record<string, tf.Tensor>>): string[] {
  const named = Object.entries(tensors);
  return named.filter(([, tensor]) => !tensor.dataSync().every(Number.isFinite)).map(([name]) => name);
}
