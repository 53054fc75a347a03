/** What the curves of Kingma & Welling 2014 are measured on, and how a point of them is. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeNpy } from '../../src/data/npy.ts';
import { readMatrix } from '../../src/data/read.ts';
import type { Metric } from '../../src/runs/metrics.ts';
import type { ExperimentInput } from '../../src/spec/experiment.ts';

export const learnings = ['aevb', 'wake-sleep', 'monte-carlo-em'] as const;
export type Learning = (typeof learnings)[number];

/** A place on a curve: nats a row, higher is better. */
export interface Point {
  /** Training rows evaluated. */
  readonly rows: number;
  readonly nats: number;
}

export interface Curve {
  readonly learning: Learning;
  readonly train: readonly Point[];
  /** Rows that were not trained on. */
  readonly heldOut: readonly Point[];
}

/** Curves that share axes. */
export interface Panel {
  /** "MNIST, 3 latents". */
  readonly title: string;
  readonly curves: readonly Curve[];
}

/** Where experiments and runs are kept. */
const RUNS = 'artifacts/reproduction/curves';
/** Points of a training curve in every decade of rows. */
const POINTS_A_DECADE = 8;

export const dataFile = (file: string) => path.join(path.resolve(process.env['LENS_DATA'] ?? '../shared/data'), file);

export interface Job {
  readonly name: string;
  readonly experiment: ExperimentInput;
  readonly backend: string;
}

/** Trains a job up to so many epochs, going on with what there is of it. Answers with the run's folder. */
export async function trained({ name, experiment, backend }: Job, epochs: number): Promise<string> {
  await mkdir(RUNS, { recursive: true });
  const file = path.resolve(RUNS, `${name}.lens.json`);
  await writeFile(file, `${JSON.stringify(experiment, null, 2)}\n`);
  const run = path.resolve(RUNS, name);
  const begun = await stat(path.join(run, 'run.json')).catch(() => null);
  if (begun && (await metricsOf(run)).some(({ type, epoch }) => type === 'epoch' && epoch >= epochs)) return run;
  const args = ['train', file, '--run', run, '--epochs', `${epochs}`, '--backend', backend, '--json'];
  await lens([...args, ...(begun ? ['--resume'] : [])]);
  return run;
}

/** A score as it was taken when the run had done so many epochs: one that goes on is not what it was. */
interface StageScore {
  readonly nats: number;
  /** Effective samples of a row, on average. */
  readonly effective: number;
}

/** Takes a score once and keeps it. @param of which rows. */
export async function scoredOnce(
  { name }: Job,
  epochs: number,
  of: string,
  score: () => Promise<StageScore>,
): Promise<StageScore> {
  const file = path.resolve(RUNS, `${name}.scores.json`);
  const kept = async () =>
    JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Readonly<Record<string, StageScore>>;
  const key = `${epochs} ${of}`;
  const before = (await kept())[key];
  if (before) return before;
  const found = await score();
  await writeFile(file, `${JSON.stringify({ ...(await kept()), [key]: found }, null, 1)}\n`);
  return found;
}

/** Mean of log p(x) of rows as `lens evaluate` estimates it, with what it says of the estimate. */
export async function marginal(run: string, data: string, samples: number, backend: string) {
  const args = ['evaluate', run, '--data', data, '--importance-samples', `${samples}`, '--backend', backend, '--json'];
  return JSON.parse(await lens(args)) as {
    nats: number;
    importance: { effectiveSamples: { mean: number; smallest: number }; elbo: number };
  };
}

async function lens(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [path.resolve('dist/cli.cjs'), ...args], {
    maxBuffer: 2 ** 28,
  });
  return stdout;
}

async function metricsOf(run: string): Promise<Metric[]> {
  const lines = (await readFile(path.join(run, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Metric);
}

/** The bound as training told it: means of minibatches between marks of a logarithmic axis; held-out rows by the epoch. */
export async function boundCurve(run: string, learning: Learning): Promise<Curve> {
  const metrics = await metricsOf(run);
  const bins = new Map<number, { rows: number; sum: number; count: number }>();
  for (const { type, rows = 0, train } of metrics) {
    if (type !== 'batch') continue;
    const bin = Math.floor(Math.log10(rows) * POINTS_A_DECADE);
    const { sum, count } = bins.get(bin) ?? { sum: 0, count: 0 };
    bins.set(bin, { rows, sum: sum + train, count: count + 1 });
  }
  return {
    learning,
    train: [...bins.values()].map(({ rows, sum, count }) => ({ rows, nats: -sum / count })),
    heldOut: metrics.flatMap((metric) =>
      metric.type === 'epoch' && metric.validation !== null
        ? [{ rows: metric.rows ?? NaN, nats: -metric.validation }]
        : [],
    ),
  };
}

/** The first so many rows of an array of the data folder, in a file of their own. */
export async function firstRows(array: string, rows: number): Promise<string> {
  await mkdir(RUNS, { recursive: true });
  const file = path.resolve(RUNS, `${array.replaceAll(/\W+/g, '-')}-${rows}.npy`);
  const { values, columns } = await readMatrix(dataFile(array), '.');
  await writeFile(file, writeNpy(Uint8Array.from(values.subarray(0, rows * columns)), [rows, columns]));
  return file;
}
