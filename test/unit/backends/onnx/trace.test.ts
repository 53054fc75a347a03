/** What is traced, and what becomes of it before ONNX Runtime sees it. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { fusedKernels, hasFused, withoutFused } from '../../../../src/backends/fused.ts';
import { startBackend } from '../../../../src/backends/index.ts';
import { callerOutside } from '../../../../src/backends/onnx/callerOutside.ts';
import { translated } from '../../../../src/backends/onnx/program.ts';
import { trace } from '../../../../src/backends/onnx/trace.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

/** Operations and constants of the graph of `compute`. */
function graphOf(examples: readonly tf.Tensor[], compute: () => readonly tf.Tensor[]) {
  const found: { operations: string[]; constants: (readonly number[])[] }[] = [];
  tf.tidy(() => {
    const { nodes, constants } = translated(trace(examples, compute, () => false)).live();
    found.push({
      operations: nodes.map(({ operation }) => operation),
      constants: constants.map(({ shape }) => shape),
    });
  });
  return found[0]!;
}

describe('a graph', () => {
  const x = () => tf.tensor2d([1, -2, 3, -4], [2, 2]);

  it('computes what is the same once, and what nothing comes of not at all', () => {
    tf.tidy(() => {
      const [a, b] = [x(), x()];
      const compute = () => {
        tf.exp(a);
        return [tf.mul(tf.add(a, b), tf.add(a, b))];
      };
      expect(graphOf([a, b], compute).operations).toEqual(['Add', 'Mul']);
    });
  });

  it('knows the values of what depends on plain numbers alone', () => {
    tf.tidy(() => {
      const a = x();
      const compute = () => [tf.pow(a, tf.add(tf.exp(tf.range(0, 2)), tf.scalar(1)))];
      expect(graphOf([a], compute)).toEqual({ operations: ['Pow'], constants: [[2]] });
    });
  });

  it('takes a number for a tensor that is the same everywhere, and leaves out what changes nothing', () => {
    tf.tidy(() => {
      const a = x();
      const compute = () => [tf.mul(tf.add(tf.mul(a, tf.ones([2, 2])), tf.zeros([2, 2])), tf.fill([2, 2], 3))];
      expect(graphOf([a], compute)).toEqual({ operations: ['Mul'], constants: [[]] });
      const repeated = () => [tf.mul(a, tf.tile(tf.slice(a, [0, 0], [1, 2]), [2, 1]))];
      expect(graphOf([a], repeated).operations).toEqual(['Slice', 'Mul']);
    });
  });

  it('passes over a rectified layer and its gradient once and twice', () => {
    tf.tidy(() => {
      const [z, g] = [x(), x()];
      expect(graphOf([z], () => [tf.mul(z, tf.step(z))]).operations).toEqual(['Max']);
      expect(graphOf([z, g], () => [tf.mul(g, tf.step(z))]).operations).toEqual(['Greater', 'Cast', 'Mul']);
    });
  });

  it('has gradients in it, also those that functions bring along', () => {
    tf.tidy(() => {
      const a = x();
      const cube = tf.customGrad((...args) => {
        const [value, save] = args as unknown as [tf.Tensor, (kept: tf.Tensor[]) => void];
        save([value]);
        return {
          value: tf.mul(value, tf.square(value)),
          gradFunc: (dy: tf.Tensor, [kept]: tf.Tensor[]) => [tf.mul(dy, tf.mul(tf.square(kept!), 3))],
        };
      });
      const { operations } = graphOf([a], () => [tf.grad((t: tf.Tensor) => cube(t))(a)]);
      expect(operations).toEqual(['Mul', 'Mul']);
    });
  });

  it('has those that TensorFlow.js has of its own, which take copies of what a kernel took and of what it gave', () => {
    tf.tidy(() => {
      const a = x();
      const ofTaken = () => [tf.grad((t: tf.Tensor) => tf.softplus(t))(a)];
      expect(graphOf([a], ofTaken).operations).toEqual(['Sigmoid']);
      const ofGiven = () => [tf.grad((t: tf.Tensor) => tf.tanh(t))(a)];
      expect(graphOf([a], ofGiven).operations).toEqual(['Tanh', 'Mul', 'Sub']);
    });
  });
});

describe('while it traces', () => {
  it('has none of the backend’s own kernels, and has them again, whatever happens', () => {
    expect(Object.values(fusedKernels).length).toBeGreaterThan(0);
    const before = hasFused('adam');
    expect(withoutFused(() => withoutFused(() => false) || hasFused('adam'))).toBe(false);
    expect(() =>
      withoutFused(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(hasFused('adam')).toBe(before);
  });

  it('gives the engine back, also after an error', () => {
    tf.tidy(() => {
      const a = tf.scalar(1);
      expect(() =>
        trace(
          [a],
          () => {
            throw new Error('no');
          },
          () => false,
        ),
      ).toThrow('no');
      const names = ['runKernel', 'makeTensor', 'readSync', 'read', 'readToGPU'];
      expect(names.filter((name) => Object.hasOwn(tf.engine(), name))).toEqual([]);
    });
  });

  it('traces one function at a time', () => {
    tf.tidy(() => {
      const a = tf.scalar(1);
      const inner = () =>
        trace(
          [a],
          () => [tf.neg(a)],
          () => false,
        ).results;
      expect(() => trace([a], inner, () => false)).toThrow('being traced already');
    });
  });
});

describe('the caller', () => {
  it('is found in a bundle, too, behind the compiler and the library', () => {
    const stack = [
      'Error',
      '    at yU (/x/dist/worker.cjs:1:900)',
      '    at run (/x/dist/worker.cjs:1:800)',
      '    at acosh_ (/x/dist/worker.cjs:1:700)',
      '    at acosh__op (/x/dist/worker.cjs:1:600)',
      '    at mean__op (/x/dist/worker.cjs:1:550)',
      '    at forward (/x/dist/worker.cjs:12:500)',
    ];
    expect(callerOutside(stack.join('\n'))).toBe('dist/worker.cjs:12 (forward)');
    expect(callerOutside('Error')).toBeNull();
  });
});
