/** Pictures that pass for a model's digits: numerals drawn by a canvas, turned, shifted and blurred a little. */
import type { RandomGenerator } from '../../../src/random/generator.ts';

const SIDE = 28;

/** [count, 784], 0 … 255. */
export function digitImages(count: number, random: RandomGenerator): Uint8Array {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const values = new Uint8Array(count * SIDE * SIDE);
  for (let i = 0; i < count; i++) {
    context.resetTransform();
    context.fillStyle = '#000';
    context.fillRect(0, 0, SIDE, SIDE);
    context.translate(SIDE / 2 + random.uniform() * 3 - 1.5, SIDE / 2 + random.uniform() * 3 - 1.5);
    context.transform(1, 0, random.uniform() * 0.5 - 0.35, 1, 0, 0);
    context.filter = 'blur(0.6px)';
    context.fillStyle = '#fff';
    context.font = `${20 + random.integer(0, 4)}px sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(String(random.integer(0, 9)), 0, 1);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    for (let p = 0; p < SIDE * SIDE; p++) values[i * SIDE * SIDE + p] = data[p * 4]!;
  }
  return values;
}
