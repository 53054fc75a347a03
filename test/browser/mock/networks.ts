/** Networks that look trained: structures as the engine draws them, weights and Jacobians of plausible shape. */
import { madeStructures, type MadeStructure } from '../../../src/masks/degrees.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { madeMasks } from '../../../src/masks/masks.ts';
import { maskOf, type MaskMatrix } from '../../../src/masks/matrix.ts';
import { networkOf, type MaskedNetwork } from '../../../src/masks/network.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { encodeJacobian } from '../../../src/inspection/jacobianCodes.ts';
import { encodeWeight } from '../../../src/inspection/weightCodes.ts';
import {
  LAST_IN_ORDER,
  type ConnectivityFrame,
  type DependencyFrame,
  type JacobianFrame,
  type WeightMatrix,
} from '../../../src/inspection/frames.ts';
import type { ImageSize } from '../../../src/spec/imageShape.ts';
import { madeSpec, type MadeSpec } from '../../../src/spec/models/made.ts';

export type Shown = Pick<ConnectivityFrame, 'version' | 'step' | 'epoch' | 'mask' | 'maskCount'>;

export function structuresOf(
  dimension: number,
  made: Partial<MadeSpec> & Pick<MadeSpec, 'hidden'>,
): readonly MadeStructure[] {
  const spec = madeSpec.parse({ type: 'made', connectivityAgnostic: false, ...made });
  return madeStructures(spec, dimension, RandomGenerator.seeded(1, 'structure'));
}

/** The structure's masks with ≥ where the output mask needs >: outputs see their own inputs. */
function leakyMasks(structure: MadeStructure): MaskedNetwork {
  const sound = networkOf(madeMasks(structure));
  const [order, below] = [structure.order, structure.hidden.at(-1)!];
  const output = maskOf(order.length, below.length, (d, k) => order[d]! >= below[k]!);
  return { ...sound, masks: [...sound.masks.slice(0, -1), output] };
}

/** Weights that grow with the steps done, many small and few large. */
export function connectivityOf(
  structure: MadeStructure,
  shown: Shown,
  { leaky = false, context = 0 }: { readonly leaky?: boolean; readonly context?: number } = {},
): ConnectivityFrame {
  const masks = leaky ? leakyMasks(structure) : networkOf(madeMasks(structure));
  const matrices = [...masks.masks, ...(masks.direct ? [masks.direct] : [])];
  const found = leaky ? fromMasks(masks, structure.order, structure.hidden) : fromDegrees(structure);
  const { layers, order, direct, joints } = found;
  const into = [1, layers.length - 1];
  const network = {
    ...{ layers, order, direct },
    masks: leaky ? joints.map(({ index }) => found.mask(index)) : null,
    ...(context > 0 && { context: { size: context, into } }),
  };
  const random = RandomGenerator.seeded(shown.mask, 'weights');
  const names = [...structure.hidden.map((_, l) => `hidden.${l}.weight`), 'output.weight', 'direct.weight'];
  const matrix = ({ rows, columns, cells }: MaskMatrix, name: string): WeightMatrix => {
    const values = new Int8Array(rows * columns);
    for (let i = 0; i < values.length; i++) {
      if (cells[i] !== 1) continue;
      const [a, b] = [random.uniform() * 2 - 1, random.uniform()];
      values[i] = encodeWeight(a * b ** 3, 1);
    }
    const scale = (1.6 / Math.sqrt(columns / 16)) * (0.3 + 0.7 * (1 - Math.exp(-shown.step / 400)));
    return { name, rows, columns, binnedRows: rows, binnedColumns: columns, values, scale };
  };
  const weights = matrices.map((own, l) => matrix(own, names[l]!));
  const conditioned = context > 0;
  const companions = matrices.map((own, l) => (conditioned ? matrix(own, `companion of ${names[l]}`) : null));
  const given = conditioned
    ? into.map((l) =>
        matrix(
          maskOf(layers[l]!.units, context, () => true),
          `context ${l}`,
        ),
      )
    : [];
  return { kind: 'connectivity', ...shown, network, weights, companions, context: given };
}

/** Dependence that falls with the distance in the order; `leaks` puts some where there must be none. */
export function jacobianOf(structure: MadeStructure, shown: Shown, leaks = 0): JacobianFrame {
  const { order } = structure;
  const dimension = order.length;
  const random = RandomGenerator.seeded(shown.mask, 'jacobian');
  const values = new Float32Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < dimension; j++) {
      const distance = order[i]! - order[j]!;
      if (distance > 0) values[i * dimension + j] = (0.02 + random.uniform()) * Math.exp(-distance / (dimension / 6));
    }
  }
  const largestLeaks: { output: number; input: number; value: number }[] = [];
  for (let k = 0; k < leaks; k++) {
    const output = (k * 5) % dimension;
    const value = 0.2 / (k + 1);
    values[output * dimension + output] = value;
    largestLeaks.push({ output, input: output, value });
  }
  const found = { leaks, largestLeaks, worstLeak: largestLeaks[0] ?? null, notFinite: 0 };
  return { kind: 'jacobian', ...shown, dimension, order, dataRows: 256, ...encodeJacobian(values, order), ...found };
}

/** One output of it: near pixels count more than far ones; the masks may leak as those of {@link connectivityOf}. */
export function dependencyOf(
  structure: MadeStructure,
  shown: Shown,
  o: { readonly output: number; readonly image: ImageSize | null; readonly leaky: boolean },
): DependencyFrame {
  const { order } = structure;
  const dimension = order.length;
  const output = o.output === LAST_IN_ORDER ? order.indexOf(dimension) : o.output;
  const masks = o.leaky ? leakyMasks(structure) : networkOf(madeMasks(structure));
  const layers = structure.hidden.length + 2;
  const reached = Uint8Array.from(fromMasks(masks, order).below({ layer: layers - 1, unit: output })[0]!);
  const random = RandomGenerator.seeded(output, 'dependency');
  const wide = o.image?.[1] ?? dimension;
  const place = (d: number) => [Math.floor(d / wide), d % wide] as const;
  const [row, column] = place(output);
  const strength = Float32Array.from(reached, (path, d) => {
    const [r, c] = place(d);
    return path === 0 ? 0 : (0.05 + random.uniform()) * Math.exp(-Math.hypot(r - row, c - column) / (0.15 * wide));
  });
  return {
    kind: 'dependency',
    ...shown,
    dimension,
    image: o.image,
    order,
    output,
    layers,
    dataRows: 512,
    reached,
    strength,
  };
}
