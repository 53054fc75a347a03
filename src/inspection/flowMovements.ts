/** By what the layers of a flow move rows: computed anew for rows whose places before and after every layer are known. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { inputsOfLayer, type Flow } from '../flows/flow.ts';
import { disposeTensors } from '../layers/namedTensors.ts';
import type { Model } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import { forward, Pace } from './ensembleScoring.ts';
import { densityInputs, type Chunked, type Snapshot } from './source.ts';

/** How many rows go through a layer at a time. @param free whether nothing trains meanwhile */
export function movementPace(model: Model, free: boolean): Pace {
  return new Pace({ free, products: model.densityProducts ?? parameterCount(model) });
}

/** [rows, D] by how much each entry is moved, or null where nothing is. */
export interface Moved {
  readonly logScale: Float32Array | null;
  readonly shift: Float32Array | null;
}

export interface Looked {
  readonly flow: Flow;
  /** Which layer. */
  readonly l: number;
  /** [rows, D] at every stage. */
  readonly places: readonly Float32Array[];
  readonly rows: number;
  readonly context: Float32Array | null;
  /** Of all layers together: each takes about as long for a row as the others. */
  readonly pace: Pace;
}

/** By what a layer moves each entry, in as many rows at a time as others can wait for. */
export async function* movementOf(
  snapshot: Snapshot,
  { flow, l, places, rows, context, pace }: Looked,
): Chunked<Moved> {
  const { bijector } = flow.layers[l]!;
  const { dimension } = flow;
  if (!bijector.movement) return { logScale: null, shift: null };
  const { backend } = snapshot.source;
  const { tf } = backend;
  const inputs = densityInputs(snapshot);
  const shift = new Float32Array(rows * dimension);
  let logScale: Float32Array | null = null;
  try {
    for (let from = 0; from < rows;) {
      const to = Math.min(rows, from + pace.rowsOn(backend));
      const begun = performance.now();
      const piece = (all: Float32Array) => {
        const columns = all.length / rows;
        return tf.tensor2d(all.slice(from * columns, to * columns), [to - from, columns]);
      };
      const given = () => ({
        ...{ ...inputs, context: context && piece(context) },
        ...{ before: piece(places[l]!), after: piece(places[l + 1]!) },
      });
      const tensors = tf.tidy(() =>
        forward(
          snapshot,
          `movement of layer ${l}`,
          ({ before, after, ...own }: ReturnType<typeof given>): Tensor[] => {
            const movement = bijector.movement!(before, inputsOfLayer(own, l), after);
            return [movement.shift, ...(movement.logScale ? [movement.logScale] : [])];
          },
          given(),
        ),
      );
      try {
        const found = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
        shift.set(found[0]!, from * dimension);
        if (found[1]) (logScale ??= new Float32Array(rows * dimension)).set(found[1], from * dimension);
      } finally {
        for (const tensor of tensors) tensor.dispose();
      }
      pace.took(to - from, performance.now() - begun);
      from = to;
      yield;
    }
  } finally {
    disposeTensors(inputs.masks);
  }
  return { logScale, shift: shift.some((value) => value !== 0) ? shift : null };
}
