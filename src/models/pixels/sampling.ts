/**
 * Ancestral sampling of a network over pixels at the cost of about one density pass: of every map only what is new is
 * computed, at the pixel and for the colour that comes next, and kept for the pixels whose kernels will reach it. The naive
 * way computes all maps anew for every variable: D passes.
 */
import type { Conditional } from '../../distributions/conditional.ts';
import { Breath } from '../../layers/breath.ts';
import { checkContext } from '../../layers/incremental.ts';
import type { NamedArrays } from '../../runs/arrays.ts';
import type { PixelNetwork } from '../../masks/pixels/network.ts';
import { checkGiven, checkTemperature } from '../drawing.ts';
import type { SampleProgress, SampleRequest, Samples } from '../model.ts';
import { PixelWalk } from './walk.ts';

export interface DrawnNetwork {
  readonly network: PixelNetwork;
  readonly conditional: Conditional;
  readonly parameters: NamedArrays;
  /** C, columns that images are conditioned on. */
  readonly contextDimension: number;
}

/**
 * Draws `request.rows` images, or completes them; image i is the same however many are asked for. The means are those of the
 * distribution each value was drawn from, temperature included; of what was given, those of the model.
 * @throws RangeError when the temperature is not positive, when given variables do not come before all others in the raster,
 *   or when context or given values have another size than the rows.
 */
export function* samplePixels(
  { network, conditional, parameters, contextDimension }: DrawnNetwork,
  request: SampleRequest,
): Generator<SampleProgress, Samples, void> {
  const { rows, random, temperature, context, given } = request;
  const [height, width, colours] = network.image;
  const dimension = height * width * colours;
  checkTemperature(temperature);
  checkContext(context, rows, contextDimension);
  if (given) checkGiven(rasterOrder(dimension), given, rows);
  const values = new Float32Array(rows * dimension).fill(NaN);
  const means = new Float32Array(rows * dimension).fill(NaN);
  const uniforms = new Float64Array(16 * dimension * conditional.uniforms);
  const scratch = new Float64Array(conditional.parameterNames.length);
  const { scale, shift } = conditional.input;
  const binary = conditional.support === 'binary';
  const breath = new Breath();
  const walk = new PixelWalk(network, parameters, Math.min(rows, 16));
  try {
    for (let first = 0; first < rows; first += walk.lanes) {
      const count = Math.min(walk.lanes, rows - first);
      for (let i = 0; i < count * dimension * conditional.uniforms; i++) uniforms[i] = random.uniform();
      walk.begin(context, first, count);
      for (let d = 0; d < dimension; d++) {
        walk.advance(d);
        for (let lane = 0; lane < count; lane++) {
          walk.read(lane, scratch);
          const at = (first + lane) * dimension + d;
          const mean = conditional.mean(scratch, 0, temperature);
          means[at] = mean;
          const from = (lane * dimension + d) * conditional.uniforms;
          let value: number;
          if (given?.known[d] === 1) value = given.values[at]!;
          // A variable of two values is known by its mean.
          else if (binary) value = uniforms[from]! < mean ? 1 : 0;
          else value = conditional.draw(scratch, 0, temperature, uniforms, from);
          values[at] = value;
          walk.hear(lane, scale * value + shift);
        }
        if (!breath.due) continue;
        yield { finished: first, share: (first + (count * (d + 1)) / dimension) / rows, values };
        breath.drawn();
      }
      yield { finished: first + count, share: (first + count) / rows, values };
      breath.drawn();
    }
  } finally {
    walk.release();
  }
  return { rows, dimension, values, means };
}

function rasterOrder(dimension: number): Int32Array {
  return Int32Array.from({ length: dimension }, (_, d) => d + 1);
}
