/** `npm run bench`, `npm run bench -- --help`: throughput of the engine. */
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type BackendName, backendNames } from '../../src/backends/backend.ts';
import { probeBackends } from '../../src/backends/index.ts';
import type { Setting } from '../../src/backends/tuning.ts';
import { AT_ZERO } from '../../src/inspection/frames/manifold.ts';
import { draggingLatency } from './dragging.ts';
import type { Trained } from './experiment.ts';
import { positive } from './flags.ts';
import { flowCost, type FlowSizes } from './flows.ts';
import { inspectorCost } from './inspector.ts';
import { flowJacobianCost, jacobianCost, torchJacobian } from './jacobian.ts';
import { kinds, profileStep } from './onnxProfile.ts';
import { samplingCost } from './sampling.ts';
import { findTorch } from './torch.ts';
import { torchFlow } from './torchFlows.ts';
import { drawingCost, sequences, sequenceWorkload } from './sequences.ts';
import { torchSampling } from './torchSampling.ts';
import { median, settings, settingText, trainingThroughput } from './training.ts';
import { convolution, lstm, madeWorkload, type Net, type Workload } from './workloads.ts';

const nets: readonly Net[] = [
  { sizes: [784, 500, 500, 784], batchSize: 100 },
  { sizes: [16, 64, 64, 16], batchSize: 100 },
];
/** Whose training alone is timed: of all else it takes minutes. */
const wideNet: Net = { sizes: [784, 2000, 2000, 784], batchSize: 100 };
/** Of MiniBooNE's size, as MAF's authors have it, and of MNIST's. */
const flows: readonly FlowSizes[] = [
  { dimension: 43, hidden: [512, 512], layers: 5, rows: 256 },
  { dimension: 784, hidden: [500], layers: 5, rows: 256 },
];
/** With the latents of the example, and with as many as the literature has. */
const autoencoders: readonly (Trained & { readonly latent: number })[] = [2, 50].map((latent) => ({
  latent,
  model: { type: 'vae', latent, encoder: { hidden: [500] }, decoder: { hidden: [500] } },
  dimension: 784,
  batchSize: 100,
}));
const parts = ['training', 'profile', 'inspector', 'dragging', 'jacobian', 'sampling', 'flows', 'sequences', 'torch'];
/** Moves of the pointer a turn. */
const MOVES = 100;

const { seconds, turns, only: wanted, of: titled, backends: asked } = readOptions();
const isWanted = ({ title }: Workload) => title.includes(titled);

interface Options {
  readonly seconds: number;
  readonly turns: number;
  readonly only: readonly string[];
  readonly of: string;
  /** Null for all that are here. */
  readonly backends: readonly string[] | null;
}

function readOptions(): Options {
  const command = new Command('npm run bench --')
    .description(
      'Throughput of the engine: training on every backend that is here and in PyTorch, what bounds a step, the cost of an open inspector, ' +
        'a pointer that moves on the latent manifold, sampling, both directions of a flow, models of pixels and characters. One process, everything in turn; compare figures of one run only. What bounds each rate stands in ' +
        'test/bench/README.md.',
    )
    .option('--seconds <s>', 'length of each turn', positive, 3)
    .option('--turns <n>', 'turns of each, taken one after the other; medians are printed', positive, 3)
    .addOption(
      new Option('--only <parts>', `what to measure, separated by commas: ${parts.join(', ')}`)
        .argParser(knownParts)
        .default(parts, 'all of it'),
    )
    .option('--of <title>', 'of what is trained and profiled, only what has this in its title', '')
    .addOption(
      new Option('--backends <names>', 'train on these alone, separated by commas')
        .argParser(knownBackends)
        .default(null, 'all that are here'),
    )
    .addHelpText('after', '\n$LENS_PYTHON names a Python with PyTorch, where the one on PATH has none.')
    .allowExcessArguments(false)
    .parse();
  return command.opts();
}

const knownParts = (text: string) => namesAmong(parts, text);
const knownBackends = (text: string) => namesAmong(backendNames, text);

function namesAmong(known: readonly string[], text: string): readonly string[] {
  const names = text.split(',');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`There is no ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  return names;
}

const rate = (value: number) => {
  const text = value < 10 ? value.toPrecision(2) : Math.round(value).toLocaleString('en');
  return `${text.padStart(9)} rows/s`;
};
const spread = (values: readonly number[]) =>
  `(${values.map((value) => Math.round(value).toLocaleString('en')).join(' · ')})`;

async function main(): Promise<void> {
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
  for (const result of await probeBackends()) {
    console.log(
      result.available ? `${result.name} ${result.version}: ${result.device}` : `${result.name}: ${result.reason}`,
    );
  }
  console.log(
    `Load average of the last minute: ${loadavg()[0]!.toFixed(1)}; PyTorch's threads lose most where others compute`,
  );
  const python = findTorch();
  console.log(
    python
      ? `PyTorch ${python.version}: ${python.threads} threads, Adam as it is by default`
      : 'PyTorch: not found; $LENS_PYTHON can name a Python that has it',
  );
  if (wanted.includes('training')) {
    for (const workload of [...[...nets, wideNet].map(madeWorkload), convolution, lstm].filter(isWanted)) {
      console.log(`\nTraining, ${workload.title}, Adam`);
      await training(workload);
    }
  }
  for (const workload of wanted.includes('profile') ? [...nets, wideNet].map(madeWorkload).filter(isWanted) : []) {
    for (const setting of await settings('onnx')) {
      console.log(`\nWhat bounds a step, ${workload.title}: onnx${settingText(setting)}`);
      await profile(workload, setting);
    }
  }
  for (const sizes of wanted.includes('flows') ? flows : []) {
    const { dimension, hidden, layers, rows } = sizes;
    console.log(`\nMAF of ${layers} layers, D = ${dimension}, hidden ${hidden.join('-')}, ${rows} rows at a time`);
    await flow(sizes);
  }
  for (const of of wanted.includes('sequences') ? sequences : []) {
    const workload = sequenceWorkload(of);
    if (!isWanted(workload)) continue;
    console.log(`\n${workload.title}, Adam`);
    // Whose one step takes minutes there.
    await training(workload, ['cpu']);
    for (const rows of [1, 16]) {
      const { sampleMs, densityMs } = await drawingCost(of, rows);
      const naive = (of.dimension * densityMs) / sampleMs;
      console.log(
        `  drawing ${costText(rows, sampleMs, densityMs)}; the naive loop takes ${naive.toFixed(0)} times as long`,
      );
    }
  }
  for (const net of nets) {
    if (!['inspector', 'jacobian', 'sampling'].some((part) => wanted.includes(part))) break;
    console.log(`\nMADE ${net.sizes.join('-')}, batch ${net.batchSize}, Adam`);
    if (wanted.includes('inspector')) {
      const { sizes, batchSize } = net;
      const model = { type: 'made', hidden: sizes.slice(1, -1) };
      await inspector({ model, dimension: sizes[0]!, batchSize });
    }
    if (wanted.includes('jacobian')) await jacobian(net);
    if (wanted.includes('sampling')) await sampling(net);
  }
  for (const vae of autoencoders) {
    if (!['inspector', 'dragging'].some((part) => wanted.includes(part))) break;
    console.log(`\nVAE 784-500-${vae.latent}-500-784, batch ${vae.batchSize}, Adam`);
    if (wanted.includes('inspector')) await inspector(vae);
    if (wanted.includes('dragging')) await dragging(vae);
  }
}

async function flow(sizes: FlowSizes): Promise<void> {
  const { dimension, rows, layers } = sizes;
  for (const result of await probeBackends()) {
    if (!result.available || result.software) continue;
    const { densityMs, sampleMs, passes } = await flowCost(sizes, result.name);
    const label = `  ${result.name.padEnd(16)}`;
    console.log(`${label}density  ${rate((1000 * rows) / densityMs)}`);
    const counted = `${passes.toFixed(2)} passes a layer, naively ${dimension}`;
    const equivalent = `${(sampleMs / densityMs).toFixed(1)} times a density pass`;
    console.log(`${label}sampling ${rate((1000 * rows) / sampleMs)}: ${equivalent} (counted ${counted})`);
    const { frameMs, chunkMs } = await flowJacobianCost(sizes, result.name);
    console.log(`${label}Jacobian of a layer ${frameMs.toFixed(0)} ms a row, longest chunk ${chunkMs.toFixed(0)} ms`);
  }
  const python = wanted.includes('torch') ? findTorch() : null;
  if (!python) return;
  const torch = torchFlow(python, sizes, 3 * seconds);
  const label = `  ${'PyTorch'.padEnd(16)}`;
  if (typeof torch === 'string') {
    console.log(`${label}not measured: ${torch}`);
    return;
  }
  console.log(`${label}density  ${rate((1000 * rows) / torch.densityMs)}`);
  const whole = torch.passes === dimension * layers ? '' : `, reckoned from ${torch.passes} of its passes`;
  const equivalent = `${(torch.sampleMs / torch.densityMs).toFixed(1)} times a density pass`;
  console.log(`${label}sampling ${rate((1000 * rows) / torch.sampleMs)}: ${equivalent}${whole}`);
}

async function training(workload: Workload, without: readonly BackendName[] = []): Promise<void> {
  const backends = (await probeBackends()).flatMap((result) =>
    result.available && !result.software && !without.includes(result.name) && (asked?.includes(result.name) ?? true)
      ? [result.name]
      : [],
  );
  const python = wanted.includes('torch') ? findTorch() : null;
  const found = await trainingThroughput(workload, { backends, python, turns, seconds });
  const torch = found['PyTorch'];
  for (const [name, rows] of Object.entries(found)) {
    const label = `  ${name.padEnd(26)}`;
    if (typeof rows === 'string') console.log(`${label}not measured: ${rows}`);
    else {
      const ratio = Array.isArray(torch) ? `  ${(median(rows) / median(torch)).toFixed(2).padStart(6)} of PyTorch` : '';
      console.log(`${label}${rate(median(rows))}${ratio}  ${spread(rows)}`);
    }
  }
}

async function profile(workload: Workload, setting: Setting): Promise<void> {
  const onnx = (await probeBackends()).find(({ name }) => name === 'onnx')!;
  if (!onnx.available) {
    console.log(`  not measured: ${onnx.reason}`);
    return;
  }
  const found = await profileStep(workload, setting);
  const { floors, machine } = found;
  const ms = (value: number) => `${value.toFixed(value < 1 ? 3 : 2).padStart(8)} ms`;
  console.log(`  first step, traced and compiled ${ms(found.firstStepMs)}`);
  console.log(
    `  memory: ${found.stateMiB.toFixed(1)} MiB of parameters and optimiser, ${found.gradientsMiB.toFixed(1)} MiB of gradients; ` +
      `process ${found.processMiB.toFixed(0)} MiB`,
  );
  console.log(`  a step                          ${ms(found.stepMs)}`);
  console.log(`  of it ONNX Runtime              ${ms(found.runMs)}, ${found.operations} operations:`);
  for (const kind of kinds) console.log(`    ${kind.padEnd(30)}${ms(found.kinds[kind])}`);
  console.log(`  updates of parameters behind it ${ms(found.updatesMs)}`);
  console.log(`  floor of the products           ${ms(floors.productsMs)} at ${machine.gigaflops.toFixed(0)} GFLOP/s`);
  console.log(`  floor of what goes in and out   ${ms(floors.memoryMs)} at ${machine.gigabytes.toFixed(1)} GB/s`);
}

async function inspector(trained: Trained): Promise<void> {
  // A small difference between two noisy figures: many pairs, the order turned round in every other one.
  const pairs = 4 * turns;
  const { without, withIt, frames } = await inspectorCost(trained, { turns: pairs, seconds });
  for (const by of ['clock', 'processor'] as const) {
    const [closed, open] = [without, withIt].map((rates) => rates.map((own) => own[by])) as [number[], number[]];
    const losses = closed.map((rows, i) => 100 * (1 - open[i]! / rows));
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / pairs;
    const error = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / (pairs - 1) / pairs);
    const lost = `${mean.toFixed(1).padStart(6)} % ± ${error.toFixed(1)}`;
    const name = by === 'clock' ? 'by the clock' : 'by processor time';
    console.log(
      `  lost to the inspector ${lost} ${name}: ${rate(median(closed))} without it, ${rate(median(open))} with it`,
    );
  }
  const kinds = Object.entries(frames).map(([kind, count]) => `${count} ${kind}`);
  console.log(`  frames in ${pairs} pairs: ${kinds.join(', ')}`);
}

async function dragging(vae: (typeof autoencoders)[number]): Promise<void> {
  const plane = { across: 0, down: 1, row: vae.latent > 2 ? 0 : AT_ZERO };
  const worker = join(import.meta.dirname, 'worker.cjs');
  const { idle, training, stepMs } = await draggingLatency(vae, { moves: MOVES * turns, plane, worker });
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const told = (times: readonly number[]) => {
    const at = (share: number) => ms(times[Math.min(times.length - 1, Math.floor(share * times.length))]!);
    const late = times.filter((time) => time > 50).length;
    return `p50 ${at(0.5)}, p95 ${at(0.95)}, worst ${at(1)}; ${late} of ${times.length} over 50 ms`;
  };
  console.log(`  a place decoded, paused    ${told(idle)}`);
  console.log(`  a place decoded, training  ${told(training)}; a step took ${ms(stepMs)}`);
}

async function jacobian({ sizes }: Net): Promise<void> {
  const size = `${sizes[0]!} × ${sizes.at(-1)!}`;
  for (const result of await probeBackends()) {
    if (!result.available || result.software) continue;
    const { frameMs, chunkMs } = await jacobianCost(sizes, result.name);
    const text = `${frameMs.toFixed(1).padStart(9)} ms, ${chunkMs.toFixed(1)} ms at a time at most`;
    console.log(`  Jacobian of one row, exact, ${size}, ${result.name.padEnd(14)} ${text}`);
  }
  const python = wanted.includes('torch') ? findTorch() : null;
  if (!python) return;
  const torch = torchJacobian(python, sizes);
  const text = typeof torch === 'string' ? `not measured: ${torch}` : `${torch.toFixed(1).padStart(9)} ms`;
  console.log(`  Jacobian of one row, exact, ${size}, PyTorch jacrev ${text}`);
}

async function sampling({ sizes }: Net): Promise<void> {
  const python = wanted.includes('torch') ? findTorch() : null;
  for (const rows of [1, 100]) {
    const { sampleMs, densityMs } = await samplingCost(sizes, rows);
    console.log(`  sampling ${costText(rows, sampleMs, densityMs)} (naively ${sizes[0]!} passes)`);
    if (!python) continue;
    const torch = torchSampling(python, { sizes, rows, seconds: 3 * seconds });
    if (typeof torch === 'string') console.log(`    PyTorch                 not measured: ${torch}`);
    else {
      const whole = torch.passes === sizes[0]! ? '' : `, reckoned from ${torch.passes} of its passes`;
      const ratio = (torch.sampleMs / sampleMs).toFixed(0);
      console.log(`  PyTorch  ${costText(rows, torch.sampleMs, torch.densityMs)}${whole}: ${ratio} times as long`);
    }
  }
}

function costText(rows: number, sampleMs: number, densityMs: number): string {
  const what = `${rows} ${rows === 1 ? 'row' : 'rows'}`.padEnd(8);
  return `${what} ${sampleMs.toFixed(1).padStart(18)} ms = ${(sampleMs / densityMs).toFixed(1)} density passes of ${densityMs.toFixed(2)} ms`;
}

void main().then(
  // The worker's channels would keep the process alive.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
