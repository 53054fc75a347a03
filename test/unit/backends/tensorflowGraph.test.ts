/** Functions of tensors as TensorFlow graphs, and training steps made into them. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { type Compile, NotCompilable } from '../../../src/backends/compiled.ts';
import { startBackend } from '../../../src/backends/index.ts';
import type { Binding } from '../../../src/backends/tensorflow/binding.ts';
import { attributeValue, savedModel, tensorAttribute } from '../../../src/backends/tensorflow/savedModel.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { type OptimizerSpec, optimizerSpec } from '../../../src/spec/training.ts';
import { CompiledStep } from '../../../src/training/compiledStep.ts';
import { makeTrainingStep } from '../../../src/training/makeStep.ts';
import { initialOptimizerState, makeOptimizer } from '../../../src/training/optimizers/index.ts';
import type { StepInputs, StepOutputs, TrainingStep } from '../../../src/training/step.ts';
import { disposeTensors, download, upload } from '../../../src/layers/namedTensors.ts';
import { testModel } from '../models/support.ts';

describe('a SavedModel', () => {
  const binding = {
    TF_ATTR_STRING: 1,
    TF_ATTR_TYPE: 2,
    TF_ATTR_SHAPE: 3,
    TF_ATTR_INT: 4,
    TF_ATTR_FLOAT: 5,
    TF_ATTR_BOOL: 6,
  } as unknown as Binding;
  const hex = (content: Uint8Array) => Buffer.from(content).toString('hex');
  /** Behind the lengths of all that is around it, and its key "a": the message of an attribute. */
  const written = (type: number, value: unknown) => {
    const attributes = { a: attributeValue({ name: 'a', type, value }, binding) };
    return hex(savedModel([{ name: 'n', operation: 'N', inputs: [], attributes }]))
      .split('0a0161')[1]!
      .slice(0, -'220308bf08'.length);
  };

  it('is of a schema, a meta graph with a tag, and a graph of nodes and a version', () => {
    const node = { name: 'a', operation: 'Const', inputs: ['x:0', '^y'], attributes: {} };
    // Field 1 of 1; field 2 of {1: {4: "lens"}, 2: {1: {1: "a", 2: "Const", 3: "x:0", 3: "^y"}, 4: {1: 1087}}}.
    const encoded = '0a13' + '0a0161' + '1205436f6e7374' + '1a03783a30' + '1a025e79';
    const graph = '121a' + encoded + '220308bf08';
    expect(hex(savedModel([node]))).toBe('0801' + '1224' + '0a06' + '22046c656e73' + graph);
  });

  it('has attributes as TensorFlow reads them, also those that are 0, false, empty or negative', () => {
    expect(written(1, 'ab')).toBe('1204' + '12026162');
    expect(written(1, '')).toBe('1202' + '1200');
    expect(written(2, 3)).toBe('1202' + '3003');
    expect(written(3, [2, 0])).toBe('120a' + '3a08' + '12020802' + '12020800');
    expect(written(3, [])).toBe('1202' + '3a00');
    expect(written(4, 0)).toBe('1202' + '1800');
    expect(written(4, -2)).toBe('120b' + '18feffffffffffffffff01');
    expect(written(5, 1)).toBe('1205' + '250000803f');
    expect(written(6, false)).toBe('1202' + '2800');
    expect(written(6, 1)).toBe('1202' + '2801');
    // Packed.
    expect(written(4, [1, 300])).toBe('1207' + '0a05' + '1a0301ac02');
    expect(written(6, [true, false])).toBe('1206' + '0a04' + '2a020100');
    expect(() => written(7, null)).toThrow(new NotCompilable('attribute a is of type 7'));
  });

  it('has constants byte by byte', () => {
    const { tensor } = tensorAttribute(1, [2], Float32Array.of(0, 1, 2).subarray(1));
    expect(hex(tensor!.tensorContent)).toBe('0000803f' + '00000040');
    expect(tensor!.tensorShape).toEqual({ dim: [{ size: 2 }] });
  });
});

const D = 6;
const random = RandomGenerator.seeded(3, 'rows');
const drawn = Array.from({ length: 40 }, () =>
  Float32Array.from({ length: 8 * D }, () => Math.round(random.uniform())),
);
const { model, parameters } = testModel({ hidden: [9, 7], masks: 2, direct: true }, D, 4);

function firstInputs(optimizer: OptimizerSpec): Pick<StepInputs, 'parameters' | 'optimizer'> {
  const state = initialOptimizerState(makeOptimizer(optimizer), model.parameters);
  return { parameters: upload(parameters), optimizer: upload(state) };
}

/** Parameters, optimiser state and losses after some steps; every fourth batch is smaller. */
async function train(optimizer: OptimizerSpec, run: (inputs: StepInputs) => StepOutputs, steps: number) {
  let now = firstInputs(optimizer);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const rows = i % 4 === 3 ? 5 : 8;
    const batch = tf.tensor2d(drawn[i]!.subarray(0, rows * D), [rows, D]);
    const masks = upload(model.masks(i % 2));
    const step = tf.scalar(i);
    const next = run({ ...now, batch, masks, noise: {}, context: null, step });
    losses.push((await next.loss.data<'float32'>())[0]!);
    disposeTensors(now.parameters, now.optimizer, masks, next.metrics, { batch, step, loss: next.loss });
    now = next;
  }
  const found = { losses, ...(await download({ ...now.parameters, ...now.optimizer })) };
  disposeTensors(now.parameters, now.optimizer);
  return found;
}

const rung = inject('rungs').find(({ name }) => name === 'tensorflow')!;
if (rung.available) describe('graphs', suite);
else it('graphs', (context) => context.skip(rung.reason));

function suite(): void {
  let backend: Backend;
  beforeAll(async () => {
    backend = await startBackend('tensorflow');
  });
  // Others write graphs meanwhile, too.
  const folder = mkdtempSync(join(tmpdir(), 'lens-own-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => void vi.unstubAllEnvs());
  const compile = (examples: readonly tf.Tensor[], compute: () => readonly tf.Tensor[]) =>
    backend.compile!(examples, compute);
  const values = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => [...tensor.dataSync()]);

  it('computes what the function does, of other values too, and keeps nothing', () => {
    const before = tf.memory().numTensors;
    vi.stubEnv('TMPDIR', folder);
    const [x, y] = [tf.tensor2d([1, -2, 3, 4], [2, 2]), tf.tensor1d([5, 6])];
    const compute = (a: tf.Tensor, b: tf.Tensor) => [
      tf.sum(tf.mul(tf.matMul(a as tf.Tensor2D, a as tf.Tensor2D, true, false), b), 1),
      tf.mul(b, 2),
      tf.expandDims(tf.pad(b as tf.Tensor1D, [[1, 0]]), 0),
      tf.cast(tf.greater(a, 0), 'int32'),
    ];
    const program = compile([x, y], () => compute(x, y));
    const [p, q] = [tf.tensor2d([0.5, 1, -7, 2], [2, 2]), tf.tensor1d([-1, 0.25])];
    const [found, expected] = [program.run([p, q]), tf.tidy(() => compute(p, q))];
    expect(values(found)).toEqual(values(expected));
    expect(found.map(({ shape, dtype }) => [shape, dtype])).toEqual(expected.map(({ shape, dtype }) => [shape, dtype]));
    program.dispose();
    tf.dispose([x, y, p, q, found, expected]);
    expect(tf.memory().numTensors).toBe(before);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses what reads values, and what depends on more than its inputs', () => {
    const x = tf.tensor1d([1, 2]);
    const other = tf.add(tf.scalar(1), 1);
    const before = tf.memory().numTensors;
    expect(() => compile([x], () => [tf.mul(x, tf.add(x, 1).dataSync()[0]!)])).toThrow('a value is read');
    expect(() => compile([x], () => [tf.mul(x, other)])).toThrow('Mul takes a tensor that is no input');
    expect(tf.memory().numTensors).toBe(before);
    // It computes again as before.
    expect([...tf.tidy(() => tf.mul(x, other).dataSync())]).toEqual([2, 4]);
    tf.dispose([x, other]);
  });

  it('fails where the graph cannot be written, which is no property of the function', () => {
    const x = tf.tensor1d([1, 2]);
    vi.stubEnv('TMPDIR', join(folder, 'lens-no-such-folder'));
    const compiling = () => compile([x], () => [tf.mul(x, 2)]);
    expect(compiling).toThrow(/lens-no-such-folder cannot hold the graph \(ENOENT.*\); make room there, or set TMPDIR/);
    expect(compiling).not.toThrow(NotCompilable);
    tf.dispose(x);
  });

  it.each([
    { type: 'sgd', momentum: 0.9 },
    { type: 'sgd' },
    { type: 'rmsprop', momentum: 0.5 },
    { type: 'adagrad' },
    { type: 'adam' },
  ] as const)(
    'trains with %j as the step itself does, the same bit for bit every time, with norms or without',
    async (o) => {
      const optimizer = optimizerSpec.parse(o);
      const before = tf.memory().numTensors;
      const stepOf = (norms: boolean) => makeTrainingStep(model, { optimizer, weightDecay: 0.01 }, { norms });
      const expected = await train(optimizer, stepOf(false), 12);
      const runs = [];
      for (const norms of [false, false, true]) {
        let programs = 0;
        const compile: Compile = (examples, compute) => {
          programs++;
          return backend.compile!(examples, compute);
        };
        const counting = new CompiledStep(stepOf(norms), { compile }, model);
        runs.push(await train(optimizer, (inputs) => counting.run(inputs), 12));
        expect(programs, 'one for each size of a batch').toBe(2);
        counting.dispose();
      }
      expect(runs[1]).toEqual(runs[0]);
      expect(runs[2]).toEqual(runs[0]);
      for (const [i, loss] of expected.losses.entries()) expect(runs[0]!.losses[i]).toBeCloseTo(loss, 5);
      expect(tf.memory().numTensors).toBe(before);
    },
  );
}

describe('a step that may not be compiled', () => {
  const optimizer = optimizerSpec.parse({ type: 'adam' });
  const step: TrainingStep = makeTrainingStep(model, { optimizer, weightDecay: 0 }, { norms: false });
  beforeAll(async () => {
    await startBackend('cpu');
  });

  it('is computed as it is where it cannot be, tried once for every size, and that is told', async () => {
    const told: string[] = [];
    let tried = 0;
    const compile = (): never => {
      throw new NotCompilable(`no ${++tried}`);
    };
    const compiled = new CompiledStep(step, { compile }, model, (reason) => told.push(reason));
    expect(await train(optimizer, (inputs) => compiled.run(inputs), 8)).toEqual(await train(optimizer, step, 8));
    expect(tried).toBe(2);
    expect(told).toEqual(['no 1', 'no 2']);
  });

  it('is tried on made-up inputs that know nothing of what is trained', async () => {
    const seen: Float32Array[][] = [];
    const compile: Compile = (examples) => {
      seen.push(examples.map((tensor) => Float32Array.from(tensor.dataSync())));
      throw new NotCompilable('no');
    };
    const before = tf.memory().numTensors;
    for (const steps of [1, 3]) {
      // From a step on, what is trained and the mask are others.
      let i = 0;
      await train(
        optimizer,
        (inputs) => (++i < steps ? step(inputs) : new CompiledStep(step, { compile }, model).run(inputs)),
        steps,
      );
    }
    expect(tf.memory().numTensors).toBe(before);
    expect(seen).toHaveLength(2);
    expect(seen[1]).toEqual(seen[0]);
    for (const values of seen[0]!) expect(values.every(Number.isFinite)).toBe(true);
  });

  it('is not computed at all where the machine runs out of something', async () => {
    for (const problem of ['ENOSPC: no space left on device, write', 'OOM when allocating tensor']) {
      const compile = (): never => {
        throw new Error(problem);
      };
      const compiled = new CompiledStep(step, { compile }, model);
      await expect(train(optimizer, (inputs) => compiled.run(inputs), 1)).rejects.toThrow(problem);
    }
  });
});
