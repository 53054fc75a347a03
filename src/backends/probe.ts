import * as tf from '@tensorflow/tfjs-core';

/**
 * Computes something on a backend and reads it back: null if right, otherwise what was wrong, in words. The current
 * backend is the same afterwards, and at every turn of the event loop: a run may be training on it.
 * @param engine a backend that TensorFlow.js starts without waiting
 */
export async function checkArithmetic(engine: string): Promise<string | null> {
  const expected = [7, 10, 15, 22];
  const product = on(engine, () =>
    tf.tidy(() => {
      const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      return tf.matMul(a, a);
    }),
  );
  try {
    const found = [...(await product.data<'float32'>())];
    if (found.length === expected.length && found.every((value, i) => value === expected[i])) return null;
    return `it computed [${found.join(', ')}] where [${expected.join(', ')}] is right`;
  } finally {
    product.dispose();
  }
}

/** Runs `compute` on a backend, then goes back to the one before. */
function on<T>(engine: string, compute: () => T): T {
  const before = tf.getBackend() as string | undefined;
  // Backends whose factory is synchronous are current at once; the promise tells nothing more.
  void tf.setBackend(engine);
  try {
    return compute();
  } finally {
    if (before) void tf.setBackend(before);
  }
}
