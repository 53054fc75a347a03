/** Small flows to look at, put together by hand. */
import type { Base } from '../../../src/flows/base.ts';
import { gaussian } from '../../../src/flows/bases.ts';
import { inverted } from '../../../src/flows/bijector.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import type { FlowLayer } from '../../../src/flows/flow.ts';
import { maskedAutoregressive } from '../../../src/flows/maskedAutoregressive.ts';
import { permutation, reversal } from '../../../src/flows/permutation.ts';
import { scaling } from '../../../src/flows/scaling.ts';
import { FlowModel } from '../../../src/models/flowModel.ts';
import type { Matrix } from '../../../src/data/dataset.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

export interface FlowSpecimen {
  readonly dimension: number;
  readonly layers?: readonly FlowLayer[];
  readonly base?: Base;
  readonly contextDimension?: number;
  readonly levels?: number;
}

/** Affine couplings in turn, a reversal between them, and a scaling at the end; Gaussian unless told. */
export function flowModel(o: FlowSpecimen): FlowModel {
  const { dimension, contextDimension = 0, levels = null } = o;
  const layers = o.layers ?? [
    couplingLayer(dimension, 0, contextDimension),
    reversalLayer(dimension),
    couplingLayer(dimension, 0, contextDimension),
    { kind: 'scaling', title: 'Scaling', about: 'every variable is scaled', bijector: scaling(dimension) },
  ];
  return new FlowModel({
    // The type only names it here.
    type: 'made',
    contextDimension,
    levels,
    buffers: {},
    assemble: () => ({ dimension, layers, base: o.base ?? gaussian(dimension) }),
  });
}

export function couplingLayer(dimension: number, parity: 0 | 1, contextDimension = 0): FlowLayer {
  const passes = Uint8Array.from({ length: dimension }, (_, d) => (d % 2 === parity ? 1 : 0));
  const bijector = coupling({ passes, hidden: [8], activation: 'tanh', contextDimension, law: 'tanh' });
  return { kind: 'coupling', title: 'Affine coupling', about: 'x₁ passes, x₂ moves', bijector };
}

export function reversalLayer(dimension: number): FlowLayer {
  const bijector = permutation(reversal(dimension));
  return { kind: 'permutation', title: 'Reversal', about: 'the order is reversed', bijector };
}

export function autoregressiveLayer(dimension: number, direction: 'forward' | 'inverse' = 'forward'): FlowLayer {
  const order = Int32Array.from({ length: dimension }, (_, d) => d + 1);
  const bijector = maskedAutoregressive({
    structure: {
      order,
      hidden: [Int32Array.from({ length: 12 }, (_, k) => 1 + (k % Math.max(1, dimension - 1)))],
      direct: false,
    },
    activation: 'tanh',
    contextDimension: 0,
    scale: 'exponential',
    networks: 'one',
  });
  return direction === 'forward'
    ? { kind: 'autoregressive', title: 'Masked autoregressive layer', about: 'x₁ … decide', bijector }
    : {
        kind: 'inverse-autoregressive',
        title: 'Inverse autoregressive layer',
        about: 'u₁ … decide',
        bijector: inverted(bijector, bijector.dependencies),
      };
}

/** Rows of a correlated Gaussian, not around the origin. */
export function realRows(rows: number, columns: number, seed = 5): Matrix {
  const random = RandomGenerator.seeded(seed, 'real rows');
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let before = 0;
    for (let d = 0; d < columns; d++) {
      before = 0.6 * before + random.normal();
      values[row * columns + d] = 1 + 0.7 * before;
    }
  }
  return { rows, columns, values };
}
