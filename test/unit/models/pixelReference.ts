/**
 * The conditionals of PixelCNN by their definition, in float64 and cell by cell: masks written out as the papers have them,
 * every layer a loop over pixels, nothing shared with the engine but the names of parameters and the order of their entries.
 */
import type { PixelcnnSpec } from '../../../src/spec/models/pixelcnn.ts';
import type { Values } from './reference.ts';

type Map3 = number[][][];

/** Whether a cell of a kernel may be heard: rows up and columns to the left are negative. */
type Allowed = (row: number, column: number, from: number, to: number) => boolean;

/** Parameters of all conditionals of one image x [H·W·C], those of a variable side by side. */
export function pixelReference(
  spec: PixelcnnSpec,
  parameters: Values,
  x: ArrayLike<number>,
  context: readonly number[] = [],
): number[] {
  const [height, width, colours = 1] = spec.image;
  const { conditional } = spec;
  const heard = (value: number) => ('levels' in conditional ? (2 * value) / (conditional.levels - 1) - 1 : value);
  const image: Map3 = Array.from({ length: height }, (_, r) =>
    Array.from({ length: width }, (_, c) =>
      Array.from({ length: colours }, (_, k) => heard(x[(r * width + c) * colours + k]!)),
    ),
  );
  /** Of a channel among so many. */
  const colour = (channel: number, channels: number) => Math.floor((channel * colours) / channels);

  function convolve(name: string, input: Map3, side: { rows: number; left: number; right: number }, allowed: Allowed) {
    const weight = parameters[`${name}.weight`]!;
    const bias = parameters[`${name}.bias`]!;
    const [inputs, outputs] = [input[0]![0]!.length, bias.length];
    const columns = side.left + 1 + side.right;
    return input.map((line, r) =>
      line.map((_, c) =>
        Array.from(bias, (start, o) => {
          let sum = start;
          const own = parameters[`context.${name}.weight`];
          for (const [k, value] of context.entries()) sum += (own?.[o * context.length + k] ?? 0) * value;
          for (let i = 0; i < side.rows; i++)
            for (let j = 0; j < columns; j++) {
              const [row, column] = [i - side.rows + 1, j - side.left];
              const cell = input[r + row]?.[c + column];
              if (cell === undefined) continue;
              for (let k = 0; k < inputs; k++) {
                if (allowed(row, column, k, o))
                  sum += cell[k]! * weight[((i * columns + j) * inputs + k) * outputs + o]!;
              }
            }
          return sum;
        }),
      ),
    );
  }
  const each = (map: Map3, f: (value: number) => number): Map3 => map.map((line) => line.map((cell) => cell.map(f)));
  const add = (a: Map3, b: Map3): Map3 =>
    a.map((line, r) => line.map((cell, c) => cell.map((value, k) => value + b[r]![c]![k]!)));
  const relu = (map: Map3) => each(map, (value) => Math.max(0, value));
  const gate = (map: Map3): Map3 =>
    map.map((line) =>
      line.map((cell) => {
        const half = cell.length / 2;
        return Array.from({ length: half }, (_, k) => Math.tanh(cell[k]!) / (1 + Math.exp(-cell[half + k]!)));
      }),
    );
  /** Raster order with the colours of the pixel itself, by the number of channels on either side. */
  const raster =
    (own: (from: number, to: number) => boolean, inputs: number, outputs: number, halves = 1): Allowed =>
    (row, column, from, to) => {
      if (row < 0 || (row === 0 && column < 0)) return true;
      if (column > 0) return false;
      const each = outputs / halves;
      return own(colour(from, inputs), colour(to % each, each));
    };
  const before = (from: number, to: number) => from < to;
  const upTo = (from: number, to: number) => from <= to;
  const first = spec.maskType === 'A' ? before : upTo;
  const point = { rows: 1, left: 0, right: 0 };
  const upper = (side: number) => ({ rows: (side + 1) / 2, left: (side - 1) / 2, right: (side - 1) / 2 });
  const toTheLeft = (side: number) => ({ rows: 1, left: (side - 1) / 2, right: 0 });
  const F = spec.features;

  let h: Map3;
  if (spec.stacks === 'single') {
    const half = Math.ceil(F / 2);
    h = convolve('input', image, upper(spec.firstKernel), raster(first, colours, F));
    for (let i = 0; i < spec.layers; i++) {
      const reduced = convolve(`blocks.${i}.reduce`, relu(h), point, raster(upTo, F, half));
      const spatial = convolve(`blocks.${i}.spatial`, relu(reduced), upper(spec.kernel), raster(upTo, half, half));
      h = add(h, convolve(`blocks.${i}.expand`, relu(spatial), point, raster(upTo, half, F)));
    }
  } else {
    let v = convolve('vertical', image, upper(spec.firstKernel), (row) => row < 0);
    h = convolve('horizontal', image, toTheLeft(spec.firstKernel), raster(first, colours, F));
    for (let i = 0; i < spec.layers; i++) {
      const above = convolve(`layers.${i}.vertical`, v, upper(spec.kernel), () => true);
      const handed = convolve(`layers.${i}.between`, above, point, () => true);
      const along = convolve(`layers.${i}.horizontal`, h, toTheLeft(spec.kernel), raster(upTo, F, 2 * F, 2));
      h = add(h, convolve(`layers.${i}.residual`, gate(add(along, handed)), point, raster(upTo, F, F)));
      v = gate(above);
    }
  }
  const hidden = convolve('head', relu(h), point, raster(upTo, F, spec.head));
  const outputs = parameters['output.bias']!.length;
  return convolve('output', relu(hidden), point, raster(upTo, spec.head, outputs)).flat(2);
}
