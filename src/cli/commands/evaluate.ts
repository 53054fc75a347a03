/** `lens evaluate`: the NLL of rows under a run's parameters, or under weights from anywhere. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { chooseBackend } from '../../backends/choose.ts';
import { DataError, type Matrix } from '../../data/dataset.ts';
import { describeFile } from '../../data/describe.ts';
import { writeNpy } from '../../data/npy.ts';
import { loadDataset } from '../../data/load.ts';
import { errorCode } from '../../runs/files.ts';
import { decodeSafetensors } from '../../runs/safetensors.ts';
import { readExperiment } from '../../spec/read.ts';
import type { Experiment } from '../../spec/experiment.ts';
import { messageOf } from '../../text/messageOf.ts';
import { scoreRows } from '../../training/evaluate.ts';
import { checkData } from '../../training/suitability.ts';
import { disposeTensors, upload } from '../../training/tensors.ts';
import { trainingTrial } from '../../training/trial.ts';
import {
  checkpointOf,
  fitWeights,
  loadCheckpointModel,
  loadRun,
  type StoredModel,
  type StoredRun,
} from '../../worker/loadRun.ts';
import { plural } from '../../text/numbers.ts';
import { type BackendOptions, backendOption, jsonOption, wholeNumber } from '../options.ts';
import { CliError, pairs, print, printJson, say, scoreText } from '../output.ts';
import { progressBar } from '../progress.ts';
import { newestRun, outputPath, targetOf } from '../targets.ts';

interface EvaluateOptions extends BackendOptions {
  readonly weights?: string;
  readonly data?: string;
  readonly perRow?: string;
  readonly masks?: number;
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
        'masks the density is that of their ensemble: the log of the mean of p(x) over the masks.\n\n' +
        'A run is scored with the parameters of its best epoch; an experiment with those of its newest run, or with ' +
        '--weights.',
    )
    .argument('<run|experiment>', 'folder of a run, or an experiment file')
    .option('--weights <file>', 'parameters from a safetensors file, named as in a checkpoint')
    .option('--data <file[#array]>', 'rows to score, any format (default: the test rows, else the validation rows)')
    .addOption(
      new Option(
        '--masks <n>',
        'masks (orders) to average over: the first so many, or more than the experiment has where the model has one for ' +
          'every number, as EoNADE',
      ).argParser(wholeNumber(1, 1_000_000)),
    )
    .option('--per-row <file>', 'write log p of every row as npy, float64 [rows]')
    .addOption(backendOption())
    .addOption(jsonOption('write JSON: rows, nats (mean NLL), standardError, bitsPerDim, quantity'))
    .action(async (argument: string, options: EvaluateOptions) => {
      if (options.perRow !== undefined) await outputPath('--per-row', options.perRow);
      const subject = await subjectOf(argument, options);
      const { rows, name } = await rowsOf(subject, options);
      const { model, parameters } = await modelOf(subject, rows, options);
      const rowsOnly = { dimension: rows.columns, image: null, train: rows, validation: null, test: null };
      checkData(model, rowsOnly, { train: name, binarize: 'none' }, { advise: options.data === undefined });

      const { backend } = await chooseBackend(options.backend, trainingTrial(subject.experiment, rows.columns));
      const tensors = upload(parameters);
      const bar = progressBar(options.json === undefined, rows.rows, '  {bar} {value} of {total} rows');
      try {
        const { score, perRow } = await scoreRows(model, tensors, rows, {
          backend,
          ...(options.masks !== undefined && { masks: options.masks }),
          onProgress: (done) => bar.update(done),
        });
        bar.stop();
        if (options.perRow !== undefined) {
          await writeFileAtomic(options.perRow, Buffer.from(writeNpy(perRow, [perRow.length])));
        }
        if (options.json) return printJson(score);
        print(
          pairs([
            ['Rows', name],
            ['Parameters', options.weights ?? weightsName(subject)],
            ['NLL', scoreText(score)],
            ['Quantity', score.quantity],
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
  { experiment, experimentFile }: Subject,
  { data }: EvaluateOptions,
): Promise<{ rows: Matrix; name: string }> {
  if (data !== undefined) {
    // Read and made binary as the experiment's own rows are.
    const spec = { train: data, binarize: experiment.data.binarize };
    const { train } = await loadDataset(spec, { baseFolder: process.cwd(), seed: experiment.seed });
    return { rows: train, name: data };
  }
  const dataset = await loadDataset(experiment.data, { baseFolder: dirname(experimentFile), seed: experiment.seed });
  if (dataset.test) return { rows: dataset.test, name: 'test rows' };
  if (dataset.validation) return { rows: dataset.validation, name: 'validation rows (there are no test rows)' };
  throw new DataError(`${experimentFile}: has neither test nor validation rows; give rows with --data`);
}

async function modelOf({ run, experiment }: Subject, rows: Matrix, { weights }: EvaluateOptions): Promise<StoredModel> {
  if (weights === undefined) return loadCheckpointModel(run!, checkpointOf(run!, 'best'));
  const bytes = await readFile(weights).catch((error: unknown) => {
    throw new CliError(`${weights}: ${errorCode(error) === 'ENOENT' ? 'no such file' : messageOf(error)}`);
  });
  const { arrays } = decodeSafetensors(bytes, weights);
  return fitWeights(arrays, experiment, run?.manifest.dimension ?? rows.columns, weights);
}

function weightsName({ run }: Subject): string {
  return run ? run.folder.weightsFile(checkpointOf(run, 'best')) : '';
}
