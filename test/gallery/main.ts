/**
 * `npm run gallery [-- <density> …]`: trains RealNVP and MAF on the generated densities of the plane with the command line,
 * as anybody would, and draws the true density beside those that were learnt, and rows drawn from each. Pictures and
 * figures go to media/gallery, and GALLERY.md is written from them.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { generateRows, logDensity } from '../../src/data/generated/index.ts';
import { writeNpy } from '../../src/data/npy.ts';
import { readMatrix } from '../../src/data/read.ts';
import type { ExperimentInput } from '../../src/spec/experiment.ts';
import { galleryPage, pictureName } from './page.ts';
import { countRows, fullShadeAt, pixelMiddles, shadedPng, shadesOf, type Square, squareAround } from './plane.ts';
import { remarks } from './remarks.ts';
import {
  data,
  densities,
  DRAWN_ROWS,
  type Kept,
  type Learnt,
  modelNames,
  models,
  type ModelName,
  shown,
  training,
  type Density,
} from './settings.ts';

const PICTURES = 'media/gallery';
const FIGURES = path.join(PICTURES, 'figures.json');
/** Where experiments and runs are kept. */
const RUNS = 'artifacts/gallery';
const PAGE = 'GALLERY.md';
/** Pixels of a side. */
const SIDE = 200;
/** No seed of rows that are trained on. */
const PICTURE_SEED = 2;
/** Share of the pixels that may be too bright to be told apart. */
const BRIGHTEST = 0.02;

const USAGE = `npm run gallery [-- <density> … <model> … --page]

  <density>   ${densities.join(', ')} (default: all)
  <model>     ${modelNames.join(', ')} (default: both)
  --page      writes GALLERY.md from the figures that are kept, and trains nothing`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, page: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const chosen = <Name extends string>(names: readonly Name[]) => {
    const some = names.filter((name) => positionals.includes(name));
    return some.length === 0 ? names : some;
  };
  const unknown = positionals.find((name) => ![...densities, ...modelNames].some((known) => known === name));
  if (unknown !== undefined) throw new Error(`there is no density or model "${unknown}"\n\n${USAGE}`);
  await mkdir(PICTURES, { recursive: true });
  if (!values.page) {
    for (const density of chosen(densities)) await drawDensity(density, chosen(modelNames));
  }
  await writePage();
}

async function drawDensity(density: Density, wanted: readonly ModelName[]): Promise<void> {
  const rows = generateRows(density, DRAWN_ROWS, PICTURE_SEED).values;
  const square = squareAround(rows);
  const points = pixelMiddles(square, SIDE);
  const truth = Float64Array.from({ length: SIDE * SIDE }, (_, pixel) =>
    Math.exp(logDensity(density, points, pixel * 2)),
  );
  const counts = countRows(rows, square, SIDE);
  const full: Full = { density: fullShadeAt(truth, BRIGHTEST), rows: fullShadeAt(counts, BRIGHTEST) };
  await draw(pictureName(density, 'true'), truth, full.density);
  await draw(pictureName(density, 'true', true), counts, full.rows);
  for (const model of wanted) {
    const learnt = await learn(density, model, square, full);
    const { nats, entropy, gap, standardError } = learnt;
    await keep({ [`${density}/${model}`]: learnt });
    console.log(
      `${density}, ${model}: ${nats.toFixed(3)} nats, entropy ${entropy.toFixed(3)}, gap ${gap.toFixed(3)} ± ${standardError.toFixed(3)}`,
    );
  }
}

/** What gets the brightest shade in the pictures of a density, and in those of rows. */
interface Full {
  readonly density: number;
  readonly rows: number;
}

/**
 * Trains, scores, draws two pictures. The run stays in artifacts/gallery: one that was stopped goes on, and one that is
 * finished is only scored and drawn, or goes on if it is asked for more epochs than it has.
 * @throws Error when the command line fails, with its words.
 */
async function learn(density: Density, model: ModelName, square: Square, full: Full): Promise<Learnt> {
  // Without the number of epochs: a run may go on for more.
  const experiment: ExperimentInput = {
    model: models[model],
    data: { generate: density, ...data },
    training,
    seed: 1,
  };
  const text = JSON.stringify(experiment, null, 2);
  const name = `${density}-${model.toLowerCase()}`;
  const folder = path.join(RUNS, name);
  const [file, run] = [path.join(folder, `${name}.lens.json`), path.join(folder, 'run')];
  if ((await readFile(file, 'utf8').catch(() => null)) !== text) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(file, text);
  }
  const before = await manifest(run);
  const wanted = shown[density].epochs;
  if (before?.state !== 'finished' || before.epoch < wanted) {
    const resume = before ? ['--resume'] : [];
    await lens('train', file, '--run', run, '--epochs', `${wanted}`, ...resume, ...WASM, '--json');
  }
  const { best, epoch } = (await manifest(run))!;
  const minutes = await minutesOf(run);
  const { nats, rows, truth } = JSON.parse(await lens('evaluate', run, ...WASM, '--json')) as {
    nats: number;
    rows: number;
    truth: Pick<Learnt, 'entropy' | 'gap' | 'standardError'>;
  };
  const [grid, logs, drawn] = ['grid.npy', 'log-p.npy', 'drawn.npy'].map((part) => path.join(folder, part)) as [
    string,
    string,
    string,
  ];
  await writeFile(grid, writeNpy(pixelMiddles(square, SIDE), [SIDE * SIDE, 2]));
  await lens('evaluate', run, '--data', grid, '--per-row', logs, ...WASM);
  const learntDensity = (await perRowValues(logs)).map((value) => Math.exp(value));
  await draw(pictureName(density, model), learntDensity, full.density);
  await lens('sample', run, '--count', `${DRAWN_ROWS}`, '--out', drawn);
  await draw(
    pictureName(density, model, true),
    countRows((await readMatrix(drawn, '.')).values, square, SIDE),
    full.rows,
  );
  const { entropy, gap, standardError } = truth;
  const date = new Date().toISOString().slice(0, 10);
  return { nats, entropy, gap, standardError, testRows: rows, bestEpoch: best.epoch, epochs: epoch, minutes, date };
}

interface RunState {
  readonly state: string;
  readonly epoch: number;
  readonly best: { readonly epoch: number };
}

/** What is read here of a run's `run.json`; null where there is no run. */
async function manifest(run: string): Promise<RunState | null> {
  const text = await readFile(path.join(run, 'run.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as RunState);
}

async function minutesOf(run: string): Promise<number> {
  const lines = (await readFile(path.join(run, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  return (JSON.parse(lines.at(-1)!) as { seconds: number }).seconds / 60;
}

const WASM = ['--backend', 'wasm'] as const;

async function lens(...args: readonly string[]): Promise<string> {
  const cli = path.resolve('dist/cli.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { maxBuffer: 2 ** 28 });
  return stdout;
}

/** log p of every row as `lens evaluate` writes it, −∞ included, which `readMatrix` refuses: npy version 1, float64. */
async function perRowValues(file: string): Promise<Float64Array> {
  const bytes = await readFile(file);
  return new Float64Array(Uint8Array.from(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer);
}

async function draw(name: string, values: Float64Array, full: number): Promise<void> {
  await writeFile(path.join(PICTURES, name), shadedPng(shadesOf(values, full)));
}

async function figures(): Promise<Kept> {
  return JSON.parse(await readFile(FIGURES, 'utf8').catch(() => '{}')) as Kept;
}

/** In the page's order, over what was kept before. */
async function keep(newer: Kept): Promise<void> {
  const all = { ...(await figures()), ...newer };
  const names = densities.flatMap((density) => modelNames.map((model) => `${density}/${model}`));
  const ordered = Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, all[name]]] : [])));
  await writeFile(FIGURES, `${JSON.stringify(ordered, null, 2)}\n`);
}

async function writePage(): Promise<void> {
  await writeFile(PAGE, await galleryPage(await figures(), remarks, PICTURES));
}

await main();
