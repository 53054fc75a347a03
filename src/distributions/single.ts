/** One component on its own: a mean and a log-scale a variable, k = 2. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';
import type { Component } from './component.ts';
import type { Conditional } from './conditional.ts';
import { columnsOf, entriesAsColumn } from './perEntry.ts';
import { flooredScale, flooredScaleOf, flooredScaleSlope } from './scale.ts';
import { sumOfRows } from './sum.ts';

export function single(type: string, component: Component): Conditional {
  const logScaleAt = (parameters: Float64Array, at: number) => flooredScaleOf(parameters[at + 1]!, component.floor);
  const entries = (x: Tensor2D, parameters: Tensor2D): Tensor2D => {
    const [mean, s] = columnsOf(parameters, x, [1, 1]) as [Tensor2D, Tensor2D];
    return tf.reshape(component.log(entriesAsColumn(x), mean, flooredScale(s, component.floor)), x.shape);
  };
  const nll = (x: Tensor2D, parameters: Tensor2D, byValue: boolean): Tensor1D =>
    differentiable(byValue ? [parameters, x] : [parameters], () => ({
      value: tf.neg(sumOfRows(entries(x, parameters))),
      saved: [x, parameters],
      gradient: (dy, saved) => {
        const [x, parameters] = saved as [Tensor2D, Tensor2D];
        const [mean, s] = columnsOf(parameters, x, [1, 1]) as [Tensor2D, Tensor2D];
        const logScale = flooredScale(s, component.floor);
        const [toMean, toLogScale] = component.gradient(entriesAsColumn(x), mean, logScale);
        const slope = flooredScaleSlope(s, component.floor);
        const each = tf.concat([toMean, tf.mul<Tensor2D>(toLogScale, slope)], 1);
        const rows = tf.expandDims<Tensor2D>(dy, 1);
        const byParameters = tf.mul(tf.reshape(each, parameters.shape), tf.neg(rows));
        return byValue ? [byParameters, tf.mul(tf.reshape(toMean, x.shape), rows)] : [byParameters];
      },
    }));
  return {
    type,
    parameterNames: ['mean', 'log-scale'],
    support: component.support,
    input: component.input,

    entries,
    nll: (x, parameters) => nll(x, parameters, false),
    ...(component.support === 'real' && { nllByValue: (x, parameters) => nll(x, parameters, true) }),
    initialBias: () => Float32Array.of(0, 0),

    logProb: (x, parameters, at) => component.logOf(x, parameters[at]!, logScaleAt(parameters, at)),
    mean: (parameters, at, temperature) =>
      component.meanOf(parameters[at]!, logScaleAt(parameters, at) + Math.log(temperature)),
    uniforms: component.uniforms,
    draw: (parameters, at, temperature, uniforms, from) =>
      component.draw(parameters[at]!, logScaleAt(parameters, at) + Math.log(temperature), uniforms, from),
    entropy(parameters, at) {
      const [mean, logScale] = [parameters[at]!, logScaleAt(parameters, at)];
      const surprise = (x: number) => {
        const log = component.logOf(x, mean, logScale);
        return -log * Math.exp(log);
      };
      return component.total(surprise, [mean], [logScale]);
    },
  };
}
