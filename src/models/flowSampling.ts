/** Rows of a flow: drawn from its base and led back through its layers, x = f⁻¹(u). */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { type Pass, passesOn } from '../backends/compiledPasses.ts';
import { leavesOf } from '../backends/tensorTree.ts';
import type { BijectorInputs } from '../flows/bijector.ts';
import { type Flow, type FlowLayer, inFlow, inputsOfLayer, ofBase, ofLayer } from '../flows/flow.ts';
import { MadeUp } from '../layers/madeUp.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { Support } from '../spec/support.ts';
import { checkTemperature } from './drawing.ts';
import { batchesOf, compiling, type DrawingPrograms } from './drawingPrograms.ts';
import type { Model, SampleProgress, SampleRequest, Samples } from './model.ts';
import { fixedMasks } from './structures.ts';
import { triedWeights } from './triedWeights.ts';

interface Drawn extends Pick<Model, 'initialise' | 'maskCount' | 'masks' | 'parameters'> {
  readonly flow: Flow;
  readonly support: Support;
}

/**
 * Draws rows; the temperature multiplies the distance of u from the middle of the base. Sequential layers are computed the
 * incremental way, others on the device. Of grey levels the whole number below is drawn.
 * @throws RangeError for a temperature that is not above 0, and where values are given to be completed.
 */
export async function* drawFlow(
  model: Drawn,
  parameters: NamedArrays,
  { rows, random, temperature, context, given, programs }: SampleRequest,
): AsyncGenerator<SampleProgress, Samples, void> {
  checkTemperature(temperature);
  if (given !== null) throw new RangeError('a flow draws all variables of a row at once; none can be given');
  const { support } = model;
  const { dimension, layers, base } = model.flow;
  const masks = model.masks(0);
  const nothing = new Float32Array(rows * dimension).fill(NaN);
  // The base counts as a layer.
  const told = (done: number): SampleProgress => ({ finished: 0, share: done / (layers.length + 1), values: nothing });
  const request = { rows, random, temperature, parameters: ofBase(parameters), context };
  let values = yield* mapped(base.draw(request), told);
  for (let l = layers.length - 1; l >= 0;) {
    const done = layers.length - l;
    const { incremental } = layers[l]!.bijector;
    if (incremental?.direction === 'inverse') {
      const own = ofLayer(parameters, l--);
      const result = yield* mapped(incremental.compute(own, values, rows, context), (share) => told(done + share));
      ({ values } = result);
      continue;
    }
    const run = { first: firstOnDevice(layers, l), last: l };
    // Between sequential layers there is little to compute (measured of a MAF: nothing is gained), and a program for each piece.
    const isWhole = run.first === 0 && run.last === layers.length - 1;
    const given = { parameters, masks, values, context, programs: isWhole ? programs : undefined };
    for await (const share of inverseOnDevice(model, run, given)) yield told(done + share * (l - run.first + 1));
    l = run.first - 1;
  }
  return { rows, dimension, values: onLevels(values, support), means: null };
}

/** Shares of one piece of work as progress of the whole. */
function* mapped<T>(
  work: Generator<number, T, void>,
  told: (share: number) => SampleProgress,
): Generator<SampleProgress, T, void> {
  let step = work.next();
  while (!step.done) {
    yield told(step.value);
    step = work.next();
  }
  return step.value;
}

/** The lowest of the layers below layer `last`, itself among them, that go back on the device one after the other. */
function firstOnDevice(layers: readonly FlowLayer[], last: number): number {
  let first = last;
  while (first > 0 && layers[first - 1]!.bijector.incremental?.direction !== 'inverse') first--;
  return first;
}

/** Neighbouring layers, by their numbers. */
interface Run {
  readonly first: number;
  readonly last: number;
}

/** Rows on their way, and what they are led back with: all of the flow's parameters and masks. */
interface Way extends Pick<SampleRequest, 'context'> {
  /** [rows, D] */
  readonly values: Float32Array;
  readonly parameters: NamedArrays;
  readonly masks: NamedArrays;
  /** For layers that are all there are. */
  readonly programs: DrawingPrograms | undefined;
}

/** What a batch is led back with, and y [N, D], where it stands behind the last layer. */
interface Inputs extends BijectorInputs {
  readonly y: Tensor2D;
}

/**
 * Leads rows back through neighbouring layers, batch by batch: by one program for all of them where there is one, else
 * layer by layer. Overwrites the values; yields the share that is done.
 */
async function* inverseOnDevice(
  model: Drawn,
  run: Run,
  { values, context, programs, ...arrays }: Way,
): AsyncGenerator<number, void, void> {
  const { dimension, layers } = model.flow;
  const rows = values.length / dimension;
  const [parameters, masks] = [upload(ofRun(arrays.parameters, run)), upload(ofRun(arrays.masks, run))];
  try {
    for (const batch of batchesOf(rows)) {
      const { begin, end } = batch;
      const piece = (all: Float32Array) => {
        const columns = all.length / rows;
        return tf.tensor2d(all.subarray(begin * columns, end * columns), [end - begin, columns]);
      };
      const inputs = { parameters, masks, context: context && piece(context) };
      let x = piece(values);
      const put = (next: Tensor2D) => {
        if (next !== x) x.dispose();
        x = next;
      };
      try {
        const pass = programs && { ...passOf(model), ...compiling(programs, batch) };
        const led = pass && passesOn(programs.backend).byProgram(pass, { ...inputs, y: x });
        if (led) put(led.x);
        else {
          for (let l = run.last; l >= run.first; l--) {
            put(inverseOf(layers, l, { ...inputs, y: x }));
            const share = (run.last - l + 1) / (run.last - run.first + 1);
            if (l > run.first) yield (begin + share * (end - begin)) / rows;
          }
        }
        values.set(await x.data<'float32'>(), begin * dimension);
      } finally {
        x.dispose();
        inputs.context?.dispose();
      }
      yield end / rows;
    }
  } finally {
    disposeTensors(parameters, masks);
  }
}

/** What the layers compute with, by its names in the flow. */
function ofRun(named: NamedArrays, { first, last }: Run): NamedArrays {
  const layers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return Object.assign({}, ...layers.map((l) => inFlow(ofLayer(named, l), l))) as NamedArrays;
}

/** The x [N, D] that layer `l` makes y of. */
function inverseOf(layers: readonly FlowLayer[], l: number, { y, ...inputs }: Inputs): Tensor2D {
  return tf.tidy(() => layers[l]!.bijector.inverse(y, inputsOfLayer(inputs, l)).x);
}

/** Through all layers. */
function passOf(model: Drawn): Pass<Inputs, { readonly x: Tensor2D }> {
  const { layers } = model.flow;
  return {
    of: model,
    name: 'from the base to the data',
    compute({ y, ...inputs }) {
      let x = y;
      // What a layer computes on its way is freed when it is done.
      for (let l = layers.length - 1; l >= 0; l--) x = inverseOf(layers, l, { ...inputs, y: x });
      return { x };
    },
    fixed: fixedMasks(model),
    examples({ parameters, masks, context, y }) {
      const made = new MadeUp();
      const own = { context: context && made.like(context, (u) => 2 * u - 1), y: made.like(y, (u) => 2 * u - 1) };
      const weights = triedWeights(model, parameters, made);
      return {
        inputs: { ...own, parameters: weights, masks },
        dispose: () => tf.dispose(leavesOf([weights, own])),
      };
    },
  };
}

function onLevels(values: Float32Array, support: Support): Float32Array {
  if (typeof support === 'string') return values;
  return values.map((value) => Math.max(0, Math.min(support.levels - 1, Math.floor(value))));
}
