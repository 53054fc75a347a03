/** Models to look at, sound and broken on purpose. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Backend } from '../../../src/backends/backend.ts';
import type { Dataset, Matrix } from '../../../src/data/dataset.ts';
import type { InspectionSource } from '../../../src/inspection/source.ts';
import { maskOf, type MaskMatrix } from '../../../src/masks/matrix.ts';
import type { MaskedNetwork } from '../../../src/masks/network.ts';
import { createModel } from '../../../src/models/index.ts';
import type { ConditionalNetwork, Model, NamedArrays } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { madeSpec, type MadeSpec } from '../../../src/spec/models/made.ts';
import { upload } from '../../../src/layers/namedTensors.ts';

export function made(dimension: number, spec: Partial<MadeSpec> = {}, seed = 3, contextDimension = 0): Model {
  const whole = madeSpec.parse({ type: 'made', hidden: [12], degrees: 'even', ...spec });
  return createModel(whole, dimension, seed, contextDimension);
}

/** Rows of independent fair bits, no two columns alike. */
export function randomRows(rows: number, columns: number, seed = 5): Matrix {
  const random = RandomGenerator.seeded(seed, 'test rows');
  return { rows, columns, values: Uint8Array.from({ length: rows * columns }, () => random.integer(0, 1)) };
}

export function datasetOf(train: Matrix, validation: Matrix | null = null): Dataset {
  return { dimension: train.columns, image: null, train, validation, test: null };
}

export interface SourceOptions {
  readonly dataset?: Dataset;
  readonly parameters?: NamedArrays;
  readonly step?: number;
  readonly epoch?: number;
  readonly measured?: number | null;
  readonly rebuild?: (dimension: number) => Model | null;
}

/** A model with initial parameters as something to look at. */
export function sourceOf(model: Model, backend: Backend, o: SourceOptions = {}): InspectionSource {
  const dataset = o.dataset ?? datasetOf(randomRows(64, model.dimension));
  return {
    model,
    backend,
    image: null,
    seed: 1,
    step: o.step ?? 10,
    epoch: o.epoch ?? 2,
    mask: 0,
    parameters: upload(o.parameters ?? initialParameters(model)),
    ...(o.measured !== undefined && { measured: o.measured }),
    ...(o.rebuild && { rebuild: o.rebuild }),
    dataset: () => Promise.resolve(dataset),
  };
}

/**
 * Initial parameters with nothing at 0, neither biases nor the weights that masks take away: those must not matter. What is
 * not trained is as the model starts.
 */
export function initialParameters(model: Model): NamedArrays {
  const random = RandomGenerator.seeded(7, 'test parameters');
  const fixed = new Set(model.parameters.flatMap(({ name, trainable }) => (trainable === false ? [name] : [])));
  return Object.fromEntries(
    Object.entries(model.initialise(RandomGenerator.seeded(7, 'weights'))).map(([name, { shape, data }]) => [
      name,
      fixed.has(name)
        ? { shape, data }
        : { shape, data: Float32Array.from(data, (value) => (value === 0 ? 0.3 * random.normal() : value)) },
    ]),
  );
}

export interface Changes {
  /** What the model says its masks are, and, unless `masks` says otherwise, what it computes with. */
  readonly network?: (sound: MaskedNetwork, order: Int32Array) => MaskedNetwork;
  /** What it computes with. */
  readonly masks?: (sound: NamedArrays) => NamedArrays;
  readonly logProb?: NonNullable<Model['logProb']>;
  readonly objective?: Model['objective'];
  readonly conditionalParameters?: ConditionalNetwork['conditionalParameters'];
}

/** The same model with something wrong in it. */
export function broken(model: Model, changes: Changes): Model {
  const sound = model.network!;
  const connections = (mask: number) =>
    changes.network ? changes.network(sound.connections(mask), sound.order(mask)) : sound.connections(mask);
  const masks = (mask: number): NamedArrays => {
    const { masks: layers, direct } = connections(mask);
    const all = direct ? [...layers, direct] : layers;
    const arrays = Object.fromEntries(all.map((matrix, i) => [sound.weightNames[i]!, arrayOf(matrix)]));
    return changes.masks ? changes.masks(arrays) : arrays;
  };
  return {
    type: model.type,
    dimension: model.dimension,
    contextDimension: model.contextDimension,
    trainingMask: (step) => model.trainingMask(step),
    quantity: model.quantity,
    support: model.support,
    parameters: model.parameters,
    maskCount: model.maskCount,
    initialise: (random) => model.initialise(random),
    masks,
    buffers: () => model.buffers(),
    withBuffers: (buffers) => broken(model.withBuffers(buffers), changes),
    noise: (rows, random) => model.noise(rows, random),
    ...densityOf(model, changes),
    activations: (x, inputs) => model.activations(x, inputs),
    sample: (parameters, request) => model.sample(parameters, request),
    completing: (known) => model.completing(known),
    network: {
      order: (mask) => sound.order(mask),
      degrees: (mask) => sound.degrees(mask),
      connections,
      weightNames: sound.weightNames,
      weights: (parameters) => sound.weights(parameters),
      parametersPerVariable: sound.parametersPerVariable,
      ...(sound.conditional && { conditional: sound.conditional }),
      conditionalParameters:
        changes.conditionalParameters ?? ((x: Tensor2D, inputs) => sound.conditionalParameters(x, inputs)),
    },
  };
}

/** What a broken model is scored by, and what it is trained on: one of them may be sound. */
function densityOf(model: Model, { logProb, objective }: Changes): Pick<Model, 'logProb' | 'objective'> {
  return { logProb: logProb ?? model.logProb!.bind(model), objective: objective ?? model.objective.bind(model) };
}

/** MADE with ≥ where the output mask needs >: every output sees its own input. */
export function leaky(model: Model): Model {
  return broken(model, {
    network: (network, order) => {
      const degrees = model.network!.degrees(0).at(-1)!;
      const output = maskOf(order.length, degrees.length, (d, k) => order[d]! >= degrees[k]!);
      return { ...network, masks: [...network.masks.slice(0, -1), output] };
    },
  });
}

/** Output degrees drawn without regard to the inputs': here simply the other way round. */
export function independentDegrees(model: Model): Model {
  return broken(model, {
    network: (network, order) => {
      const degrees = model.network!.degrees(0).at(-1)!;
      const output = maskOf(order.length, degrees.length, (d, k) => order.length + 1 - order[d]! > degrees[k]!);
      return { ...network, masks: [...network.masks.slice(0, -1), output] };
    },
  });
}

/** Square layers, each with a strict triangle: the wrong design that people meet. Needs hidden layers of D units. */
export function strictEverywhere(model: Model): Model {
  return broken(model, {
    network: (network) => ({
      ...network,
      masks: network.masks.map(({ rows, columns }) => maskOf(rows, columns, (r, c) => r > c)),
    }),
  });
}

function arrayOf({ rows, columns, cells }: MaskMatrix) {
  return { shape: [rows, columns], data: Float32Array.from(cells) };
}
