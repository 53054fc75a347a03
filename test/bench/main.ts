/**
 * `npm run bench [-- --seconds S] [--turns N] [--only training,inspector,sampling,torch]`: throughput of the engine.
 * One process, everything in turn; compare figures of one run only.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { probeBackends } from '../../src/backends/index.ts';
import { inspectorCost } from './inspector.ts';
import { samplingCost } from './sampling.ts';
import { torchThroughput } from './torch.ts';
import { median, trainingThroughput, type Net } from './training.ts';

const nets: readonly Net[] = [
  { sizes: [784, 500, 500, 784], batchSize: 100 },
  { sizes: [16, 64, 64, 16], batchSize: 100 },
];
const parts = ['training', 'inspector', 'sampling', 'torch'];

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    turns: { type: 'string', default: '3' },
    only: { type: 'string', default: parts.join() },
  },
});
const seconds = Number(flags.seconds);
const turns = Number(flags.turns);
const wanted = flags.only.split(',');
const unknown = wanted.filter((part) => !parts.includes(part));
if (!(seconds > 0) || !(turns >= 1) || unknown.length > 0) {
  console.error(`--seconds and --turns are positive numbers; --only takes ${parts.join(', ')}`);
  process.exit(2);
}

const rate = (value: number) => `${Math.round(value).toLocaleString('en').padStart(9)} rows/s`;
const spread = (values: readonly number[]) =>
  `(${values.map((value) => Math.round(value).toLocaleString('en')).join(' · ')})`;

async function main(): Promise<void> {
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
  for (const result of await probeBackends()) {
    console.log(
      result.available ? `${result.name} ${result.version}: ${result.device}` : `${result.name}: ${result.reason}`,
    );
  }
  for (const net of nets) {
    console.log(`\nMADE ${net.sizes.join('-')}, batch ${net.batchSize}, Adam`);
    if (wanted.includes('training')) await training(net);
    if (wanted.includes('inspector')) await inspector(net);
    if (wanted.includes('sampling')) await sampling(net);
    if (wanted.includes('torch')) torch(net);
  }
}

async function training(net: Net): Promise<void> {
  const backends = (await probeBackends()).flatMap((result) =>
    result.available && !result.software ? [result.name] : [],
  );
  const found = await trainingThroughput(net, { backends, turns, seconds });
  for (const [name, rows] of Object.entries(found)) {
    console.log(`  training, ${name.padEnd(16)}${rate(median(rows))}  ${spread(rows)}`);
  }
}

async function inspector(net: Net): Promise<void> {
  // A small difference between two noisy figures: many pairs, the order turned round in every other one.
  const pairs = 4 * turns;
  const { without, withIt, frames } = await inspectorCost(net, { turns: pairs, seconds });
  const losses = without.map((rows, i) => 100 * (1 - withIt[i]! / rows));
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / pairs;
  const error = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / (pairs - 1) / pairs);
  console.log(`  run, no inspector         ${rate(median(without))}`);
  console.log(`  run, inspector open       ${rate(median(withIt))}`);
  const kinds = Object.entries(frames).map(([kind, count]) => `${count} ${kind}`);
  console.log(
    `  lost to the inspector     ${mean.toFixed(1).padStart(9)} % ± ${error.toFixed(1)} over ${pairs} pairs (frames: ${kinds.join(', ')})`,
  );
}

async function sampling({ sizes }: Net): Promise<void> {
  const { rows, sampleMs, densityMs } = await samplingCost(sizes, 100);
  console.log(
    `  sampling ${rows} rows         ${sampleMs.toFixed(1).padStart(9)} ms = ${(sampleMs / densityMs).toFixed(1)} density ` +
      `passes of ${densityMs.toFixed(2)} ms (naively ${sizes[0]!} passes)`,
  );
}

function torch(net: Net): void {
  const found = torchThroughput(net, seconds);
  const label = '  training, PyTorch         ';
  if (typeof found === 'string') console.log(`${label}${found.padStart(9)}`);
  else console.log(`${label}${rate(found.rowsPerSecond)}  (${found.version}, 1 thread)`);
}

void main().then(
  // The worker's channels would keep the process alive.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
