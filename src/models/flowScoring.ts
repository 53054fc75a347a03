/**
 * log p of rows under a flow whose way to the base is sequential (IAF), without gradients: sequential layers the
 * incremental way, about one pass each, all others on the device.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { BijectorInputs } from '../flows/bijector.ts';
import { type Flow, inputsOfLayer, logBaseProb, ofLayer } from '../flows/flow.ts';
import { download } from '../layers/namedTensors.ts';

/** Beyond this every base has no probability that float32 could tell from none, and layers soon have no numbers. */
export const BEYOND = 1e12;

/** Whether rows come to the base one variable after the other in any of the layers. */
export function isSequential({ layers }: Flow): boolean {
  return layers.some(({ bijector }) => bijector.incremental?.direction === 'forward');
}

/**
 * log p(x) of rows x [N, D] in nats, [N]; −∞ for rows that the layers carry out of the finite numbers, NaN where there were
 * none from the start. Yields between pieces of work. The tensors are the caller's.
 */
export async function* scoreFlow(
  flow: Flow,
  x: Tensor2D,
  inputs: BijectorInputs,
): AsyncGenerator<void, Float64Array, void> {
  const [rows] = x.shape;
  const logProb = new Float64Array(rows);
  const add = (terms: ArrayLike<number>) => {
    for (let n = 0; n < rows; n++) logProb[n]! += terms[n]!;
  };
  const context = inputs.context && (await inputs.context.data<'float32'>());
  let values: Float32Array = (await x.data<'float32'>()).slice();
  /** 1 at rows that have been too large somewhere: further layers may make NaN of them. */
  const away = new Uint8Array(rows);
  const mark = () => {
    for (const [at, value] of values.entries()) {
      if (Math.abs(value) > BEYOND) away[Math.floor(at / flow.dimension)] = 1;
    }
  };
  /** Takes the rows through layers that follow each other on the device, and to the base where these are the last. */
  const throughDevice = async (layers: readonly number[], toBase: boolean) => {
    const [u, terms] = tf.tidy((): [Tensor2D, Tensor1D] => {
      let u = tf.tensor2d(values, [rows, flow.dimension]);
      let sum: Tensor1D = tf.zeros([rows]);
      for (const l of layers) {
        const { y, logDet } = flow.layers[l]!.bijector.forward(u, inputsOfLayer(inputs, l));
        u = y;
        sum = tf.add(sum, logDet);
      }
      return [u, toBase ? tf.add(sum, logBaseProb(flow, u, inputs)) : sum];
    });
    try {
      add(await terms.data<'float32'>());
      values = (await u.data<'float32'>()).slice();
      mark();
    } finally {
      tf.dispose([u, terms]);
    }
  };

  let waiting: number[] = [];
  for (const [l, { bijector }] of flow.layers.entries()) {
    const { incremental } = bijector;
    if (incremental?.direction !== 'forward') {
      waiting.push(l);
      continue;
    }
    if (waiting.length > 0) await throughDevice(waiting, false);
    waiting = [];
    const own = await download(ofLayer(inputs.parameters, l));
    const computing = incremental.compute(own, values, rows, context);
    let step = computing.next();
    try {
      for (; !step.done; step = computing.next()) yield;
    } finally {
      if (!step.done) computing.return(undefined as never);
    }
    add(step.value.logDet);
    ({ values } = step.value);
    mark();
  }
  await throughDevice(waiting, true);
  return logProb.map((log, n) => (Number.isNaN(log) && away[n] === 1 ? -Infinity : log));
}
