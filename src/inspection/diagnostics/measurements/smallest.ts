import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Model } from '../../../models/model.ts';
import { parameterCount } from '../../../models/parameters.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { messageOf } from '../../../text/messageOf.ts';
import { disposeTensors, upload } from '../../../layers/namedTensors.ts';
import { allRows } from '../../allRows.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import { gradientsIn } from './gradients.ts';
import type { Measurement } from './measurement.ts';

/** The dimensions at which indices run out, divisions are by 0, and layers have nothing to see. */
const DIMENSIONS = [1, 2, 3];
/** Larger models are not built anew for this. */
const PARAMETERS = 2_000_000;
/** Rows scored where they cannot all be. */
const ROWS = 8;
/** All rows are scored where there are no more than these. */
const MOST_ROWS = 64;
const TOTAL_TOLERANCE = 1e-4;

/** What went wrong in a model of the same specification at a few variables. */
export interface SmallestFacts {
  /** Dimensions tried. */
  readonly tried: readonly number[];
  readonly problems: readonly { readonly dimension: number; readonly what: string }[];
}

/** The model of the same specification, built, scored, differentiated and sampled from at D = 1, 2 and 3. */
export const smallest: Measurement<SmallestFacts> = {
  depth: 'facts',
  applies: (model) => parameterCount(model) <= PARAMETERS,
  async *measure(snapshot): Chunked<SmallestFacts | null> {
    const { source } = snapshot;
    if (source.rebuild === undefined) return null;
    const tried: number[] = [];
    const problems: SmallestFacts['problems'][number][] = [];
    for (const dimension of DIMENSIONS) {
      yield;
      try {
        const model = source.rebuild(dimension);
        if (model === null) continue;
        tried.push(dimension);
        const what = await problemOf(model, snapshot);
        if (what !== null) problems.push({ dimension, what });
      } catch (error) {
        tried.push(dimension);
        problems.push({ dimension, what: `fails: ${messageOf(error)}` });
      }
    }
    return tried.length === 0 ? null : { tried, problems };
  },
};

/** What is wrong with a small model, in words; null when nothing is. */
async function problemOf(model: Model, { source }: Snapshot): Promise<string | null> {
  const random = RandomGenerator.seeded(source.seed, 'inspection/smallest');
  const initial = model.initialise(random);
  const { values, rows, all } = rowsFor(model, random);
  const context = contextFor(model, rows);
  const names = model.parameters.map(({ name }) => name);
  const parameters = upload(Object.fromEntries(names.map((name) => [name, initial[name]!])));
  const masks = upload(model.masks(0));
  const noise = upload(model.noise(rows, random));
  const x = tf.tensor2d(values, [rows, model.dimension]);
  const c = context && tf.tensor2d(context, [rows, model.contextDimension]);
  const inputs = { parameters, masks, noise, context: c };
  try {
    const score = tf.tidy(() => model.logProb?.(x, inputs) ?? tf.neg(model.objective(x, inputs)));
    const logProb = await score.data();
    score.dispose();
    const bad = logProb.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) return `the score of a row is ${String(logProb[bad])}`;
    let total = 0;
    for (const value of logProb) total += Math.exp(value);
    if (all && model.quantity.kind === 'exact' && Math.abs(total - 1) > TOTAL_TOLERANCE) {
      return `probabilities sum to ${total.toPrecision(6)}, not to 1`;
    }
    const gradient = await brokenGradient(model, x, inputs);
    if (gradient !== null) return gradient;
    return model.quantity.kind === 'loss' ? null : await drawnBadly(model, initial, context, random);
  } finally {
    disposeTensors(parameters, masks, noise, { x }, c ? { c } : {});
  }
}

/** Every row there can be where they are few, random ones otherwise. */
function rowsFor({ support, dimension, contextDimension }: Model, random: RandomGenerator) {
  const levels = support === 'real' ? Infinity : support === 'binary' ? 2 : support.levels;
  const every = levels ** dimension;
  if (every <= MOST_ROWS && contextDimension === 0) {
    return { values: Float32Array.from(allRows(levels, dimension, 0, every).values), rows: every, all: true };
  }
  const draw = () => (support === 'real' ? random.normal() : random.integer(0, levels - 1));
  return { values: Float32Array.from({ length: ROWS * dimension }, draw), rows: ROWS, all: false };
}

/** The first column of the context is 1 everywhere, as a label's would be. */
function contextFor({ contextDimension }: Model, rows: number): Float32Array | null {
  if (contextDimension === 0) return null;
  return Float32Array.from({ length: rows * contextDimension }, (_, i) => (i % contextDimension === 0 ? 1 : 0));
}

async function brokenGradient(
  model: Model,
  x: Tensor2D,
  inputs: Parameters<Model['objective']>[1],
): Promise<string | null> {
  const gradients = gradientsIn(model, inputs, x);
  try {
    for (const [name, gradient] of Object.entries(gradients)) {
      const values = await gradient.data();
      if (!values.every(Number.isFinite)) return `the gradient of ${name} is not finite`;
    }
    return null;
  } finally {
    disposeTensors(gradients);
  }
}

async function drawnBadly(
  model: Model,
  parameters: Parameters<Model['sample']>[0],
  context: Float32Array | null,
  random: RandomGenerator,
): Promise<string | null> {
  const rows = 2;
  const given = context && context.subarray(0, rows * model.contextDimension);
  const drawing = model.sample(parameters, { rows, random, temperature: 1, mask: 0, context: given, given: null });
  let drawn = await drawing.next();
  while (drawn.done !== true) drawn = await drawing.next();
  return drawn.value.values.every(Number.isFinite) ? null : 'a drawn row holds a value that is not finite';
}
