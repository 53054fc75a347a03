/** The conditionals of PixelCNN by their definition. */
import type { PixelcnnSpec } from '../../../src/spec/models/pixelcnn.ts';
import { add, before, type Map3, PixelReference, point, relu, toTheLeft, upper, upTo } from './pixelReference.ts';
import type { Values } from './reference.ts';

/** Parameters of all conditionals of one image x [H·W·C], those of a variable side by side. */
export function pixelcnnReference(
  spec: PixelcnnSpec,
  parameters: Values,
  x: ArrayLike<number>,
  context: readonly number[] = [],
): number[] {
  const own = new PixelReference(spec, parameters, x, context);
  const [, , colours = 1] = spec.image;
  const first = spec.maskType === 'A' ? before : upTo;
  const F = spec.features;

  let h: Map3;
  if (spec.stacks === 'single') {
    const half = Math.ceil(F / 2);
    h = own.convolve('input', own.image, upper(spec.firstKernel), own.raster(first, colours, F));
    for (let i = 0; i < spec.layers; i++) {
      const reduced = own.convolve(`blocks.${i}.reduce`, relu(h), point, own.raster(upTo, F, half));
      const around = own.raster(upTo, half, half);
      const spatial = own.convolve(`blocks.${i}.spatial`, relu(reduced), upper(spec.kernel), around);
      h = add(h, own.convolve(`blocks.${i}.expand`, relu(spatial), point, own.raster(upTo, half, F)));
    }
  } else {
    let v = own.convolve('vertical', own.image, upper(spec.firstKernel), (row) => row < 0);
    h = own.convolve('horizontal', own.image, toTheLeft(spec.firstKernel), own.raster(first, colours, F));
    for (let i = 0; i < spec.layers; i++) {
      const above = own.convolve(`layers.${i}.vertical`, v, upper(spec.kernel), () => true);
      const handed = own.convolve(`layers.${i}.between`, above, point, () => true);
      const beside = own.raster(upTo, F, 2 * F, 2);
      const along = own.convolve(`layers.${i}.horizontal`, h, toTheLeft(spec.kernel), beside);
      const gated = gate(add(along, handed));
      h = add(h, own.convolve(`layers.${i}.residual`, gated, point, own.raster(upTo, F, F)));
      v = gate(above);
    }
  }
  return own.head(h, F, spec.head);
}

const gate = (map: Map3): Map3 =>
  map.map((line) =>
    line.map((cell) => {
      const half = cell.length / 2;
      return Array.from({ length: half }, (_, k) => Math.tanh(cell[k]!) / (1 + Math.exp(-cell[half + k]!)));
    }),
  );
