/** Every model's forward passes, as they are and as one ONNX graph each. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../../src/backends/backend.ts';
import { CompiledPasses, passesOn } from '../../../../src/backends/compiledPasses.ts';
import { startBackend } from '../../../../src/backends/index.ts';
import { disposeTensors } from '../../../../src/layers/namedTensors.ts';
import { conditionalsOf, type DensityInputs } from '../../../../src/models/model.ts';
import { scoreRows } from '../../../../src/training/evaluate.ts';
import { cases } from './cases.ts';
import { absent } from './run.ts';
import { compile, disposeInputs, inputsOf, modelOf, rowsOf, startOf } from './specimen.ts';

const titled = cases.map((specimen) => [specimen.title, specimen] as const);

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('wasm');
});

if (absent === null) describe('as one graph', exactness);
else it('computes forward passes as one graph', (context) => context.skip(absent ?? undefined));

function exactness(): void {
  it.each(titled)('gives densities, conditionals and activations of %s', (_, specimen) => {
    const model = modelOf(specimen);
    const start = startOf(specimen, model);
    const step = inputsOf(specimen, model, 2);
    const { parameters } = start;
    const inputs = { x: step.batch, context: step.context, masks: step.masks, noise: step.noise, parameters };
    const conditionals = conditionalsOf(model);
    const compute = ({ x, ...density }: DensityInputs & { readonly x: tf.Tensor2D }) => ({
      logProb: model.logProb?.(x, density) ?? model.objective(x, density),
      activations: model.activations(x, density).map(({ value }) => value),
      ...(conditionals && { conditionals: conditionals.conditionalParameters(x, density) }),
    });
    const told: string[] = [];
    const passes = new CompiledPasses({ compile });
    tf.tidy(() => {
      const named = { of: model, name: 'all of it', times: Infinity, tell: (reason: string) => void told.push(reason) };
      const found = passes.run({ ...named, compute }, inputs);
      expect(told).toEqual([]);
      expect(passes.programs).toBe(1);
      const expected = compute(inputs);
      expectClose(found.logProb, expected.logProb, 'log p');
      if (expected.conditionals) expectClose(found.conditionals!, expected.conditionals, 'conditionals');
      for (const [i, value] of expected.activations.entries()) {
        expectClose(found.activations[i]!, value, `activation ${i}`);
      }
    });
    passes.dispose();
    disposeInputs(step);
    disposeTensors(start.parameters, start.optimizer);
  });

  it.each(titled)('scores rows of %s, whole batches and what is left', async (_, specimen) => {
    const before = tf.memory().numTensors;
    const model = modelOf(specimen);
    const { parameters, optimizer } = startOf(specimen, model);
    const matrix = rowsOf(model, 11);
    const told: string[] = [];
    const options = { batchSize: 4, repeats: Infinity, tell: (reason: string) => void told.push(reason) };
    const compiling = { ...backend, compile };
    const [found, expected] = [
      await scoreRows(model, parameters, matrix, { ...options, backend: compiling }),
      await scoreRows(model, parameters, matrix, { ...options, backend }),
    ];
    expect(told).toEqual([]);
    // Sequential ones go their own way.
    expect(passesOn(compiling).programs).toBe(model.score ? 0 : 2);
    for (const [row, value] of expected.perRow.entries()) {
      expect(Math.abs(found.perRow[row]! - value)).toBeLessThanOrEqual(1e-5 * Math.abs(value));
    }
    passesOn(compiling).release(model);
    disposeTensors(parameters, optimizer);
    expect(tf.memory().numTensors).toBe(before);
  });
}

/** To 1e-5 of each value, or of the largest among them where terms may cancel. */
function expectClose(found: tf.Tensor, expected: tf.Tensor, what: string): void {
  const [a, b] = [found.dataSync(), expected.dataSync()];
  expect(a).toHaveLength(b.length);
  const largest = Math.max(...Array.from(b, Math.abs).filter(Number.isFinite));
  for (const [i, value] of b.entries()) {
    if (Object.is(a[i], value) || a[i] === value) continue;
    expect(Math.abs(a[i]! - value), `${what}: ${a[i]} for ${value}`).toBeLessThanOrEqual(1e-5 * largest);
  }
}
