/**
 * Parameters of a flow that are set from the moments of rows, layer by layer: what comes into a layer depends on how those
 * before it were set. All rows are carried through the layers once.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import type { Normaliser } from '../flows/bijector.ts';
import { inFlow, inputsOfLayer, type Flow } from '../flows/flow.ts';
import { momentsOf } from '../flows/moments.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { Model, NamedTensors } from './model.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

/** Rows computed at a time. */
const BATCH_ROWS = 500;
/** Values held at most, 256 MiB: of more rows as many as fit, evenly spread, are measured. */
const MOST_VALUES = 2 ** 26;

/** When the flow's layers are to be measured. */
export function normalisersOf({ layers }: Flow): ReadonlySet<Normaliser['when']> {
  return new Set(layers.flatMap(({ bijector }) => (bijector.normaliser ? [bijector.normaliser.when] : [])));
}

type Measured = Pick<Model, 'noise' | 'masks' | 'dimension'> & { readonly flow: Flow };

/**
 * The parameters that layers take from moments of these rows, by their names in the flow. Grey levels are dequantised with
 * the same noise every time.
 * @param parameters Of the whole flow; those to be measured are not read.
 */
export async function* measureFlow(
  model: Measured,
  when: Normaliser['when'],
  parameters: NamedTensors,
  matrix: Matrix,
): AsyncGenerator<void, NamedArrays, void> {
  const { flow, dimension } = model;
  const last = flow.layers.findLastIndex(({ bijector }) => bijector.normaliser?.when === when);
  const { rows, values, context } = begun(model, matrix);
  const found: Record<string, NamedArrays[string]> = {};
  const masks = upload(model.masks(0));
  // The caller may dispose of its own between two pieces.
  const held: NamedTensors = Object.fromEntries(
    Object.entries(parameters).map(([name, tensor]) => [name, tf.clone(tensor)]),
  );
  let fresh: NamedTensors = {};
  try {
    for (let l = 0; l <= last; l++) {
      const { bijector } = flow.layers[l]!;
      if (bijector.normaliser?.when === when) {
        const own = inFlow(bijector.normaliser.parametersOf(momentsOf(values, dimension)), l);
        Object.assign(found, own);
        fresh = { ...fresh, ...upload(own) };
      }
      if (l === last) break;
      for (let begin = 0; begin < rows; begin += BATCH_ROWS) {
        const end = Math.min(rows, begin + BATCH_ROWS);
        const y = tf.tidy((): Tensor2D => {
          const x = part(values, dimension, begin, end);
          const given = context && part(context.values, context.columns, begin, end);
          const inputs = { parameters: { ...held, ...fresh }, masks, context: given };
          return bijector.forward(x, inputsOfLayer(inputs, l)).y;
        });
        try {
          values.set(await y.data<'float32'>(), begin * dimension);
        } finally {
          y.dispose();
        }
        yield;
      }
    }
    return found;
  } finally {
    disposeTensors(masks, held, fresh);
  }
}

interface Begun {
  readonly rows: number;
  /** [rows, D], to be overwritten. */
  readonly values: Float32Array;
  readonly context: { readonly values: Float32Array; readonly columns: number } | null;
}

/** The rows as they come into the first layer. */
function begun(model: Measured, matrix: Matrix): Begun {
  const { dimension } = model;
  const rows = Math.max(1, Math.min(matrix.rows, Math.floor(MOST_VALUES / dimension)));
  const at = (row: number) => Math.floor((row * matrix.rows) / rows);
  const picked = ({ columns, values }: Matrix) => {
    const all = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      all.set(values.subarray(at(row) * columns, (at(row) + 1) * columns), row * columns);
    }
    return all;
  };
  const values = picked(matrix);
  for (const { data } of Object.values(model.noise(rows, RandomGenerator.seeded(0, 'moments')))) {
    for (let i = 0; i < values.length; i++) values[i]! += data[i]!;
  }
  const { context } = matrix;
  return { rows, values, context: context ? { values: picked(context), columns: context.columns } : null };
}

function part(values: Float32Array, columns: number, begin: number, end: number): Tensor2D {
  return tf.tensor2d(values.subarray(begin * columns, end * columns), [end - begin, columns]);
}
