/** Masked matrices in blocks: the same training, without what the masks forbid. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../src/backends/index.ts';
import { NotCompilable } from '../../../../src/backends/compiled.ts';
import { isZeroOutside, layoutOf, layoutSize, pack, unpack } from '../../../../src/backends/onnx/blocks/layout.ts';
import { onnxCompiler } from '../../../../src/backends/onnx/compiler.ts';
import { type Program, traceProgram } from '../../../../src/backends/onnx/program.ts';
import type { OnnxRuntime } from '../../../../src/backends/onnx/sessions.ts';
import { OnnxStorage } from '../../../../src/backends/onnx/storage.ts';
import { disposeTensors } from '../../../../src/layers/namedTensors.ts';
import { experimentSpec, type ExperimentInput } from '../../../../src/spec/experiment.ts';
import { CompiledStep } from '../../../../src/training/compiledStep.ts';
import { makeTrainingStep } from '../../../../src/training/makeStep.ts';
import { makeOptimizer } from '../../../../src/training/optimizers/index.ts';
import type { StepInputs, StepOutputs } from '../../../../src/training/step.ts';
import { untrained } from '../../../../src/training/untrained.ts';
import type { Case } from './cases.ts';
import { absent, nativeBinding } from './run.ts';
import { disposeInputs, inputsOf, modelOf, startOf } from './specimen.ts';

const identity = (size: number) => Int32Array.from({ length: size }, (_, i) => i);
const strictTriangle = (size: number) =>
  Float32Array.from({ length: size * size }, (_, i) => +(i % size < Math.floor(i / size)));

describe('a layout', () => {
  it('cuts a staircase into groups of rows, each as wide as its last step', () => {
    const layout = layoutOf(strictTriangle(8), [8, 8], { rows: identity(8), columns: identity(8), groups: 4 });
    expect(layout.blocks).toEqual([
      { begin: 0, end: 2, extent: 1 },
      { begin: 2, end: 4, extent: 3 },
      { begin: 4, end: 6, extent: 5 },
      { begin: 6, end: 8, extent: 7 },
    ]);
    expect(layoutSize(layout)).toBe(2 * (1 + 3 + 5 + 7));
  });

  it('is written to and read from in any order of rows and columns, and leaves what the mask forbids', () => {
    const rows = Int32Array.of(2, 0, 3, 1);
    const columns = Int32Array.of(1, 2, 0);
    // Of the sorted matrix, entry (r, c) is there where c ≤ r.
    const mask = new Float32Array(12);
    for (let r = 0; r < 4; r++) for (let c = 0; c < 3; c++) mask[rows[r]! * 3 + columns[c]!] = +(c <= r);
    const layout = layoutOf(mask, [4, 3], { rows, columns, groups: 2 });
    expect(layout.blocks.map(({ extent }) => extent)).toEqual([2, 3]);
    const dense = Float32Array.from({ length: 12 }, (_, i) => i + 1);
    const blocks = layout.blocks.map(({ begin, end, extent }) => new Float32Array((end - begin) * extent).fill(NaN));
    pack(layout, dense, blocks);
    expect([...blocks[0]!]).toEqual([8, 0, 2, 3]);
    const back = new Float32Array(12).fill(-1);
    unpack(layout, blocks, back);
    expect([...back]).toEqual([...dense].map((value, i) => (mask[i] === 1 ? value : -1)));
    expect(isZeroOutside(dense, blocks)).toBe(false);
    const masked = dense.map((value, i) => value * mask[i]!);
    expect(isZeroOutside(masked, blocks)).toBe(true);
    const negative = masked.map((value) => -value);
    expect(isZeroOutside(negative, blocks)).toBe(true);
    pack(layout, new Float32Array(12), blocks);
    expect(blocks.flatMap((block) => [...block])).toEqual(Array.from({ length: 10 }, () => 0));
    expect(isZeroOutside(new Float32Array(12), blocks)).toBe(true);
    pack(layout, dense, blocks);
    for (const value of [NaN, -Infinity, 1e-45]) {
      expect(isZeroOutside(masked.with(mask.indexOf(0), value), blocks)).toBe(false);
    }
  });

  it('keeps the rows of a mask that lets nothing through', () => {
    const layout = layoutOf(new Float32Array(6), [2, 3], { rows: identity(2), columns: identity(3), groups: 2 });
    expect(layout.blocks.map(({ extent }) => extent)).toEqual([1, 1]);
    expect(layout.live.flatMap((live) => [...live])).toEqual([0, 0]);
  });
});

type Model = ExperimentInput['model'];
const specimen = (
  model: Model,
  o: Partial<Pick<Case, 'dimension' | 'context'>> & { training?: object } = {},
): Case => ({
  title: model.type,
  experiment: experimentSpec.parse({
    model,
    data: { train: 'made on the spot' },
    training: { batchSize: 12, ...o.training },
  }),
  dimension: o.dimension ?? 70,
  context: o.context ?? 0,
  vocabulary: 0,
});
const made = (rest: object = {}): Model => ({ type: 'made', hidden: [90, 96], ...rest });

/** With how many matrices in blocks among what is trained. */
const gaining: readonly (readonly [string, Case, number])[] = [
  ['MADE', specimen(made()), 3],
  ['a MADE with a direct connection and companions', specimen(made({ direct: true, conditioning: true })), 8],
  ['a MADE under a random order', specimen(made({ order: 'random', degrees: 'random' })), 3],
  ['a conditioned MADE', specimen(made(), { context: 3 }), 3],
  ['a MADE of Gaussians', specimen(made({ conditional: { type: 'gaussian' } })), 3],
  [
    'a MADE that tanh runs through, by momentum',
    specimen(made({ activation: 'tanh' }), { training: { optimizer: { type: 'sgd', momentum: 0.9 } } }),
    3,
  ],
  ['a MADE by Adagrad', specimen(made(), { training: { optimizer: { type: 'adagrad' } } }), 3],
  ['FVSBN', specimen({ type: 'fvsbn' }), 1],
  // Adam would make steps of full length out of gradients that are but rounding errors, as those of some biases are here.
  [
    'MAF',
    specimen({ type: 'maf', layers: 2, hidden: [80, 80] }, { training: { optimizer: { type: 'sgd', momentum: 0.9 } } }),
    6,
  ],
];
/** Whose matrices must stay whole, and why. */
const whole: readonly (readonly [string, Case])[] = [
  ['weights that decay, also those that are forbidden', specimen(made(), { training: { weightDecay: 0.1 } })],
  ['masks that take turns', specimen(made({ masks: 3, orderAgnostic: true }))],
  ['matrices too small to gain', specimen(made({ hidden: [20] }), { dimension: 20 })],
];

if (absent === null) describe('training in blocks', training);
else it('trains in blocks', (context) => context.skip(absent ?? undefined));

function training(): void {
  let storage: OnnxStorage;
  let blocks = 1;
  let programs: Program[] = [];
  let runtime: OnnxRuntime;
  beforeAll(async () => {
    await startBackend('wasm');
    storage = new OnnxStorage(tf.findBackend('wasm') as BackendWasm);
    runtime = { binding: nativeBinding(), storage, choice: () => ({ provider: 'cpu', threads: 1, blocks }) };
  });

  const stepOf = (of: Case, norms = false) => {
    const model = modelOf(of);
    programs = [];
    const compile = onnxCompiler(runtime, (...call) => {
      const program = traceProgram(...call);
      programs.push(program);
      return program;
    });
    const step = makeTrainingStep(model, of.experiment.training, { norms });
    const plain = (inputs: StepInputs) => step(inputs);
    const compiled = new CompiledStep(step, { compile }, model, (reason) => {
      throw new NotCompilable(reason);
    });
    return { model, plain, compiled };
  };
  /** Some steps, the numbers of the last one whole. */
  const trained = (of: Case, steps: number, run: (inputs: StepInputs, i: number) => StepOutputs) => {
    const model = modelOf(of);
    let now = startOf(of, model);
    const losses: number[] = [];
    for (let i = 0; i < steps; i++) {
      const inputs = inputsOf(of, model, i);
      const next = run({ ...now, ...inputs }, i);
      losses.push(next.loss.dataSync()[0]!);
      const parameters = { ...untrained(model, now.parameters), ...next.parameters };
      disposeTensors(now.parameters, now.optimizer, next.metrics, { loss: next.loss });
      disposeInputs(inputs);
      now = { parameters, optimizer: next.optimizer };
    }
    const values = (tensors: Readonly<Record<string, tf.Tensor>>) =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, [...tensor.dataSync()]]));
    const end = { parameters: values(now.parameters), optimizer: values(now.optimizer) };
    disposeTensors(now.parameters, now.optimizer);
    return { losses, ...end };
  };
  const blockedPorts = (count: number) =>
    programs[0]!.encoded({ blocks: count, updatesApart: false }).outputs.filter((port) => port.blocks !== undefined);

  it.each(gaining)('gives the same numbers: %s', (_, of, matrices) => {
    const before = tf.memory().numTensors;
    const { plain, compiled } = stepOf(of);
    const expected = trained(of, 10, plain);
    blocks = 2;
    const found = trained(of, 10, (inputs) => compiled.run(inputs));
    const slots = makeOptimizer(of.experiment.training.optimizer).slots.length;
    expect(blockedPorts(2)).toHaveLength(matrices * (1 + slots));
    for (const [i, loss] of expected.losses.entries()) {
      expect(Math.abs(found.losses[i]! - loss)).toBeLessThanOrEqual(1e-5 * Math.abs(loss));
    }
    for (const kind of ['parameters', 'optimizer'] as const) {
      for (const [name, values] of Object.entries(expected[kind])) {
        const largest = Math.max(...values.map(Math.abs), 1e-3);
        const off = Math.max(...values.map((value, i) => Math.abs(value - found[kind][name]![i]!)));
        expect(off, name).toBeLessThan(1e-3 * largest);
      }
    }
    compiled.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(storage.numDataIds()).toBe(0);
  });

  it('leaves weights that the mask forbids bit for bit as they were', () => {
    const of = specimen(made());
    const { model, compiled } = stepOf(of);
    blocks = 2;
    const start = startOf(of, model);
    const first = [...start.parameters['hidden.1.weight']!.dataSync()];
    disposeTensors(start.parameters, start.optimizer);
    const { parameters } = trained(of, 3, (inputs) => compiled.run(inputs));
    const mask = model.masks(0)['hidden.1.weight']!.data;
    const moved = parameters['hidden.1.weight']!.map((value, i) => value !== first[i]);
    expect(moved.filter((is, i) => is && mask[i] === 0)).toEqual([]);
    expect(moved.some(Boolean)).toBe(true);
    compiled.dispose();
  });

  it('goes on bit for bit after its numbers were taken out and put back whole, and after they were looked at', () => {
    const of = specimen(made());
    const { compiled } = stepOf(of);
    blocks = 2;
    const straight = trained(of, 6, (inputs) => compiled.run(inputs));
    const broken = trained(of, 6, (inputs, i) => {
      if (i !== 3) return compiled.run(inputs);
      const again = (tensors: Readonly<Record<string, tf.Tensor>>) =>
        Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, tf.tensor(t.dataSync(), t.shape)]));
      const [parameters, optimizer] = [again(inputs.parameters), again(inputs.optimizer)];
      const outputs = compiled.run({ ...inputs, parameters, optimizer });
      disposeTensors(parameters, optimizer);
      return outputs;
    });
    const looked = trained(of, 6, (inputs) => {
      // An inspection's kernels take the weights into the memory of another backend.
      tf.tidy(() => tf.sum(tf.add(inputs.parameters['output.weight']!, 1)).dataSync());
      return compiled.run(inputs);
    });
    expect(broken).toEqual(straight);
    expect(looked).toEqual(straight);
    compiled.dispose();
  });

  it('measures the same norms', () => {
    const of = specimen(made({ direct: true }));
    const { plain, compiled, model } = stepOf(of, true);
    blocks = 2;
    const inputs = { ...startOf(of, model), ...inputsOf(of, model, 0) };
    const [found, expected] = [compiled.run(inputs), plain(inputs)];
    expect(blockedPorts(2).length).toBeGreaterThan(0);
    for (const [name, norm] of Object.entries(expected.metrics)) {
      const value = norm.dataSync()[0]!;
      expect(Math.abs(found.metrics[name]!.dataSync()[0]! - value), name).toBeLessThanOrEqual(1e-5 * value);
    }
    for (const outputs of [found, expected]) {
      disposeTensors(outputs.parameters, outputs.optimizer, outputs.metrics, { loss: outputs.loss });
    }
    disposeTensors(inputs.parameters, inputs.optimizer);
    disposeInputs(inputs);
    compiled.dispose();
  });

  it('computes whole where an optimiser has kept something of forbidden weights', () => {
    const of = specimen(made());
    const { model, plain, compiled } = stepOf(of);
    blocks = 2;
    const start = startOf(of, model);
    const optimizer = Object.fromEntries(
      Object.entries(start.optimizer).map(([name, slot]) => [name, tf.onesLike(slot)]),
    );
    const inputs = { ...start, optimizer, ...inputsOf(of, model, 0) };
    const [found, expected] = [compiled.run(inputs), plain(inputs)];
    const read = ({ parameters }: StepOutputs) => [...parameters['hidden.0.weight']!.dataSync()];
    const weights = read(expected);
    for (const [i, value] of read(found).entries()) expect(value).toBeCloseTo(weights[i]!, 5);
    for (const outputs of [found, expected]) {
      disposeTensors(outputs.parameters, outputs.optimizer, outputs.metrics, { loss: outputs.loss });
    }
    disposeTensors(start.parameters, start.optimizer, optimizer);
    disposeInputs(inputs);
    compiled.dispose();
  });

  it('cuts a whole matrix once, however often it is asked for in blocks', () => {
    const layout = layoutOf(strictTriangle(8), [8, 8], { rows: identity(8), columns: identity(8), groups: 2 });
    const whole = storage.room.take('float32', 64) as Float32Array;
    whole.set(strictTriangle(8));
    const tensor = { dataId: storage.adopt(whole), shape: [8, 8], dtype: 'float32' as const };
    const wanted = { layout, zeroOutside: true, keepsOutside: false };
    const copied = () => expect.fail('what it holds itself needs no copy');
    const [first, second] = [storage.blocksOf(tensor, wanted, copied), storage.blocksOf(tensor, wanted, copied)];
    expect(first.blocks.map((block) => [...block])).toEqual(layout.live.map((live) => [...live]));
    for (const [b, block] of second.blocks.entries()) expect(block).toBe(first.blocks[b]);
    expect([...storage.blocksOf(tensor, { ...wanted, keepsOutside: true }, copied).outside!]).toEqual([...whole]);
    storage.disposeData(tensor.dataId);
    expect(storage.numDataIds()).toBe(0);
  });

  it('refuses another mask than it was made for', () => {
    const of = specimen(made());
    const { model, compiled } = stepOf(of);
    blocks = 2;
    const inputs = { ...startOf(of, model), ...inputsOf(of, model, 0) };
    const masks = Object.fromEntries(Object.entries(inputs.masks).map(([name, mask]) => [name, tf.onesLike(mask)]));
    const sound = compiled.run(inputs);
    expect(() => compiled.run({ ...inputs, masks })).toThrow(/is not what this program was made for/);
    disposeTensors(sound.parameters, sound.optimizer, sound.metrics, { loss: sound.loss }, masks);
    disposeTensors(inputs.parameters, inputs.optimizer);
    disposeInputs(inputs);
    compiled.dispose();
  });

  it.each(whole)('leaves whole: %s', (_, of) => {
    const { model, compiled } = stepOf(of);
    const inputs = { ...startOf(of, model), ...inputsOf(of, model, 0) };
    const { parameters, optimizer, metrics, loss } = compiled.run(inputs);
    expect(programs).toHaveLength(1);
    expect(blockedPorts(4)).toEqual([]);
    disposeTensors(parameters, optimizer, metrics, { loss }, inputs.parameters, inputs.optimizer);
    disposeInputs(inputs);
    compiled.dispose();
  });
}
