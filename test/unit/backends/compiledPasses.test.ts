/** When a pure function becomes a program, and how many of them there are. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Compile, NotCompilable } from '../../../src/backends/compiled.ts';
import {
  CompiledPasses,
  type Pass,
  passesOn,
  slowerOnce,
  WORTH_COMPILING,
} from '../../../src/backends/compiledPasses.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { formOf, leavesOf, shapesOf } from '../../../src/backends/tensorTree.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

/** Programs that give −1 everywhere, so that it shows who computed; and which of them there are. */
function compiler() {
  const made: { readonly fixed: readonly number[]; readonly examples: readonly tf.Tensor[]; disposed: boolean }[] = [];
  const compile: Compile = (examples, compute, hints) => {
    const shapes = tf.tidy(() => compute().map(({ shape }) => shape));
    const own = { fixed: hints!.fixed, examples, disposed: false };
    made.push(own);
    return {
      run: () => shapes.map((shape) => tf.fill(shape, -1)),
      dispose: () => (own.disposed = true),
    };
  };
  return { compile, made };
}

const owner = {};
const row = (length: number) => ({ x: tf.ones<tf.Rank.R1>([length]) });
type Doubling = Pass<ReturnType<typeof row>, { readonly y: tf.Tensor }>;
const double: Doubling = { of: owner, name: 'double', compute: ({ x }) => ({ y: tf.mul(x, 2) }) };

/** Runs it once more; whether a program did. */
function byProgram(passes: CompiledPasses, pass: Doubling, length = 3): boolean {
  return tf.tidy(() => {
    const { y } = passes.run(pass, row(length));
    const [value] = y.dataSync();
    expect(y.shape).toEqual([length]);
    expect([2, -1]).toContain(value);
    return value === -1;
  });
}

describe('a pass', () => {
  it('is a program where it says beforehand that it runs often enough, from the first time on', () => {
    const passes = new CompiledPasses(compiler());
    expect(byProgram(passes, { ...double, times: WORTH_COMPILING - 1 })).toBe(false);
    expect(byProgram(passes, { ...double, times: WORTH_COMPILING })).toBe(true);
    // Whatever this process has compiled before: a resumed run knows nothing of it.
    expect(byProgram(passes, { ...double, times: WORTH_COMPILING - 1 })).toBe(false);
  });

  it('is a program once it has run often enough where it says nothing', () => {
    const { compile, made } = compiler();
    const passes = new CompiledPasses({ compile });
    const found = Array.from({ length: WORTH_COMPILING + 2 }, () => byProgram(passes, double));
    expect(found.indexOf(true)).toBe(WORTH_COMPILING - 1);
    expect(found.slice(WORTH_COMPILING)).toEqual([true, true]);
    expect(made).toHaveLength(1);
  });

  it('is a program from the first time on where as many runs are coming, and not where fewer are', () => {
    const passes = new CompiledPasses(compiler());
    expect(byProgram(passes, { ...double, coming: WORTH_COMPILING - 1 })).toBe(false);
    expect(byProgram(passes, { ...double, coming: WORTH_COMPILING })).toBe(true);
    // Nothing is promised: what there is, is used.
    expect(byProgram(passes, { ...double, coming: 1 })).toBe(true);
    const others = new CompiledPasses(compiler());
    const found = Array.from({ length: WORTH_COMPILING }, () => byProgram(others, { ...double, coming: 2 }));
    expect(found.indexOf(true)).toBe(WORTH_COMPILING - 1);
  });

  it('is another one for other shapes, another name and another owner', () => {
    const { compile, made } = compiler();
    const passes = new CompiledPasses({ compile });
    const often = { ...double, times: Infinity };
    for (const pass of [often, often, { ...often, name: 'twice' }, { ...often, of: {} }]) {
      for (const length of [3, 4]) expect(byProgram(passes, pass, length)).toBe(true);
    }
    expect(made).toHaveLength(6);
  });

  it('is computed as it is where it cannot be a program, tried once, and that is told every time', () => {
    let tried = 0;
    const compile = (): never => {
      throw new NotCompilable(`no ${++tried}`);
    };
    const passes = new CompiledPasses({ compile });
    const told: string[] = [];
    const pass = { ...double, times: Infinity, tell: (reason: string) => void told.push(reason) };
    expect([byProgram(passes, pass), byProgram(passes, pass)]).toEqual([false, false]);
    expect(told).toEqual(['no 1', 'no 1']);
  });

  it('is not computed at all where the machine runs out of something', () => {
    const compile = (): never => {
      throw new Error('ENOSPC: no space left on device, write');
    };
    expect(() => byProgram(new CompiledPasses({ compile }), { ...double, times: Infinity })).toThrow('ENOSPC');
  });

  it('is tried on what stands in for its inputs, which are freed, and says which of them stay as they are', () => {
    const { compile, made } = compiler();
    const before = tf.memory().numTensors;
    const standIn = { masks: { b: tf.zeros([2]), a: tf.zeros([3]) }, x: tf.zeros<tf.Rank.R1>([3]) };
    const inputs = { x: tf.ones<tf.Rank.R1>([3]), masks: { a: tf.ones([3]), b: tf.ones([2]) } };
    const { y } = new CompiledPasses({ compile }).run(
      {
        ...{ of: owner, name: 'masked', times: Infinity },
        compute: ({ x, masks }: typeof inputs) => ({ y: tf.mul(x, masks.a) }),
        examples: () => ({ inputs: standIn, dispose: () => tf.dispose(standIn) }),
        fixed: ({ masks }) => masks,
      },
      inputs,
    );
    expect(made[0]!.examples).toEqual([standIn.masks.a, standIn.masks.b, standIn.x]);
    expect(made[0]!.fixed).toEqual([0, 1]);
    tf.dispose([y, inputs]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('programs', () => {
  it('are no more than may be: those unused for longest go, and have to be worth it anew', () => {
    const { compile, made } = compiler();
    const passes = new CompiledPasses({ compile }, 2);
    for (let i = 0; i < WORTH_COMPILING; i++) for (const length of [1, 2]) byProgram(passes, double, length);
    expect(byProgram(passes, double, 1)).toBe(true);
    byProgram(passes, { ...double, times: Infinity }, 3);
    expect(passes.programs).toBe(2);
    expect(made.map(({ disposed }) => disposed)).toEqual([false, true, false]);
    expect(byProgram(passes, double, 1)).toBe(true);
    expect(byProgram(passes, double, 2)).toBe(false);
    // Nor is one made again at once because many runs were announced: the two would take turns for ever.
    const coming = { ...double, coming: Infinity };
    expect([byProgram(passes, coming, 2), byProgram(passes, coming, 4)]).toEqual([false, true]);
  });

  it('go with their owner, or all together', () => {
    const { compile, made } = compiler();
    const passes = new CompiledPasses({ compile });
    for (const of of [owner, {}]) byProgram(passes, { ...double, of, times: Infinity });
    passes.release(owner);
    expect(made.map(({ disposed }) => disposed)).toEqual([true, false]);
    passes.dispose();
    expect(made.map(({ disposed }) => disposed)).toEqual([true, true]);
  });

  it('take time to be made, which is told', () => {
    const { compile } = compiler();
    const slow: Compile = (...given) => {
      for (const until = performance.now() + 20; performance.now() < until;);
      return compile(...given);
    };
    const passes = new CompiledPasses({ compile: slow });
    byProgram(passes, double);
    expect(passes.makingMs).toBe(0);
    byProgram(passes, { ...double, coming: Infinity });
    expect(passes.makingMs).toBeGreaterThanOrEqual(20);
  });

  it('are shared by all who compute on a backend', () => {
    const backend = compiler();
    expect(passesOn(backend)).toBe(passesOn(backend));
    expect(passesOn(compiler())).not.toBe(passesOn(backend));
  });
});

describe('records of tensors', () => {
  it('keep their form with other tensors in them, whoever put their members in which order', () => {
    const [a, b, c] = [tf.scalar(1), tf.scalar(2, 'int32'), tf.zeros([2])];
    const tree = { list: [c, { b }], a, none: null, words: 'Gaussian' };
    expect(leavesOf(tree)).toEqual([a, c, b]);
    expect(formOf(tree)([b, a, c])).toEqual({ list: [a, { b: c }], a: b, none: null, words: 'Gaussian' });
    expect(shapesOf({ words: 'Gaussian', none: null, a, list: [c, { b }] })).toBe(shapesOf(tree));
    for (const other of [
      { ...tree, words: 'logistic' },
      { ...tree, a: b },
      { ...tree, none: a },
      { ...tree, more: a },
    ]) {
      expect(shapesOf(other)).not.toBe(shapesOf(tree));
    }
  });
});

it('tells people once what is slower', () => {
  const told: string[] = [];
  const tell = slowerOnce({ name: 'onnx' }, 'scores', (text) => told.push(text));
  for (const reason of ['a value is read', 'another']) tell(reason);
  expect(told).toEqual([
    'onnx computes scores operation by operation, which takes longer: they cannot be one program (a value is read)',
  ]);
});
