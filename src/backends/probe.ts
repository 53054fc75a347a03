import * as tf from '@tensorflow/tfjs-core';

/** Computes something on the current backend and reads it back: null if right, otherwise what was wrong, in words. */
export function checkArithmetic(name: string): string | null {
  const expected = [7, 10, 15, 22];
  const found = tf.tidy(() => {
    const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    return [...tf.matMul(a, a).dataSync()];
  });
  if (found.length === expected.length && found.every((value, i) => value === expected[i])) return null;
  return `${name} computed [${found.join(', ')}] where [${expected.join(', ')}] is right`;
}
