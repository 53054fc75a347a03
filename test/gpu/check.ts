/**
 * `npm run gpu:check`, and `node gpu-check.cjs` on a machine with a GPU and no network (see README.md beside this file):
 * which backends start, whether they compute what the cpu backend computes, and how fast they train beside PyTorch.
 * Prints a section for RESULTS.md. Exits with 1 when a backend disagrees, or one that `--need` names does not start.
 */
import { appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { type BackendName, backendNames, type ProbeResult } from '../../src/backends/backend.ts';
import { probeBackends, startBackend } from '../../src/backends/index.ts';
import { nvidiaCard } from '../../src/backends/native/nvidia.ts';
import { experimentSpec } from '../../src/spec/experiment.ts';
import { agreed, differenceOf, stepOn } from '../bench/agreement.ts';
import { listOf, positive, widths } from '../bench/flags.ts';
import { growthOver, type Held, NATIVE_BYTES, WARM_UP_STEPS } from '../bench/memory.ts';
import { findTorch } from '../bench/torch.ts';
import { median, trainingThroughput } from '../bench/training.ts';
import { madeWorkload } from '../bench/workloads.ts';

interface Flags {
  readonly sizes: readonly (readonly number[])[];
  readonly batches: readonly number[];
  readonly seconds: number;
  readonly turns: number;
  readonly need: readonly BackendName[];
  readonly time?: readonly BackendName[];
  readonly memory?: number;
  readonly add?: string;
}

const flags = new Command('npm run gpu:check --')
  .description(
    'Which backends start here, whether they compute what the cpu backend computes, and how fast they train beside ' +
      'PyTorch. Prints a section for test/gpu/RESULTS.md. Ends with status 1 when a backend disagrees, grows, or does not ' +
      'start though it is needed.',
  )
  .option('--sizes <nets>', 'networks to time', listOf(widths), [
    [784, 500, 500, 784],
    [784, 8000, 8000, 784],
  ])
  .option('--batches <sizes>', 'rows in a batch', listOf(positive), [100, 1000])
  .option('--seconds <s>', 'length of each turn', positive, 3)
  .option('--turns <n>', 'turns of each, taken one after the other', positive, 3)
  .option('--need <backends>', 'backends that must start', listOf(backendName), [])
  .option(
    '--time <backends>',
    'backends to time, and to train for --memory; all but cpu unless told',
    listOf(backendName),
  )
  .option('--memory <steps>', 'train a tiny network for so many steps: nothing may grow', positive)
  .option('--add <file>', 'a file to which the section is added')
  .addHelpText('after', '\n--pack <folder> copies all that a machine without network needs (test/gpu/README.md).')
  .allowExcessArguments(false)
  .parse()
  .opts<Flags>();

function backendName(text: string): BackendName {
  const found = backendNames.find((name) => name === text);
  if (!found) throw new InvalidArgumentError(`${text} is none of ${backendNames.join(', ')}.`);
  return found;
}

const present = (rung: ProbeResult) => rung.available;

interface Outcome {
  readonly failures: string[];
  readonly lines: string[];
}

async function main(): Promise<number> {
  const out: Outcome = { lines: [], failures: [] };
  const rungs = await probeBackends();
  await machine(out, rungs);
  devices(out, rungs);
  await agreement(out, rungs);
  if (flags.memory !== undefined) await memory(out, rungs, flags.memory);
  await speed(out, rungs);
  for (const name of flags.need) {
    const rung = rungs.find((one) => one.name === name);
    if (!rung?.available) out.failures.push(`${name} did not start: ${rung?.reason ?? 'there is none of that name'}`);
  }
  const text = `${out.lines.join('\n')}\n`;
  console.log(text);
  if (flags.add !== undefined) appendFileSync(flags.add, `\n${text}`);
  for (const failure of out.failures) console.error(`FAILED: ${failure}`);
  return out.failures.length === 0 ? 0 : 1;
}

async function machine({ lines }: Outcome, rungs: readonly ProbeResult[]): Promise<void> {
  const card = await nvidiaCard();
  const gpu = rungs.find((rung) => rung.available && (rung.name === 'tensorflow-gpu' || rung.name === 'webgpu'));
  const named = card ? `${card.name}, driver ${card.driver}` : gpu?.available ? gpu.device : 'no GPU';
  lines.push(`## ${new Date().toISOString().slice(0, 10)}: ${named}`, '');
  const memory = card ? `, ${(card.memoryBytes / 2 ** 30).toFixed(0)} GiB on the card` : '';
  lines.push(
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'processor'}${memory}.`,
    '',
  );
}

function devices({ lines }: Outcome, rungs: readonly ProbeResult[]): void {
  lines.push('| backend | state | device, or why not |', '| --- | --- | --- |');
  for (const rung of rungs) {
    const about = rung.available ? `${rung.device}; ${rung.version}` : rung.reason;
    lines.push(`| ${rung.name} | ${rung.available ? 'starts' : 'absent'} | ${about} |`);
  }
  lines.push('');
}

async function agreement({ lines, failures }: Outcome, rungs: readonly ProbeResult[]): Promise<void> {
  lines.push('Farthest from the cpu backend, for MADE 97-120-110-97 with direct connections, batch 50:', '');
  lines.push('| backend | loss, relative | gradients, of the largest entry |', '| --- | --- | --- |');
  for (const { name } of rungs.filter(present)) {
    if (name === 'cpu') continue;
    const found = { loss: 0, gradients: 0 };
    for (const activation of ['relu', 'tanh', 'sigmoid', 'softplus', 'elu'] as const) {
      const experiment = experimentSpec.parse({
        model: { type: 'made', hidden: [120, 110], activation, direct: true, order: 'random' },
        data: { train: 'made on the spot' },
        training: { batchSize: 50 },
      });
      const expected = await stepOn('cpu', experiment, 97);
      const difference = differenceOf(await stepOn(name, experiment, 97), expected);
      found.loss = larger(found.loss, difference.loss);
      found.gradients = larger(found.gradients, difference.gradients);
    }
    lines.push(`| ${name} | ${found.loss.toExponential(1)} | ${found.gradients.toExponential(1)} |`);
    if (!(found.loss < agreed.loss && found.gradients < agreed.gradients)) {
      failures.push(`${name} disagrees with cpu; at most ${agreed.loss} and ${agreed.gradients} are allowed`);
    }
  }
  lines.push('');
}

function timed(rungs: readonly ProbeResult[]): BackendName[] {
  const wanted = flags.time ?? backendNames.filter((name) => name !== 'cpu');
  return rungs.filter((rung) => rung.available && wanted.includes(rung.name)).map(({ name }) => name);
}

async function memory({ lines, failures }: Outcome, rungs: readonly ProbeResult[], steps: number): Promise<void> {
  lines.push(`A tiny MADE trained for ${steps} steps, after the first ${WARM_UP_STEPS} of them and at the end:`, '');
  lines.push(
    '| backend | tensors | bytes in them | device | native code, bytes more |',
    '| --- | --- | --- | --- | --- |',
  );
  for (const name of timed(rungs)) {
    const { before, after, nativeBytes } = await growthOver(steps, await startBackend(name));
    const both = (key: keyof Held) => `${before[key]}, ${after[key]}`;
    lines.push(`| ${name} | ${both('tensors')} | ${both('bytes')} | ${both('device')} | ${nativeBytes} |`);
    const same = JSON.stringify(before) === JSON.stringify(after);
    if (!same || nativeBytes > NATIVE_BYTES) failures.push(`${name} holds more after ${steps} steps`);
  }
  lines.push('');
}

/** NaN is larger than anything. */
function larger(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b);
}

async function speed({ lines }: Outcome, rungs: readonly ProbeResult[]): Promise<void> {
  const python = findTorch();
  const device = python?.cuda ? 'cuda' : 'cpu';
  const backends = timed(rungs);
  lines.push(
    'Rows a second of training, Adam, the medians of turns taken one after the other; of PyTorch in brackets.',
    '',
  );
  const columns = [...backends, ...(python ? [`PyTorch ${python.version}, ${device}`] : [])];
  lines.push(`| network | ${columns.join(' | ')} |`, `| --- |${columns.map(() => ' --- |').join('')}`);
  for (const sizes of flags.sizes) {
    for (const batchSize of flags.batches) {
      const workload = madeWorkload({ sizes, batchSize });
      const o = { backends, python, turns: flags.turns, seconds: flags.seconds, device };
      const found = await trainingThroughput(workload, o);
      const torch = found['PyTorch'];
      const cells = [...backends, ...(python ? ['PyTorch'] : [])].map((name) => {
        const turns = found[name];
        if (!Array.isArray(turns)) return turns ?? 'not measured';
        const rate = Math.round(median(turns)).toLocaleString('en');
        if (name === 'PyTorch' || !Array.isArray(torch)) return rate;
        return `${rate} (${(median(turns) / median(torch)).toFixed(2)})`;
      });
      lines.push(`| ${sizes.join('-')}, batch ${batchSize} | ${cells.join(' | ')} |`);
    }
  }
  if (!python) lines.push('', 'PyTorch was not found; `LENS_PYTHON` can name a Python that has it.');
}

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
