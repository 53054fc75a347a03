/** A new state in the place of the old one: the same training, and never where the old one may be needed. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GivenUp } from '../../../../src/backends/compiled.ts';
import { startBackend } from '../../../../src/backends/index.ts';
import { disposeTensors } from '../../../../src/layers/namedTensors.ts';
import type { NamedTensors } from '../../../../src/models/model.ts';
import type { StepInputs, StepOutputs } from '../../../../src/training/step.ts';
import { absent } from './run.ts';
import { disposeInputs, inputsOf, modelOf, startOf } from './specimen.ts';
import { specimen, stepOf, STEPS, trained } from './steps.ts';

if (absent === null) describe('a state that is given up', suite);
else it('gives up a state', (context) => context.skip(absent ?? undefined));

type State = Pick<StepOutputs, 'parameters' | 'optimizer'>;

const tensorsOf = ({ parameters, optimizer }: State) => [...Object.values(parameters), ...Object.values(optimizer)];

function suite(): void {
  beforeAll(async () => {
    await startBackend('wasm');
  });

  /** Runs with the state given up, and counts how often it was replaced. */
  const givingUp = ({ run }: Pick<ReturnType<typeof stepOf>, 'run'>) => {
    const count = { replaced: 0 };
    return {
      count,
      run: (inputs: StepInputs) => {
        const givenUp: GivenUp = { tensors: new Set(tensorsOf(inputs)), onReplaced: () => count.replaced++ };
        return run(inputs, givenUp);
      },
    };
  };

  it.each([
    { blocks: 1, norms: false },
    { blocks: 2, norms: false },
    { blocks: 2, norms: true },
  ])('is replaced from the second step on, bit for bit as it would have been: %o', (options) => {
    const of = specimen();
    const before = tf.memory().numTensors;
    const [kept, replaced] = [stepOf(of, options), stepOf(of, options)];
    const giving = givingUp(replaced);
    const found = trained(of, giving.run);
    expect(found).toEqual(trained(of, kept.run));
    // What the first step is given lies in the memory of wasm.
    expect(giving.count.replaced).toBe(STEPS - 1);
    expect(replaced.storage.numDataIds()).toBe(kept.storage.numDataIds());
    kept.dispose();
    replaced.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has no values any more, and is only there to be disposed of', () => {
    const { state, step, disposeAll } = begun();
    const next = step(state, 1);
    const [old] = Object.values(state.parameters);
    expect(() => old!.dataSync()).toThrow('this tensor was given up');
    disposeTensors(state.parameters, state.optimizer);
    expect(Number.isFinite(Object.values(next.parameters)[0]!.dataSync()[0])).toBe(true);
    disposeAll(next);
  });

  it("stays as it is where it is another's as well, or lies elsewhere", () => {
    const of = specimen();
    const [kept, shared] = [stepOf(of, { blocks: 2 }), stepOf(of, { blocks: 2 })];
    const giving = givingUp(shared);
    const seen: { readonly clone: tf.Tensor; readonly values: Float32Array }[] = [];
    const looking = ({ parameters }: State) => {
      const clone = tf.clone(Object.values(parameters)[0]!);
      seen.push({ clone, values: clone.dataSync<'float32'>().slice() });
    };
    const found = trained(of, giving.run, looking);
    expect(found.state).toEqual(trained(of, kept.run).state);
    expect(giving.count.replaced).toBeGreaterThan(0);
    for (const { clone, values } of seen) {
      expect(clone.dataSync()).toEqual(values);
      clone.dispose();
    }
    kept.dispose();
    shared.dispose();
  });

  it.each([
    ['a weight that is none', 'parameters', 'output.weight', NaN],
    ['a bias so large that the loss is none', 'parameters', 'output.bias', 3e38],
    ['a weight whose gradients are beyond all bounds', 'parameters', 'output.weight', 1e18],
  ] as const)('stays where the outcome is not sound: %s', (_, part, name, value) => {
    const { state, step, disposeAll, replaced } = begun();
    const spoilt = spoil(state, part, name, value);
    const before = new Map(tensorsOf(spoilt).map((tensor) => [tensor, tensor.dataSync<'float32'>().slice()]));
    const count = replaced();
    // Its second run takes what the first had to copy.
    for (let i = 1; i < 3; i++) disposeAll(step(spoilt, i), false);
    expect(replaced()).toBe(count);
    for (const [tensor, values] of before) expect(tensor.dataSync()).toEqual(values);
    disposeAll(spoilt);
  });

  /** After one step, so that its state lies where the next one takes it from. */
  function begun() {
    const of = specimen();
    const model = modelOf(of);
    const compiled = stepOf(of, { blocks: 2 });
    const giving = givingUp(compiled);
    const step = (state: State, i: number): State => {
      const inputs = inputsOf(of, model, i);
      const { loss, metrics, ...next } = giving.run({ ...state, ...inputs });
      disposeTensors(metrics, { loss });
      disposeInputs(inputs);
      return next;
    };
    const first = startOf(of, model);
    const state = step(first, 0);
    disposeTensors(first.parameters, first.optimizer);
    const disposeAll = (last: State, whole = true) => {
      disposeTensors(last.parameters, last.optimizer);
      if (whole) compiled.dispose();
    };
    return { state, step, disposeAll, replaced: () => giving.count.replaced };
  }

  function spoil(state: State, part: keyof State, name: string, value: number): State {
    const old = state[part][name]!;
    const values = old.dataSync<'float32'>().slice();
    // The last weight is one that no mask forbids.
    values[values.length - 1] = value;
    const changed: NamedTensors = { ...state[part], [name]: tf.tensor(values, old.shape) };
    old.dispose();
    return { ...state, [part]: changed };
  }
}
