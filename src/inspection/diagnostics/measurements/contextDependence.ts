import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../../../data/dataset.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { forwardThrough, type Flow } from '../../../flows/flow.ts';
import { takeColumns } from '../../../layers/columns.ts';
import { type Conditionals, conditionalsOf, type DensityInputs } from '../../../models/model.ts';
import { variablesAt } from '../../flowStructure.ts';
import { disposeTensors } from '../../../layers/namedTensors.ts';
import { type Chunked, densityInputs, noiseFor, type Snapshot } from '../../source.ts';
import { Pace } from '../../ensembleScoring.ts';
import type { Measurement } from './measurement.ts';

/** Most variables, by depth. */
const DIMENSION = { facts: 0, cheap: 64, full: 2048 } as const;
/** Vector–Jacobian products in all, about. */
const PRODUCTS = 4096;
const MOST_ROWS = 16;
const FEWEST_ROWS = 2;

/** How the conditionals, of a flow its u, depend on what rows are conditioned on, with the weights of this moment. */
export interface ContextDependence {
  /** C. */
  readonly size: number;
  /** Rows of data averaged over. */
  readonly rows: number;
  /**
   * [D, C] mean |∂ (parameters of conditional k) / ∂ c_j|, exact, along a fixed direction where there are several; of a
   * flow, of the u that continues variable k.
   */
  readonly values: Float64Array;
  /** Columns of the context with one value in all training rows, from 0. */
  readonly constant: readonly number[];
}

export const contextDependence: Measurement<ContextDependence> = {
  depth: 'cheap',
  applies: (model, depth) => {
    const { flow, contextDimension, dimension } = model;
    return (
      (conditionalsOf(model) !== null || flow !== undefined) && contextDimension > 0 && dimension <= DIMENSION[depth]
    );
  },
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<ContextDependence | null> {
  const { model, seed } = snapshot.source;
  const { flow, dimension, contextDimension: size } = model;
  const { train } = await snapshot.source.dataset();
  const conditionals = conditionalsOf(model);
  const outputs = conditionals ? ofConditionals(conditionals) : flow ? ofFlow(flow) : null;
  if (outputs === null || train.context === undefined) return null;
  const { k } = outputs;
  const random = RandomGenerator.seeded(seed, 'inspection/context');
  const rows = Math.min(train.rows, MOST_ROWS, Math.max(FEWEST_ROWS, Math.round(PRODUCTS / dimension)));
  const picked = Array.from({ length: rows }, () => random.integer(0, train.rows - 1));
  const probe = Float32Array.from({ length: k }, () => (k === 1 ? 1 : random.normal()));
  const values = new Float64Array(dimension * size);
  const inputs = densityInputs(snapshot);
  try {
    const pace = new Pace({ free: false, products: model.densityProducts });
    for (let from = 0, count = 0; from < rows * dimension; from += count) {
      const started = performance.now();
      count = Math.min(pace.rows, rows * dimension - from);
      const gradient = tf.tidy(() => {
        const x = new Float32Array(count * dimension);
        const c = new Float32Array(count * size);
        const dy = new Float32Array(count * dimension * k);
        for (let i = 0; i < count; i++) {
          const [row, output] = [picked[Math.floor((from + i) / dimension)]!, (from + i) % dimension];
          x.set(train.values.subarray(row * dimension, (row + 1) * dimension), i * dimension);
          c.set(train.context!.values.subarray(row * size, (row + 1) * size), i * size);
          dy.set(probe, (i * dimension + output) * k);
        }
        const given = tf.tensor2d(x, [count, dimension]);
        const noise = noiseFor(snapshot, count);
        const derivative = tf.grad((context) => outputs.of(given, { ...inputs, noise, context: context as Tensor2D }));
        return derivative(tf.tensor2d(c, [count, size]), tf.tensor2d(dy, [count, dimension * k]));
      });
      const found = await gradient.data<'float32'>();
      gradient.dispose();
      for (let i = 0; i < count; i++) {
        const into = ((from + i) % dimension) * size;
        for (let j = 0; j < size; j++) values[into + j]! += Math.abs(found[i * size + j]!) / rows;
      }
      pace.took(count, performance.now() - started);
      yield;
    }
  } finally {
    disposeTensors(inputs.masks);
  }
  return { size, rows, values, constant: constantColumns(train.context) };
}

/** [N, D·k], the k columns of a variable side by side. Differentiable in the context. */
interface Outputs {
  readonly k: number;
  of(x: Tensor2D, inputs: DensityInputs): Tensor2D;
}

function ofConditionals(conditionals: Conditionals): Outputs {
  return { k: conditionals.parametersPerVariable, of: (x, inputs) => conditionals.conditionalParameters(x, inputs) };
}

function ofFlow(flow: Flow): Outputs {
  const places = Int32Array.from({ length: flow.dimension });
  for (const [place, variable] of variablesAt(flow, flow.layers.length).entries()) places[variable] = place;
  return { k: 1, of: (x, inputs) => takeColumns(forwardThrough(flow, x, inputs).at(-1)!.y, places) };
}

function constantColumns({ rows, columns, values }: Matrix): number[] {
  const differs = new Uint8Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) if (values[row * columns + j] !== values[j]) differs[j] = 1;
  }
  return [...differs.keys()].filter((j) => differs[j] === 0);
}
