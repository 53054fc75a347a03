/** `lens train`: trains an experiment, or goes on with a run. */
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Finding } from '../../inspection/findings.ts';
import { RemoteError } from '../../protocol/rpc.ts';
import type { TrainParams } from '../../protocol/worker.ts';
import { isUnderWay, type RunManifest } from '../../runs/manifest.ts';
import type { BatchMetric, EpochMetric } from '../../runs/metrics.ts';
import { MANIFEST_FILE, readManifest } from '../../runs/manifestFile.ts';
import { experimentName, newRunPath } from '../../runs/runFolder.ts';
import { startProblem } from '../../spec/startProblem.ts';
import { measureOf } from '../../text/measure.ts';
import { type Engine, NO_TIMEOUT, openEngine } from '../engine.ts';
import { type BackendOptions, backendOption, jsonOption, wholeNumber } from '../options.ts';
import { CliError, duration, integer, pairs, print, printJson, say, scorePairs } from '../output.ts';
import { type Progress, progressBar } from '../progress.ts';
import { exists, experimentPath, newestRun } from '../targets.ts';
import { Waiting } from '../waiting.ts';

interface TrainOptions extends BackendOptions {
  readonly run?: string;
  readonly epochs?: number;
  readonly resume?: true;
  readonly json?: true;
}

/** Exit code of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

export function trainCommand(): Command {
  return new Command('train')
    .summary('train an experiment')
    .description(
      'Trains the model of an experiment file and keeps the run in a folder: metrics, checkpoints, the best epoch. ' +
        'Ctrl-C stops after the current batch and writes a checkpoint, from which --resume goes on exactly.\n\n' +
        'With --json every line is one event: start, epoch, finding, and last done (or stopped, failed).',
    )
    .argument('<experiment>', 'experiment file (*.lens.json)')
    .option('--run <dir>', 'folder of the run (default: runs/<experiment>/<time> beside the experiment)')
    .addOption(backendOption())
    .addOption(
      new Option('--epochs <n>', 'epochs in all, instead of what the experiment says').argParser(wholeNumber(1)),
    )
    .option('--resume', "go on with the run in --run, or with the experiment's newest run that is not finished")
    .addOption(jsonOption('write one JSON event a line'))
    .action(async (argument: string, options: TrainOptions) => {
      const experimentFile = await experimentPath(argument);
      const runFolder = await runFolderOf(argument, experimentFile, options);
      const engine = await openEngine();
      try {
        await train(engine, { argument, experimentFile, runFolder, options });
      } finally {
        await engine.close();
      }
    });
}

async function runFolderOf(
  argument: string,
  experimentFile: string,
  { run, resume, epochs }: TrainOptions,
): Promise<string> {
  if (run !== undefined) {
    const there = await exists(join(run, MANIFEST_FILE));
    if (there && !resume) {
      throw new CliError(
        `${run}: there is a run in this folder already`,
        'Add --resume to go on with it, or choose another folder.',
      );
    }
    if (!there && resume) throw new CliError(`${run}: there is no run in this folder to resume (no ${MANIFEST_FILE})`);
    if (there) await checkBelongs(run, argument, experimentFile);
    return resolve(run);
  }
  if (!resume) return newRunPath(experimentFile, new Date());
  const unfinished = ({ state, epoch }: RunManifest) => state !== 'finished' || (epochs ?? 0) > epoch;
  const newest = await newestRun(experimentFile, unfinished);
  if (newest === null)
    throw new CliError(`${argument}: has no unfinished run to resume`, 'Leave --resume out to begin a new one.');
  return newest;
}

/** @throws CliError when the run is one of another experiment: it would go on with that one, whatever was asked for. */
async function checkBelongs(run: string, argument: string, experimentFile: string): Promise<void> {
  const { experiment, experimentFile: recorded } = await readManifest(resolve(run));
  const own = resolve(run, recorded);
  if (own === experimentFile) return;
  // A workspace that was moved or copied: the same name will do where the file it began with is gone.
  if (experiment === experimentName(experimentFile) && !(await exists(own))) return;
  throw new CliError(
    `${run}: is a run of ${shown(own)}, not of ${argument}`,
    `To go on with it: lens train ${shown(own)} --run ${run} --resume`,
  );
}

interface Job {
  readonly argument: string;
  readonly experimentFile: string;
  readonly runFolder: string;
  readonly options: TrainOptions;
}

async function train({ connection }: Engine, { argument, experimentFile, runFolder, options }: Job): Promise<void> {
  const json = options.json === true;
  const progress = { interrupted: false, over: false };
  let report: Report | null = null;
  const findings = new Map<string, Finding>();
  const ended = new Promise<RunManifest>((done) => {
    connection.on('manifest', (manifest) => {
      if (!isUnderWay(manifest.state)) done(manifest);
    });
  });
  connection.on('log', ({ text }) => say(text));
  const waiting = new Waiting(() => report && ((text) => report?.waits(text)));
  connection.on('activity', (activity) => waiting.tell(activity));
  connection.on('metrics', ({ metrics }) => {
    for (const metric of metrics) {
      if (metric.type === 'batch') report?.batch(metric);
      else report?.epoch(metric);
    }
  });
  connection.on('findings', (now) => {
    if (progress.over) return;
    for (const finding of now) {
      if (json && !findings.has(finding.id)) printJson({ event: 'finding', ...finding });
      findings.set(finding.id, finding);
    }
    for (const id of findings.keys()) if (!now.some((finding) => finding.id === id)) findings.delete(id);
  });

  const onInterrupt = () => {
    if (progress.interrupted || !report) process.exit(INTERRUPTED);
    progress.interrupted = true;
    say('\nStopping after this batch; Ctrl-C again quits at once.');
    connection.request('stop', {}, NO_TIMEOUT).catch((error: unknown) => say(String(error)));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  try {
    const params: TrainParams = {
      experimentFile,
      runFolder,
      backend: options.backend,
      resume: options.resume === true,
      ...(options.epochs !== undefined && { epochs: options.epochs }),
    };
    const manifest = await connection
      .request('train', params, NO_TIMEOUT)
      .catch(async (error: unknown) => Promise.reject(await placed(error, argument, experimentFile)));
    waiting.end();
    report = json ? new JsonReport() : new TextReport();
    report.start(manifest, runFolder);
    const last = await ended;
    // The last word on the findings, with everything measured.
    if (last.state !== 'stopped') await connection.request('diagnose', {}, NO_TIMEOUT);
    progress.over = true;
    report.end(last, runFolder, [...findings.values()]);
    if (last.state === 'stopped' && progress.interrupted) {
      const resumeCommand = `lens train ${argument} --run ${shown(runFolder)} --resume`;
      if (!json) say(`Stopped at epoch ${last.epoch.toFixed(2)}; nothing is lost. Resume with:\n  ${resumeCommand}`);
      process.exitCode = INTERRUPTED;
    }
    if (last.state === 'failed')
      throw new CliError(`${shown(runFolder)}: training failed: ${last.reason ?? 'no reason was given'}`);
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

/** What is wrong with the data, with the place where the experiment names it; any other error as it is. */
async function placed(error: unknown, argument: string, experimentFile: string): Promise<Error> {
  if (!(error instanceof RemoteError) || error.remoteName !== 'DataError') {
    return error instanceof Error ? error : new Error(String(error));
  }
  const { line, column, severity, message } = startProblem(await readFile(experimentFile, 'utf8'), error.message);
  return new CliError(`${argument}:${line}:${column}: ${severity}: ${message}`);
}

/** Weight of the newest minibatch in the running mean that the bar shows. */
const FADING = 0.05;

interface Report {
  start(manifest: RunManifest, runFolder: string): void;
  /** On a terminal; an empty text when it goes on. */
  waits(text: string): void;
  batch(metric: BatchMetric): void;
  epoch(metric: EpochMetric): void;
  end(manifest: RunManifest, runFolder: string, findings: readonly Finding[]): void;
}

class JsonReport implements Report {
  start({ experiment, backend, dimension, parameterCount, epochs }: RunManifest, run: string): void {
    printJson({ event: 'start', run, experiment, backend, dimension, parameterCount, epochs });
  }

  waits(): void {
    // No event: nothing came of it.
  }

  batch(): void {
    // An event for every batch would drown the others; they are in the run's metrics.jsonl.
  }

  epoch({ type: event, ...metric }: EpochMetric): void {
    printJson({ event, ...metric });
  }

  end({ state, reason, epoch, step, best, validation, test }: RunManifest, run: string): void {
    const event = state === 'finished' ? 'done' : state;
    printJson({ event, run, ...(reason !== null && { reason }), epoch, step, best, validation, test });
  }
}

class TextReport implements Report {
  #bar: Progress | null = null;
  #train = '–';
  #validation = '–';
  #speed = '–';
  #epochs = 1;
  #epoch = 0;
  #waits = '';
  /** Of what is trained: nats of a likelihood, or a loss's own. */
  #unit = 'nats';
  /** From nats of a row to what is told: of a text a character's. */
  #scale = 1;
  /** Mean NLL, or loss, of the latest minibatches, older ones fading out. */
  #recent: number | null = null;
  /** Epochs done when this process began to train, and when that was. */
  #begin: { readonly epoch: number; readonly at: number } | null = null;

  start({ experiment, backend, dimension, parameterCount, epochs, model }: RunManifest, run: string): void {
    const { name, unit, likelihood, each } = measureOf(model?.quantity);
    this.#epochs = epochs;
    this.#unit = each === undefined ? unit : `${unit}/${each}`;
    this.#scale = each === undefined ? 1 : 1 / dimension;
    say(
      pairs([
        ['Experiment', experiment],
        [
          'Model',
          `${integer(dimension)} ${each === undefined ? 'variables' : `${each}s a row`}, ${integer(parameterCount)} parameters`,
        ],
        likelihood ? null : ['Loss', `${name}, in ${unit}: no likelihood`],
        model?.quantity.kind === 'bound' ? ['Measured', `${name}: never below the NLL itself`] : null,
        ['Backend', backend],
        ['Run', shown(run)],
      ]),
    );
    const format = `  {bar} epoch {value}/{total} │ train {train} │ validation {validation} ${unit} │ {speed} rows/s │ {left}`;
    this.#bar = progressBar(true, epochs, format, this.#payload(0));
  }

  waits(text: string): void {
    this.#waits = text;
    this.#bar?.update(Math.floor(10 * this.#epoch) / 10, this.#payload(this.#epoch));
  }

  batch({ epoch, train }: BatchMetric): void {
    this.#epoch = epoch;
    this.#begin ??= { epoch, at: performance.now() };
    this.#recent = this.#recent === null ? train : this.#recent + FADING * (train - this.#recent);
    this.#train = this.#told(this.#recent);
    this.#bar?.update(Math.floor(10 * epoch) / 10, this.#payload(epoch));
  }

  epoch({ epoch, train, validation, rowsPerSecond, best }: EpochMetric): void {
    this.#train = this.#told(train);
    this.#validation = validation === null ? '–' : `${this.#told(validation)}${best ? '*' : ''}`;
    this.#speed = integer(Math.round(rowsPerSecond));
    if (process.stderr.isTTY) return this.#bar?.update(epoch, this.#payload(epoch));
    const count = `${epoch}`.padStart(`${this.#epochs}`.length);
    say(
      `epoch ${count}/${this.#epochs}  train ${this.#train.padStart(8)}  validation ${this.#validation.padEnd(9)} ${this.#unit}  ${this.#speed.padStart(7)} rows/s`,
    );
  }

  end(manifest: RunManifest, run: string, findings: readonly Finding[]): void {
    this.#bar?.stop();
    print(
      pairs([
        ['State', manifest.state],
        ['Run', shown(run)],
        ...scorePairs(manifest),
        ...findings.map(({ severity, id, title }) => [`! ${severity}`, `${title}  [${id}]`] as const),
      ]),
    );
  }

  #told(nats: number): string {
    return (this.#scale * nats).toFixed(this.#scale === 1 ? 3 : 4);
  }

  #payload(epoch: number) {
    return { train: this.#train, validation: this.#validation, speed: this.#speed, left: this.#left(epoch) };
  }

  #left(epoch: number): string {
    if (this.#waits !== '') return this.#waits;
    if (!this.#begin || epoch <= this.#begin.epoch) return '';
    const msPerEpoch = (performance.now() - this.#begin.at) / (epoch - this.#begin.epoch);
    return `${duration((msPerEpoch * (this.#epochs - epoch)) / 1000)} left`;
  }
}

/** As short as it can be said from here. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && !short.startsWith('..') ? short : path;
}
