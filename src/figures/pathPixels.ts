/** How many paths join each pair, as pixels. */
import type { Connectivity } from '../masks/connectivity.ts';
import { logScale, matrixPixels, type Pixels } from './pixels.ts';
import { errorRgb, magnitudeRamp } from './ramps.ts';
import type { Theme } from './theme.ts';

/** One pixel a pair, no path transparent; what is joined and must not be, or is not and should be, in the error colour. */
export function pathPixels(network: Connectivity, outputs: Int32Array, inputs: Int32Array, theme: Theme): Pixels {
  const paths = network.pathMatrix();
  const { dimension } = network;
  const position = logScale(
    0.5,
    paths.reduce((a, b) => Math.max(a, b), 1),
  );
  return matrixPixels({
    rows: dimension,
    columns: dimension,
    ramp: magnitudeRamp(),
    flagged: {
      colour: errorRgb(theme.kind),
      at: (row, column) => {
        const [output, input] = [outputs[row]!, inputs[column]!];
        return paths[output * dimension + input]! > 0 !== network.allowed(output, input);
      },
    },
    position: (row, column) => position(paths[outputs[row]! * dimension + inputs[column]!]!),
  });
}
