/** LSTMs along rows and diagonals of images, against the definition pixel by pixel, and their way back. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { imageScan, shiftedDown } from '../../../src/layers/recurrent/courses.ts';
import { type Course, heardFrom } from '../../../src/masks/pixels/network.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import type { Map3 } from '../models/pixelReference.ts';
import { lstm, type Recurrence } from '../models/pixelrnnReference.ts';

const [IMAGES, UNITS] = [2, 2];

const ways: readonly (readonly [Course, number, Pick<Recurrence, 'memory' | 'fromRight'>])[] = [
  ['rows', 3, { memory: [-1, 0], fromRight: false }],
  ['rows', 5, { memory: [-1, 0], fromRight: false }],
  ['diagonals', 1, { memory: [0, -1], fromRight: false }],
  ['mirrored', 1, { memory: [0, 1], fromRight: true }],
];
/** More rows than columns, more columns than rows, and what has no neighbours. */
const sizes = [
  [4, 3],
  [2, 5],
  [1, 4],
  [3, 1],
] as const;
const cases = ways.flatMap((way) => sizes.map((size) => [...way, size] as const));

function numbers(course: Course, width: number, [height, columns]: readonly [number, number]) {
  const random = RandomGenerator.seeded(8, course);
  const normals = (length: number) => Float64Array.from({ length }, () => Math.fround(0.7 * random.normal()));
  const pixels = IMAGES * height * columns;
  return {
    gates: normals(pixels * 4 * UNITS),
    weight: normals(4 * UNITS * heardFrom({ course, width }).length * UNITS),
    /** What the outputs are weighed by. */
    cotangent: normals(pixels * UNITS),
  };
}
type Numbers = ReturnType<typeof numbers>;

/** [N·H·W, h] by the definition. */
function plain(
  o: Numbers,
  recurrence: Omit<Recurrence, 'weight'>,
  [height, columns]: readonly [number, number],
): number[] {
  const each = height * columns * 4 * UNITS;
  return Array.from({ length: IMAGES }, (_, n) => {
    const maps: Map3 = Array.from({ length: height }, (_, r) =>
      Array.from({ length: columns }, (_, c) => {
        const at = n * each + (r * columns + c) * 4 * UNITS;
        return Array.from(o.gates.subarray(at, at + 4 * UNITS));
      }),
    );
    return lstm(maps, { ...recurrence, weight: o.weight }).flat(2);
  }).flat();
}

onImitatedToo('an LSTM through images', () => {
  const scanned = (course: Course, width: number, size: readonly [number, number], own: Numbers) => {
    const heard = heardFrom({ course, width }).length;
    return {
      ...{ course, width, size },
      gates: tf.tensor2d(Float32Array.from(own.gates), [IMAGES * size[0] * size[1], 4 * UNITS]),
      weight: tf.tensor2d(Float32Array.from(own.weight), [4 * UNITS, heard * UNITS]),
    };
  };

  it.each(cases)('has the states of its definition: %s, kernel %i, %o, %o', async (course, width, way, size) => {
    const own = numbers(course, width, size);
    const found = await read(() => imageScan(scanned(course, width, size, own)));
    const expected = plain(own, { ...way, heard: heardFrom({ course, width }) }, size);
    expect(found).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5);
  });

  it.each(cases)('goes back as finite differences say: %s, kernel %i, %o, %o', async (course, width, way, size) => {
    const own = numbers(course, width, size);
    const value = (changed: Numbers) => {
      const states = plain(changed, { ...way, heard: heardFrom({ course, width }) }, size);
      return own.cotangent.reduce((sum, weight, i) => sum + weight * states[i]!, 0);
    };
    for (const name of ['gates', 'weight'] as const) {
      const found = await read(() => {
        const given = scanned(course, width, size, own);
        const dy = tf.tensor2d(Float32Array.from(own.cotangent), [IMAGES * size[0] * size[1], UNITS]);
        return tf.grad((x) => imageScan({ ...given, [name]: x as Tensor2D }))(given[name], dy);
      });
      for (let k = 0; k < own[name].length; k += 3) {
        const shifted = (by: number) => {
          const values = own[name].slice();
          values[k]! += by;
          return value({ ...own, [name]: values });
        };
        expect(Math.abs(found[k]! - (shifted(1e-5) - shifted(-1e-5)) / 2e-5)).toBeLessThan(1e-4);
      }
    }
  });
});

onImitatedToo('maps shifted down by a row', () => {
  it.each(sizes)('have zeros above, and a gradient that goes up: %i × %i', async (height, columns) => {
    const values = Float32Array.from({ length: IMAGES * height * columns }, (_, i) => i + 1);
    const maps = () => tf.tensor2d(values, [IMAGES * height * columns, 1]);
    const found = await read(() => shiftedDown(maps(), [height, columns]));
    const back = await read(() => tf.grad((x) => shiftedDown(x as Tensor2D, [height, columns]))(maps(), maps()));
    for (let i = 0; i < values.length; i++) {
      const row = Math.floor(i / columns) % height;
      expect(found[i]).toBe(row === 0 ? 0 : values[i - columns]);
      expect(back[i]).toBe(row === height - 1 ? 0 : values[i + columns]);
    }
  });
});
