/**
 * The conditionals of PixelRNN by their definition (van den Oord, Kalchbrenner & Kavukcuoglu 2016, section 3 and equation 3):
 * states pixel after pixel from those of their neighbours, without skewing, in float64.
 */
import type { PixelrnnSpec } from '../../../src/spec/models/pixelrnn.ts';
import { add, before, type Map3, PixelReference, point, toTheLeft, upper, upTo } from './pixelReference.ts';
import type { Values } from './reference.ts';

/** Parameters of all conditionals of one image x [H·W·C], those of a variable side by side. */
export function pixelrnnReference(
  spec: PixelrnnSpec,
  parameters: Values,
  x: ArrayLike<number>,
  context: readonly number[] = [],
): number[] {
  const own = new PixelReference(spec, parameters, x, context);
  const [, , colours = 1] = spec.image;
  const { features: F, kernel, cell } = spec;
  const units = Math.ceil(F / 2);
  const state = (name: string) => parameters[`${name}.state.weight`]!;
  const masked = own.raster(spec.maskType === 'A' ? before : upTo, colours, F);

  let h = own.convolve('input', own.image, upper(spec.firstKernel), masked);
  for (let i = 0; i < spec.layers; i++) {
    const layer = `layers.${i}`;
    let found: Map3;
    if (cell === 'row-lstm') {
      const gates = own.convolve(`${layer}.input`, h, toTheLeft(kernel), own.raster(upTo, F, 4 * units, 4));
      const half = (kernel - 1) / 2;
      const row = Array.from({ length: kernel }, (_, j): Neighbour => [-1, j - half]);
      // The memory is that of the pixel above.
      found = lstm(gates, { weight: state(layer), heard: row, memory: [-1, 0], fromRight: false });
    } else {
      const left = own.convolve(`${layer}.left.input`, h, point, own.raster(upTo, F, 4 * units, 4));
      const first = i === 0 && own.convolve('inputRight', own.image, upper(spec.firstKernel), () => true);
      const right = own.convolve(`${layer}.right.input`, first || h, point, () => true);
      const [fromLeft, fromRight] = ([-1, 1] as const).map((side) =>
        lstm(side < 0 ? left : right, {
          weight: state(`${layer}.${side < 0 ? 'left' : 'right'}`),
          heard: [
            [-1, 0],
            [0, side],
          ],
          memory: [0, side],
          fromRight: side > 0,
        }),
      ) as [Map3, Map3];
      const nothing = fromRight[0]!.map((cell) => cell.map(() => 0));
      found = add(fromLeft, [nothing, ...fromRight.slice(0, -1)]);
    }
    const expanded = own.convolve(`${layer}.expand`, found, point, own.raster(upTo, units, F));
    h = spec.residual ? add(h, expanded) : expanded;
  }
  return own.head(h, F, spec.head);
}

type Neighbour = readonly [row: number, column: number];

export interface Recurrence {
  /** [4·units, heard·units] */
  readonly weight: ArrayLike<number>;
  readonly heard: readonly Neighbour[];
  /** Whose memory is kept. */
  readonly memory: Neighbour;
  readonly fromRight: boolean;
}

/** [o, f, i] = σ, g = tanh of K_ss ∗ h + K_is ∗ x; c = f c + i g; h = o tanh(c). Nothing is heard from outside. */
export function lstm(gates: Map3, { weight, heard, memory, fromRight }: Recurrence): Map3 {
  const [height, width] = [gates.length, gates[0]!.length];
  const units = gates[0]![0]!.length / 4;
  const empty = (): (number[] | undefined)[][] => Array.from({ length: height }, () => []);
  const [h, c] = [empty(), empty()];
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  for (let r = 0; r < height; r++)
    for (let step = 0; step < width; step++) {
      const column = fromRight ? width - 1 - step : step;
      const z = gates[r]![column]!.map((start, gate) => {
        let sum = start;
        for (const [n, [up, side]] of heard.entries())
          for (const [v, value] of (h[r + up]?.[column + side] ?? []).entries())
            sum += weight[(gate * heard.length + n) * units + v]! * value;
        return sum;
      });
      const kept = c[r + memory[0]]?.[column + memory[1]];
      const own = Array.from(
        { length: units },
        (_, u) => sigmoid(z[units + u]!) * (kept?.[u] ?? 0) + sigmoid(z[u]!) * Math.tanh(z[3 * units + u]!),
      );
      c[r]![column] = own;
      h[r]![column] = own.map((value, u) => sigmoid(z[2 * units + u]!) * Math.tanh(value));
    }
  return h as Map3;
}
