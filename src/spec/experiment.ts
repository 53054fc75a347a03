/**
 * The experiment file, `*.lens.json`: the one definition from which types, validation, error messages, the JSON
 * Schema (IntelliSense, hover documentation) and FORMATS.md's table are made.
 *
 * The schemas are written in zod's small dialect, so that the editor's side of the extension stays light.
 *
 * The types of model stand in `spec/models/`.
 */
import * as z from 'zod/mini';
import { dataSpec, type DataSpec } from './data.ts';
import { models, modelSpec } from './models/index.ts';
import { trainingSpec } from './training.ts';

export const experimentSpec = z
  .strictObject({
    $schema: z.optional(
      z.string().check(z.meta({ description: 'JSON Schema of this file; editors find it by themselves.' })),
    ),
    model: modelSpec,
    data: dataSpec,
    training: z.prefault(trainingSpec, {}),
    seed: z._default(
      z.int().check(
        z.minimum(0),
        z.maximum(2 ** 31 - 1),
        z.meta({
          description: 'Seed of every random choice: splits, masks, initial weights, shuffling, samples. Default: 1.',
        }),
      ),
      1,
    ),
  })
  .check(
    z.meta({
      title: 'Likelihood Lens experiment',
      description: 'A model, the data it learns from and how it is trained.',
      defaultSnippets: [
        {
          label: 'experiment',
          description: 'A MADE on binary data',
          body: {
            model: models.made.snippet,
            data: { train: '$2', validation: '$3', test: '$4' },
            training: { epochs: 30, batchSize: 100, optimizer: { type: 'adam', learningRate: 0.001 } },
            seed: 1,
          },
        },
      ],
    }),
  );

/** An experiment as written, defaults left out. */
export type ExperimentInput = z.input<typeof experimentSpec>;
/** An experiment with every default filled in. */
export type Experiment = Omit<z.output<typeof experimentSpec>, 'data'> & { data: DataSpec };

export { modelSpec, type ModelSpec, type ModelType, type SpecOf } from './models/index.ts';
