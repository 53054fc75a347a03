/** A training step of a model as `auto` times it: the real step, on rows made up for it. */
import type { Rank } from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import type { Trial, TrialRun } from '../backends/trial.ts';
import { createModel } from '../models/index.ts';
import type { Model } from '../models/model.ts';
import { isUnrolled } from '../models/unrolled.ts';
import { hasOneStructure } from '../models/structures.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { Experiment } from '../spec/experiment.ts';
import type { TellActivity } from '../text/activity.ts';
import { firstOptimizerState, stepNoise } from './firstState.ts';
import { largestTensorBytes, trainingBytes } from './suitability.ts';
import { MaskCache } from './maskCache.ts';
import type { KeptPrograms } from './stepPrograms.ts';
import { TrainingSteps } from './trainingSteps.ts';
import { untrained } from './untrained.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

/**
 * @param contextDimension C, columns that each row is conditioned on. @param vocabulary V of a text, 0 for other data.
 * @param kept Where programs that take long to be made are left for the run; they go with each trial unless told. Such steps are made
 *   ready as a run needs them, norms included.
 */
export function trainingTrial(
  { model: spec, training, seed }: Experiment,
  dimension: number,
  contextDimension = 0,
  vocabulary = 0,
  kept: KeptPrograms | null = null,
): Trial {
  const { batchSize, optimizer, weightDecay, clip } = training;
  const model = createModel(spec, dimension, seed, contextDimension, vocabulary);
  // Once for all backends: drawing the weights of a large model takes a second.
  let initial: NamedArrays | null = null;
  return {
    key: JSON.stringify({
      spec,
      dimension,
      ...(contextDimension > 0 && { contextDimension }),
      ...(vocabulary > 0 && { vocabulary }),
      batchSize,
      optimizer,
      weightDecay: weightDecay > 0,
      ...(clip !== undefined && { clip: true }),
    }),
    title: `${titleOf(model)}, batch ${batchSize}`,
    rowsPerStep: batchSize,
    bytes: trainingBytes(model, training),
    largestTensorBytes: largestTensorBytes(model, training),
    // Weights that decay do so where their masks are, too.
    cuttable: hasOneStructure(model) && hasMaskedMatrix(model) && weightDecay === 0,
    prepare: (backend) => {
      initial ??= model.initialise(RandomGenerator.seeded(seed, 'trial'));
      // The state of chains has one row for each row of the data in a run.
      const leaves = isUnrolled(model) && !model.chains ? kept : null;
      return prepare({ model, initial, training, kept: leaves }, backend);
    },
  };
}

/** Masked convolutions are no matrices. */
function hasMaskedMatrix({ parameters }: Model): boolean {
  return parameters.some(({ masked, shape }) => masked && shape.length === 2);
}

/** "MADE 784-500-500-784": the model and its widths. */
function titleOf({ type, dimension, parameters }: Model): string {
  const widths = parameters.flatMap(({ shape }) => (shape.length === 1 ? [shape[0]!] : []));
  return `${type.toUpperCase()} ${[dimension, ...widths].join('-')}`;
}

interface Tried {
  readonly model: Model;
  readonly initial: NamedArrays;
  readonly training: Experiment['training'];
  readonly kept: KeptPrograms | null;
}

function prepare({ model, initial, training, kept }: Tried, backend: Backend): TrialRun {
  const { contextDimension } = model;
  const steps = new TrainingSteps(model, training, backend, undefined, kept?.on(backend));
  let parameters = upload(Object.fromEntries(model.parameters.map(({ name }) => [name, initial[name]!])));
  const rows = Int32Array.from({ length: training.batchSize }, (_, row) => row);
  let optimizer = upload(firstOptimizerState(model, { optimizer: training.optimizer, rows: rows.length, seed: 0 }));
  const masks = new MaskCache(model);
  const random = RandomGenerator.seeded(0, 'trial');
  const values = Float32Array.from({ length: training.batchSize * model.dimension }, () =>
    Math.round(random.uniform()),
  );
  const context = contextDimension === 0 ? null : backend.tf.zeros<Rank.R2>([training.batchSize, contextDimension]);
  let done = 0;
  const stepped = async (tellActivity?: TellActivity) => {
    const batch = backend.tf.tensor2d(values, [training.batchSize, model.dimension]);
    const count = backend.tf.scalar(done);
    const noise = upload(stepNoise(model, rows.length, rows, random));
    // Those of a training that draws fresh ones for every batch are made as they are there.
    const structure = masks.get(model.trainingMask(done++));
    const inputs = { parameters, optimizer, batch, masks: structure, noise, context, step: count };
    const givenUp = {
      tensors: new Set([...Object.values(parameters), ...Object.values(optimizer)]),
      onReplaced: () => undefined,
    };
    const next = await steps.run(inputs, { norms: kept ? 'any' : 'never', tellActivity, givenUp });
    const after = { ...untrained(model, parameters), ...next.parameters };
    disposeTensors(parameters, optimizer, noise, { batch, count });
    [parameters, optimizer] = [after, next.optimizer];
    await next.loss.data();
    disposeTensors(next.metrics, { loss: next.loss });
  };
  return {
    begin: stepped,
    step: () => stepped(),
    operations: () => steps.operations,
    dispose() {
      if (kept === null) steps.dispose();
      masks.dispose();
      disposeTensors(parameters, optimizer, context ? { context } : {});
    },
  };
}
