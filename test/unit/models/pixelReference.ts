/**
 * What the conditionals of networks over pixels are made of by their definition, in float64 and cell by cell: masks written out
 * as the papers have them, every layer a loop over pixels, nothing shared with the engine but the names of parameters and the
 * order of their entries.
 */
import type { PixelcnnSpec } from '../../../src/spec/models/pixelcnn.ts';
import type { Values } from './reference.ts';

/** [H][W][channels] */
export type Map3 = number[][][];

/** Whether a cell of a kernel may be heard: rows up and columns to the left are negative. */
export type Allowed = (row: number, column: number, from: number, to: number) => boolean;

export interface Side {
  readonly rows: number;
  readonly left: number;
  readonly right: number;
}

export const point: Side = { rows: 1, left: 0, right: 0 };
export const upper = (side: number): Side => ({ rows: (side + 1) / 2, left: (side - 1) / 2, right: (side - 1) / 2 });
export const toTheLeft = (side: number): Side => ({ rows: 1, left: (side - 1) / 2, right: 0 });

const each = (map: Map3, f: (value: number) => number): Map3 => map.map((line) => line.map((cell) => cell.map(f)));

export const add = (a: Map3, b: Map3): Map3 =>
  a.map((line, r) => line.map((cell, c) => cell.map((value, k) => value + b[r]![c]![k]!)));

export const relu = (map: Map3): Map3 => each(map, (value) => Math.max(0, value));

export const before = (from: number, to: number) => from < to;
export const upTo = (from: number, to: number) => from <= to;

/** One image x [H·W·C] and the parameters that it meets. */
export class PixelReference {
  readonly image: Map3;
  readonly #colours: number;
  readonly #parameters: Values;
  readonly #context: readonly number[];

  constructor(
    spec: Pick<PixelcnnSpec, 'image' | 'conditional'>,
    parameters: Values,
    x: ArrayLike<number>,
    context: readonly number[],
  ) {
    const [height, width, colours = 1] = spec.image;
    const { conditional } = spec;
    const heard = (value: number) => ('levels' in conditional ? (2 * value) / (conditional.levels - 1) - 1 : value);
    this.image = Array.from({ length: height }, (_, r) =>
      Array.from({ length: width }, (_, c) =>
        Array.from({ length: colours }, (_, k) => heard(x[(r * width + c) * colours + k]!)),
      ),
    );
    this.#colours = colours;
    this.#parameters = parameters;
    this.#context = context;
  }

  /** Raster order with the colours of the pixel itself, by the number of channels on either side. */
  raster(own: (from: number, to: number) => boolean, inputs: number, outputs: number, parts = 1): Allowed {
    /** Of a channel among so many. */
    const colour = (channel: number, channels: number) => Math.floor((channel * this.#colours) / channels);
    return (row, column, from, to) => {
      if (row < 0 || (row === 0 && column < 0)) return true;
      if (column > 0) return false;
      const each = outputs / parts;
      return own(colour(from, inputs), colour(to % each, each));
    };
  }

  convolve(name: string, input: Map3, side: Side, allowed: Allowed): Map3 {
    const weight = this.#parameters[`${name}.weight`]!;
    const bias = this.#parameters[`${name}.bias`]!;
    const own = this.#parameters[`context.${name}.weight`];
    const context = this.#context;
    const [inputs, outputs] = [input[0]![0]!.length, bias.length];
    const columns = side.left + 1 + side.right;
    return input.map((line, r) =>
      line.map((_, c) =>
        Array.from(bias, (start, o) => {
          let sum = start;
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

  /** ReLU, a pointwise layer, ReLU, the outputs: [H·W·C·k]. */
  head(h: Map3, features: number, head: number): number[] {
    const hidden = this.convolve('head', relu(h), point, this.raster(upTo, features, head));
    const outputs = this.#parameters['output.bias']!.length;
    return this.convolve('output', relu(hidden), point, this.raster(upTo, head, outputs)).flat(2);
  }
}
