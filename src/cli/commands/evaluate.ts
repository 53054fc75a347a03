/** `lens evaluate`: the NLL of rows, or the loss of a model without a density, under a run's parameters, or under weights from anywhere. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { chooseBackend } from '../../backends/choose.ts';
import { slowerOnce } from '../../backends/compiledPasses.ts';
import { textBaselines } from '../../data/characters/baselines.ts';
import { codedAs, textRows } from '../../data/characters/recode.ts';
import { DataError, type Dataset, type Matrix } from '../../data/dataset.ts';
import { describeFile } from '../../data/describe.ts';
import { writeNpy } from '../../data/npy.ts';
import { loadDataset } from '../../data/load.ts';
import type { Model } from '../../models/model.ts';
import { errorCode } from '../../runs/files.ts';
import type { Score } from '../../runs/manifest.ts';
import { decodeSafetensors } from '../../runs/safetensors.ts';
import { labelColumnOf } from '../../spec/facts.ts';
import { readExperiment } from '../../spec/read.ts';
import type { Experiment } from '../../spec/experiment.ts';
import { capitalised, measureOf } from '../../text/measure.ts';
import { messageOf } from '../../text/messageOf.ts';
import { scoreRows } from '../../training/evaluate.ts';
import { importanceScores } from '../../training/importance.ts';
import { checkData } from '../../training/suitability.ts';
import { disposeTensors, upload } from '../../layers/namedTensors.ts';
import { trainingTrial } from '../../training/trial.ts';
import {
  checkpointOf,
  fitWeights,
  loadCheckpointModel,
  loadRun,
  type StoredModel,
  type StoredRun,
} from '../../worker/loadRun.ts';
import { formatCount, plural } from '../../text/numbers.ts';
import { type BackendOptions, backendOption, jsonOption, wholeNumber } from '../options.ts';
import { CliError, pairs, print, printJson, say, scoreText } from '../output.ts';
import { progressBar } from '../progress.ts';
import { newestRun, outputPath, targetOf } from '../targets.ts';
import { baselinePairs, characterPairs } from '../textBaselines.ts';
import { gapOf, gapPairs } from '../truth.ts';

type SplitContext = NonNullable<Extract<Experiment['data'], { train: string }>['context']>;

interface EvaluateOptions extends BackendOptions {
  readonly weights?: string;
  readonly data?: string;
  readonly context?: string;
  readonly perRow?: string;
  readonly masks?: number;
  readonly importanceSamples?: number;
  readonly json?: true;
}

/** What is evaluated: an experiment, and the run whose parameters are used unless weights are given. */
interface Subject {
  readonly experiment: Experiment;
  readonly experimentFile: string;
  readonly run: StoredRun | null;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .summary('score rows under a trained model')
    .description(
      'Gives the mean negative log-likelihood of rows in nats, its standard error and bits per dimension. With several ' +
        'masks the density is that of their ensemble: the log of the mean of p(x) over the masks. A model without a density ' +
        '(autoencoder) is scored by its loss, which has no bits per dimension.\n\n' +
        'A text is scored row by row as it follows on, in nats and bits a character, beside its baselines, which know the ' +
        'training text alone: frequencies of characters, those of pairs, and a compressor (Brotli).\n\n' +
        'Generated data comes with its true log-density on the same rows, and with the gap to it: an estimate of the KL ' +
        'divergence, its standard error from the differences row by row.\n\n' +
        'A variational autoencoder is scored by its lower bound of log p(x), the ELBO; with --importance-samples k by the ' +
        'IWAE-k bound, which is nearer to log p(x) the larger k is, with how many of the samples count.\n\n' +
        'A run is scored with the parameters of its best epoch; an experiment with those of its newest run, or with ' +
        '--weights.',
    )
    .argument('<run|experiment>', 'folder of a run, or an experiment file')
    .option('--weights <file>', 'parameters from a safetensors file, named as in a checkpoint')
    .option('--data <file[#array]>', 'rows to score, any format (default: the test rows, else the validation rows)')
    .option(
      '--context <file[#array]>',
      'what the rows of --data are conditioned on, labels or values as in the experiment (columns of the rows need none)',
    )
    .addOption(
      new Option(
        '--masks <n>',
        'masks (orders) to average over: the first so many, or more than the experiment has where the model has one for ' +
          'every number, as EoNADE',
      ).argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(
      new Option(
        '--importance-samples <k>',
        'estimate log p(x) of a model with latent variables (vae) with so many samples of q(z|x) for each row',
      ).argParser(wholeNumber(1, 10_000_000)),
    )
    .option('--per-row <file>', 'write log p of every row as npy, float64 [rows]')
    .addOption(backendOption())
    .addOption(
      jsonOption(
        'write JSON: rows, nats (mean NLL, or loss), standardError, bitsPerDim (null for a loss), quantity; for generated ' +
          'data truth: nats, entropy, entropyError, gap, standardError; with --importance-samples importance: samples, ' +
          'effectiveSamples (mean, smallest), samplingError (null where none can be told), heavyTailed (rows; null of too few samples), elbo; of text ' +
          'baselines: unigram, bigram, compression (null of a short text), each with nats a character',
      ),
    )
    .action(async (argument: string, options: EvaluateOptions) => {
      if (options.perRow !== undefined) await outputPath('--per-row', options.perRow);
      const subject = await subjectOf(argument, options);
      if (options.context !== undefined && options.data === undefined) {
        throw new CliError(`--context ${options.context}: goes with the rows of --data, which is missing`);
      }
      const { rows, name, dataset = null } = await rowsOf(subject, options);
      const { model, parameters } = await modelOf(subject, rows, dataset, options);
      const rowsOnly = { dimension: rows.columns, image: null, train: rows, validation: null, test: null };
      const { data } = subject.experiment;
      const named = { train: name, binarize: 'none', context: columnsOnly(data), ...labelsAmongRows(data) } as const;
      checkData(model, rowsOnly, named, { advise: options.data === undefined });
      checkSampled(model, options);

      const { backend } = await chooseBackend(
        options.backend,
        trainingTrial(subject.experiment, rows.columns, model.contextDimension, model.text?.vocabulary),
      );
      const tensors = upload(parameters);
      const bar = progressBar(options.json === undefined, rows.rows, '  {bar} {value} of {total} rows');
      try {
        const { importanceSamples, masks } = options;
        const { score, perRow } =
          importanceSamples !== undefined
            ? await importanceScores(model, tensors, rows, {
                backend,
                samples: importanceSamples,
                onProgress: (share) => bar.update(Math.floor(share * rows.rows)),
                tell: slowerOnce(backend, 'scores', say),
              })
            : await scoreRows(model, tensors, rows, {
                backend,
                ...(masks !== undefined && { masks }),
                along: true,
                onProgress: (done) => bar.update(done),
                tell: slowerOnce(backend, 'scores', say),
              });
        bar.stop();
        if (options.perRow !== undefined) {
          await writeFileAtomic(options.perRow, Buffer.from(writeNpy(perRow, [perRow.length])));
        }
        // Rows from elsewhere were not drawn from the density that the experiment names.
        const gap = options.data === undefined ? gapOf(subject.experiment.data, rows, model, perRow) : null;
        const baselines = dataset?.text
          ? await textBaselines({ train: dataset.train, text: dataset.text }, rows)
          : null;
        if (options.json) return printJson({ ...score, ...(gap && { truth: gap }), ...(baselines && { baselines }) });
        print(
          pairs([
            ['Rows', name],
            ['Parameters', options.weights ?? weightsName(subject)],
            [capitalised(measureOf(model.quantity).name), scoreText(score, model.quantity)],
            ...('text' in data ? characterPairs(score, data.length) : []),
            ...(baselines ? baselinePairs(baselines) : []),
            ...(gap ? gapPairs(gap, model.quantity) : []),
            ['Quantity', score.quantity],
            ...importancePairs(score),
            options.masks === undefined ? null : ['Averaged over', plural(options.masks, 'mask')],
            options.perRow === undefined ? null : ['log p of each row', options.perRow],
          ]),
        );
      } finally {
        bar.stop();
        disposeTensors(tensors);
      }
    });
}

/** @throws CliError when latent variables are to be sampled of a model that has none. */
function checkSampled({ latent, type, quantity }: Model, { importanceSamples, masks }: EvaluateOptions): void {
  if (importanceSamples === undefined) return;
  if (!latent) {
    const why =
      quantity.kind === 'loss' ? 'it has no density' : 'its log p(x) is exact, and there is nothing to be sampled';
    throw new CliError(
      `--importance-samples ${importanceSamples}: a model of type "${type}" has no latent variables; ${why}`,
      'Leave the option out.',
    );
  }
  if (masks !== undefined) {
    throw new CliError(`--masks ${masks}: a model with latent variables has one structure; leave the option out`);
  }
}

/** How far an estimate by importance sampling is to be trusted. */
function importancePairs({ importance, nats, rows }: Score): [string, string][] {
  if (importance === undefined) return [];
  const { samples, effectiveSamples, samplingError, elbo, heavyTailed = null } = importance;
  const { mean, smallest } = effectiveSamples;
  const tail =
    heavyTailed === null
      ? `cannot be told of ${plural(samples, 'sample')}`
      : heavyTailed === 0
        ? 'light in all rows (Pareto k̂ ≤ 0.7)'
        : `heavy in ${formatCount(heavyTailed)} of ${plural(rows, 'row')} (Pareto k̂ > 0.7): a few samples decide, and ` +
          'log p(x) may lie far above the bound';
  return [
    ['Samples', `${formatCount(samples)} of q(z|x) a row`],
    ['Effective', `${mean.toFixed(1)} of them on average, ${smallest.toFixed(1)} at the worst row`],
    ['Sampling error', samplingError === null ? 'cannot be told' : `± ${samplingError.toFixed(4)} nats, the rows held`],
    ['Tail of weights', tail],
    ['By the ELBO', `${(-elbo).toFixed(3)} nats, ${(-elbo - nats).toFixed(3)} above it`],
  ];
}

async function subjectOf(argument: string, { weights, data }: EvaluateOptions): Promise<Subject> {
  const target = await targetOf(argument);
  if (target.kind === 'run') {
    const run = await loadRun(target.path);
    return { run, experiment: run.experiment, experimentFile: run.experimentFile };
  }
  // With --data the experiment's own files need not be there.
  const { experiment } = await readExperiment(target.path, data === undefined ? describeFile : undefined);
  if (weights !== undefined) return { run: null, experiment, experimentFile: target.path };
  const newest = await newestRun(
    target.path,
    ({ checkpoints }) => checkpoints.best !== null || checkpoints.last !== null,
  );
  if (newest === null) {
    throw new CliError(
      `${argument}: this experiment has no run with a checkpoint`,
      `Train it first (lens train ${argument}), or give parameters with --weights.`,
    );
  }
  say(`Parameters of the newest run, ${newest}`);
  const run = await loadRun(newest);
  return { run, experiment: run.experiment, experimentFile: target.path };
}

async function rowsOf(
  { experiment, experimentFile, run }: Subject,
  { data, context }: EvaluateOptions,
): Promise<{ rows: Matrix; name: string; dataset?: Dataset }> {
  if (data !== undefined) {
    if ('text' in experiment.data)
      return { rows: await textRowsOf(data, { experiment, experimentFile, run }), name: data };
    // Read and made binary as the experiment's own rows are.
    const given = contextOfData(experiment.data, { file: context ?? null, classes: run?.manifest.contextDimension });
    const { binarize, scale } = experiment.data;
    const taken = labelsAmongRows(experiment.data);
    const { layout, image } = { layout: undefined, ...experiment.data };
    // Flat rows lie as the experiment's do.
    const images = layout && { layout, ...(image && { image }) };
    const spec = {
      train: data,
      binarize,
      ...(scale && { scale }),
      ...(given && { context: given }),
      ...taken,
      ...images,
    };
    const { train } = await loadDataset(spec, { baseFolder: process.cwd(), seed: experiment.seed });
    return { rows: train, name: data };
  }
  const loaded = await loadDataset(experiment.data, { baseFolder: dirname(experimentFile), seed: experiment.seed });
  const dataset = run?.manifest.characters ? codedAs(loaded, run.manifest.characters) : loaded;
  if (dataset.test) return { rows: dataset.test, name: 'test rows', dataset };
  if (dataset.validation)
    return { rows: dataset.validation, name: 'validation rows (there are no test rows)', dataset };
  throw new DataError(`${experimentFile}: has neither test nor validation rows; give rows with --data`);
}

/** Another text, in the characters of the run; without one in those of the experiment's own text. */
async function textRowsOf(place: string, { experiment, experimentFile, run }: Subject): Promise<Matrix> {
  const { data, seed } = experiment;
  if (!('text' in data)) throw new RangeError('the experiment is none of text');
  const own = async () => (await loadDataset(data, { baseFolder: dirname(experimentFile), seed })).text!.characters;
  const characters = run?.manifest.characters ?? (await own());
  return textRows(place, { baseFolder: process.cwd(), length: data.length, characters });
}

/**
 * What rows given by hand are conditioned on: a file in the place of the experiment's, or the columns that it names.
 * @param classes K of the run, so that a label stands for the same class whatever labels these rows have.
 * @throws CliError when a file is missing, or there is one too many.
 */
function contextOfData(
  { context }: Experiment['data'],
  { file, classes }: { readonly file: string | null; readonly classes: number | undefined },
): SplitContext | undefined {
  const own = columnsOnly({ context });
  if (context === undefined || own !== undefined) {
    if (file === null) return own && 'labelColumn' in own ? { ...own, classes: own.classes ?? classes } : own;
    const why = own === undefined ? 'the experiment conditions rows on nothing' : 'it is among the columns of the rows';
    throw new CliError(`--context ${file}: ${why}; leave the option out`);
  }
  const kind = 'labels' in context ? 'labels' : 'values';
  if (file === null)
    throw new CliError(`--data needs --context: the experiment conditions its rows on ${kind} of a file`);
  if (kind === 'values') return { values: { train: file } };
  return { labels: { train: file }, classes: ('classes' in context ? context.classes : undefined) ?? classes };
}

/** Labels that pictures show rows by, where they are a column: rows given by hand have it, too, and it is taken out. */
function labelsAmongRows(data: Experiment['data']): { readonly labels?: { readonly column: number } } {
  const column = labelColumnOf(data);
  return column === null ? {} : { labels: { column } };
}

/** A context that is among the columns of the rows. */
function columnsOnly({ context }: Pick<Experiment['data'], 'context'>) {
  return context !== undefined && ('columns' in context || 'labelColumn' in context) ? context : undefined;
}

async function modelOf(
  { run, experiment }: Subject,
  rows: Matrix,
  dataset: Dataset | null,
  { weights }: EvaluateOptions,
): Promise<StoredModel> {
  if (weights === undefined) return loadCheckpointModel(run!, checkpointOf(run!, 'best'));
  const bytes = await readFile(weights).catch((error: unknown) => {
    throw new CliError(`${weights}: ${errorCode(error) === 'ENOENT' ? 'no such file' : messageOf(error)}`);
  });
  const { arrays } = decodeSafetensors(bytes, weights);
  const shape = {
    dimension: rows.columns,
    contextDimension: rows.context?.columns,
    ...(dataset?.text && { characters: [...dataset.text.characters] }),
  };
  return fitWeights(arrays, experiment, run?.manifest ?? shape, weights);
}

function weightsName({ run }: Subject): string {
  return run ? run.folder.weightsFile(checkpointOf(run, 'best')) : '';
}
