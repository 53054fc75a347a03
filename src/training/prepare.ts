/** What a run consists of, made or read back before anything is trained. */
import { contextDimensionOf, vocabularyOf } from '../data/dataset.ts';
import { modelFacts, passesOf } from '../models/facts.ts';
import { createModel } from '../models/index.ts';
import { parameterCount } from '../models/parameters.ts';
import { RandomGenerator } from '../random/generator.ts';
import { Journal } from './journal.ts';
import { Learner } from './learner.ts';
import { Saver, savingIntervals } from './saver.ts';
import { checkData, checkSize } from './suitability.ts';
import type { TrainerOptions } from './trainerOptions.ts';

export interface Prepared {
  readonly learner: Learner;
  readonly journal: Journal;
  readonly saver: Saver;
}

/**
 * Claims the folder, and writes a manifest that says what is about to be trained.
 * @throws DataError when the data do not fit the model, RangeError when the model does not fit the data or the
 * memory, RunError when the folder cannot be used.
 */
export async function prepare(options: TrainerOptions): Promise<Prepared> {
  const { experiment, dataset, backend, folder, callbacks, programs } = options;
  const { training, seed } = experiment;
  const contextDimension = contextDimensionOf(dataset);
  const drawn = createModel(experiment.model, dataset.dimension, seed, contextDimension, vocabularyOf(dataset));
  checkData(drawn, dataset, experiment.data);
  checkSize(drawn, training, backend);
  await folder.claim();
  try {
    const saver = new Saver(folder, options.saving ?? savingIntervals);
    const saved = await saver.latest(options.resume);
    const model = saved ? drawn.withBuffers(saved.model) : drawn;
    const initial = saved?.model ?? model.initialise(RandomGenerator.seeded(seed, 'weights'));
    const learner = new Learner({
      ...{ model, training, seed, rows: dataset.train, backend, initial, saved },
      ...(callbacks?.onNote && { tell: callbacks.onNote }),
      ...(callbacks?.onActivity && { tellActivity: callbacks.onActivity }),
      ...(programs && { programs }),
    });
    const metrics = await folder.truncateMetrics(learner.state.step, learner.state.epoch);
    const journal = new Journal(folder, metrics.length, callbacks ?? {}, {
      ...(await folder.readManifest()),
      ...options.identity,
      state: 'preparing',
      reason: null,
      nonFinite: undefined,
      backend: backend.name,
      dimension: dataset.dimension,
      ...(contextDimension > 0 && { contextDimension }),
      ...(dataset.text && { characters: [...dataset.text.characters] }),
      image: dataset.image ? [...dataset.image] : null,
      parameterCount: parameterCount(model),
      model: modelFacts(model, await passesOf(model, initial)),
      epochs: options.epochs ?? training.epochs,
      best: learner.best && { epoch: learner.best.epoch, nats: learner.best.nats },
      checkpoints: saver.names,
      validation: null,
      test: null,
      ...learner.progress,
    });
    await journal.write();
    return { learner, journal, saver };
  } catch (error) {
    await folder.release();
    throw error;
  }
}
