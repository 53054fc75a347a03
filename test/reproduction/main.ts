/**
 * `npm run reproduce -- <name> …`: trains presets with the command line, as anybody would, and prints our test NLL
 * beside the published one. A name is a preset (`dna/fvsbn`), a data set (`dna`) or a model (`fvsbn`).
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, promisify } from 'node:util';
import { type Preset, presets } from './presets.ts';
import { printed, record, type Result } from './results.ts';

const USAGE = `npm run reproduce -- <name> … [options]

  <name>            a preset (dna/fvsbn), a data set (dna) or a model (fvsbn); --list shows them all
  --list            the presets, with the published figures
  --backend <b>     what computes: auto, onnx, wasm, …: what lens devices lists (default: auto)
  --epochs <n>      at most so many epochs, for a quick look
  --resume          goes on with a preset's newest run where that was stopped, from its last checkpoint
  --runs <folder>   where experiments and runs are kept (default: artifacts/reproduction)
  --record          puts the results into test/reproduction/RESULTS.md

The data are looked for in $LENS_DATA, or ../shared/data beside the project.`;

interface Flags {
  readonly backend: string;
  readonly epochs: number | null;
  readonly runs: string;
  readonly resume: boolean;
  readonly record: boolean;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      backend: { type: 'string', default: 'auto' },
      epochs: { type: 'string' },
      runs: { type: 'string', default: 'artifacts/reproduction' },
      resume: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    for (const { name, published, onRequest } of presets) {
      const figure = published
        ? `${published.nats.toFixed(2).padStart(7)}  ${published.source}${published.checked ? '' : ', from memory'}`
        : '      –  not published';
      console.log(`${name.padEnd(40)}${figure}${onRequest ? ` (${onRequest})` : ''}`);
    }
    return 0;
  }
  if (values.help || positionals.length === 0) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const epochs = values.epochs === undefined ? null : Number(values.epochs);
  if (epochs !== null && !(Number.isInteger(epochs) && epochs > 0)) {
    throw new Error(`--epochs is a whole number of at least 1, found "${values.epochs}"`);
  }
  const wanted = chosen(positionals);
  const results: Result[] = [];
  for (const preset of wanted) {
    const result = await reproduce(preset, {
      backend: values.backend,
      epochs,
      runs: path.resolve(values.runs),
      resume: values.resume,
      record: values.record,
    });
    results.push(result);
    console.log(`\n${printed(results)}\n`);
    if (values.record) await record(result);
  }
  return 0;
}

/** Presets by name; those that need more than two cores only by their full name. */
function chosen(names: readonly string[]): Preset[] {
  return names.flatMap((name) => {
    const found = presets.filter((preset) => {
      if (preset.name === name) return true;
      return preset.onRequest === undefined && preset.name.split('/').includes(name);
    });
    if (found.length === 0)
      throw new Error(`there is no preset, data set or model "${name}"; --list shows what there is`);
    return found;
  });
}

/** Trains one preset in a process of its own. @throws Error when that fails. */
async function reproduce(preset: Preset, flags: Flags): Promise<Result> {
  const folder = path.join(flags.runs, preset.name);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${preset.name.replace('/', '-')}.lens.json`);
  await writeFile(file, `${JSON.stringify(located(preset), null, 2)}\n`);
  const stopped = flags.resume ? await stoppedRun(folder) : null;
  const run = stopped?.run ?? path.join(folder, new Date().toISOString().replaceAll(/[:.]/g, '-'));
  const args = ['train', file, '--run', run, '--json', '--backend', flags.backend];
  if (stopped) args.push('--resume');
  if (flags.epochs !== null) args.push('--epochs', `${flags.epochs}`);
  console.log(`${preset.name}: ${path.relative(process.cwd(), file)}`);
  const started = performance.now();
  const child = spawn(process.execPath, [path.resolve('dist/cli.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'close') as Promise<[number | null]>;
  let backend = flags.backend;
  let last: TrainEnd | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as TrainEvent;
    if (event.event === 'start') ({ backend } = event);
    if (event.event === 'epoch' && event.best) {
      console.log(
        `  epoch ${event.epoch}: train ${event.train.toFixed(3)}, validation ${event.validation?.toFixed(3)}`,
      );
    }
    if (isEnd(event)) last = event;
  }
  const [status] = await exit;
  if (status !== 0 || last?.event !== 'done') {
    throw new Error(`${preset.name} did not finish: ${last?.reason ?? `lens train ended with status ${status}`}`);
  }
  const { importanceSamples } = preset;
  const other = preset.test !== undefined || importanceSamples !== undefined;
  const test = other ? await scored(run, preset, flags.backend) : last.test;
  if (!test) throw new Error(`${preset.name} has no test rows`);
  return {
    name: preset.name,
    nats: test.nats,
    standardError: test.standardError,
    ...(preset.pixels !== undefined && { pixels: preset.pixels }),
    ...(preset.characters !== undefined && { characters: preset.characters }),
    validation: last.validation?.nats ?? null,
    published: preset.published?.nats ?? null,
    aim: preset.aim,
    bestEpoch: last.best?.epoch ?? null,
    epochs: Math.floor(last.epoch),
    minutes: (performance.now() - started) / 60_000 + (stopped?.minutes ?? 0),
    backend,
    note: [
      preset.note,
      ...(importanceSamples === undefined ? [] : [boundText(last, importanceSamples)]),
      ...(flags.epochs === null ? [] : [`at most ${flags.epochs} epochs`]),
    ].join('; '),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** The newest run in a folder, if it was stopped before its end, and how long it had trained. */
async function stoppedRun(folder: string): Promise<{ run: string; minutes: number } | null> {
  const runs = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const name = runs
    .map((entry) => entry.name)
    .toSorted()
    .at(-1);
  if (name === undefined) return null;
  const run = path.join(folder, name);
  const { state } = JSON.parse(await readFile(path.join(run, 'run.json'), 'utf8')) as { state: string };
  if (state === 'finished') return null;
  const metrics = await readFile(path.join(run, 'metrics.jsonl'), 'utf8');
  const { seconds } = JSON.parse(metrics.trimEnd().split('\n').at(-1)!) as { seconds: number };
  return { run, minutes: seconds / 60 };
}

/** What `lens train --json` writes, as far as it is read here. */
type TrainEvent =
  | { readonly event: 'start'; readonly backend: string }
  | {
      readonly event: 'epoch';
      readonly epoch: number;
      readonly train: number;
      readonly validation: number | null;
      readonly best: boolean;
    }
  | { readonly event: 'finding' }
  | TrainEnd;

interface TrainEnd {
  readonly event: 'done' | 'stopped' | 'failed';
  readonly reason?: string;
  readonly epoch: number;
  readonly best: { readonly epoch: number } | null;
  readonly validation: { readonly nats: number } | null;
  readonly test: { readonly nats: number; readonly standardError: number } | null;
}

const isEnd = (event: TrainEvent): event is TrainEnd => ['done', 'stopped', 'failed'].includes(event.event);

/** What a figure by importance sampling is, and the ELBO that training ended with. */
function boundText({ test }: TrainEnd, samples: number): string {
  return `IWAE-${samples} bound${test ? `, ELBO ${test.nats.toFixed(2)}` : ''}`;
}

/** Scores a run's best parameters on other rows, or by importance sampling. */
async function scored(
  run: string,
  { test, importanceSamples }: Preset,
  backend: string,
): Promise<{ nats: number; standardError: number }> {
  const args = ['evaluate', run, '--json', '--backend', backend];
  if (test !== undefined) args.push('--data', placed(test));
  if (importanceSamples !== undefined) args.push('--importance-samples', `${importanceSamples}`);
  const { stdout } = await promisify(execFile)(process.execPath, [path.resolve('dist/cli.cjs'), ...args]);
  return JSON.parse(stdout) as { nats: number; standardError: number };
}

/** Where a file of the data folder is on this machine. */
const placed = (file: string) => path.join(path.resolve(process.env['LENS_DATA'] ?? '../shared/data'), file);

/** The preset's experiment with its files where they are on this machine. */
function located({ experiment }: Preset): object {
  const files = new Set(['train', 'validation', 'test', 'source', 'text']);
  const place = (key: string, value: unknown) => (files.has(key) && typeof value === 'string' ? placed(value) : value);
  return {
    ...experiment,
    data: Object.fromEntries(Object.entries(experiment.data).map(([key, value]) => [key, place(key, value)])),
  };
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
