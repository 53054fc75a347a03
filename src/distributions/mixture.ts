/**
 * A mixture of C components of one family: p(x) = Σ_c π_c f(x; μ_c, σ_c), π = softmax of C logits; k = 3 C parameters a
 * variable: all logits, then all means, then all log-scales (Bishop 1994, "Mixture density networks").
 *
 * With r_c = π_c f_c / p, the share of component c in x: ∂ log p / ∂ logit_c = r_c − π_c, and a component's own
 * derivatives are weighted by r_c.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';
import type { Component } from './component.ts';
import type { Conditional } from './conditional.ts';
import { logSumExp, logSumExpOfRows, pick, tempered } from './logSumExp.ts';
import { columnsOf, entriesAsColumn } from './perEntry.ts';
import { flooredScale, flooredScaleOf, flooredScaleSlope } from './scale.ts';
import { sumOfRows } from './sum.ts';

/** Where a mixture begins: means spread evenly over ± `spread`, so that its components differ. */
export interface MixtureStart {
  readonly spread: number;
  readonly logScale: number;
}

interface Split {
  readonly logits: Tensor2D;
  readonly means: Tensor2D;
  /** As the network gives them, before the floor. */
  readonly scales: Tensor2D;
}

export function mixture(type: string, component: Component, count: number, start: MixtureStart): Conditional {
  const { floor } = component;
  const numbers = Array.from({ length: count }, (_, c) => c);
  const split = (x: Tensor2D, parameters: Tensor2D): Split => {
    const [logits, means, scales] = columnsOf(parameters, x, [count, count, count]) as [Tensor2D, Tensor2D, Tensor2D];
    return { logits, means, scales };
  };
  /** log π_c f_c(x), up to the logits' own log Σ exp, which is left out: [N·D, C]. */
  const joint = (x: Tensor2D, { logits, means, scales }: Split): Tensor2D =>
    tf.add(logits, component.log(entriesAsColumn(x), means, flooredScale(scales, floor)));

  const nll = (x: Tensor2D, parameters: Tensor2D, byValue: boolean): Tensor1D =>
    differentiable(byValue ? [parameters, x] : [parameters], () => {
      const parts = split(x, parameters);
      const terms = joint(x, parts);
      const [all, prior] = [logSumExpOfRows(terms), logSumExpOfRows(parts.logits)];
      return {
        value: tf.neg(sumOfRows(tf.reshape(tf.sub(all, prior), x.shape))),
        saved: [x, parameters, tf.exp(tf.sub(terms, all)), tf.exp(tf.sub(parts.logits, prior))],
        gradient: (dy, saved) => {
          const [x, parameters, share, weight] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
          const { means, scales } = split(x, parameters);
          const [toMean, toLogScale] = component.gradient(entriesAsColumn(x), means, flooredScale(scales, floor));
          const byMeans = tf.mul<Tensor2D>(share, toMean);
          const each = tf.concat(
            [
              tf.sub<Tensor2D>(share, weight),
              byMeans,
              tf.mul<Tensor2D>(tf.mul(share, toLogScale), flooredScaleSlope(scales, floor)),
            ],
            1,
          );
          const rows = tf.expandDims<Tensor2D>(dy, 1);
          const byParameters = tf.mul(tf.reshape(each, parameters.shape), tf.neg(rows));
          // A value moves as all means would the other way.
          return byValue ? [byParameters, tf.mul(tf.reshape(sumOfRows(byMeans), x.shape), rows)] : [byParameters];
        },
      };
    });

  const logits = (parameters: Float64Array, at: number) => (c: number) => parameters[at + c]!;
  const meanAt = (parameters: Float64Array, at: number, c: number) => parameters[at + count + c]!;
  const logScaleAt = (parameters: Float64Array, at: number, c: number) =>
    flooredScaleOf(parameters[at + 2 * count + c]!, floor);

  const logProb = (x: number, parameters: Float64Array, at: number): number => {
    const logit = logits(parameters, at);
    const term = (c: number) => logit(c) + component.logOf(x, meanAt(parameters, at, c), logScaleAt(parameters, at, c));
    return logSumExp(count, term) - logSumExp(count, logit);
  };

  return {
    type,
    parameterNames: ['mixture logit', 'mean', 'log-scale'].flatMap((name) => numbers.map((c) => `${name} ${c + 1}`)),
    support: component.support,
    input: component.input,

    entries(x, parameters) {
      const parts = split(x, parameters);
      const log = tf.sub(logSumExpOfRows(joint(x, parts)), logSumExpOfRows(parts.logits));
      return tf.reshape(log, x.shape);
    },
    nll: (x, parameters) => nll(x, parameters, false),
    ...(component.support === 'real' && { nllByValue: (x, parameters) => nll(x, parameters, true) }),
    initialBias() {
      const means = numbers.map((c) => (count === 1 ? 0 : start.spread * ((2 * c) / (count - 1) - 1)));
      return Float32Array.from([...numbers.map(() => 0), ...means, ...numbers.map(() => start.logScale)]);
    },

    logProb,
    mean(parameters, at, temperature) {
      const logit = tempered(count, logits(parameters, at), temperature);
      const all = logSumExp(count, logit);
      return numbers.reduce((sum, c) => {
        const logScale = logScaleAt(parameters, at, c) + Math.log(temperature);
        return sum + Math.exp(logit(c) - all) * component.meanOf(meanAt(parameters, at, c), logScale);
      }, 0);
    },
    uniforms: 1 + component.uniforms,
    draw(parameters, at, temperature, uniforms, from) {
      const c = pick(count, tempered(count, logits(parameters, at), temperature), uniforms[from]!);
      const logScale = logScaleAt(parameters, at, c) + Math.log(temperature);
      return component.draw(meanAt(parameters, at, c), logScale, uniforms, from + 1);
    },
    entropy(parameters, at) {
      const surprise = (x: number) => {
        const log = logProb(x, parameters, at);
        return log === -Infinity ? 0 : -log * Math.exp(log);
      };
      const means = numbers.map((c) => meanAt(parameters, at, c));
      const logScales = numbers.map((c) => logScaleAt(parameters, at, c));
      return component.total(surprise, means, logScales);
    },
  };
}
