/**
 * `npm run gpu:check`, and `node gpu-check.cjs` on a machine with a GPU and no network (see README.md beside this file):
 * which backends start, whether they compute what the cpu backend computes, and how fast they train beside PyTorch.
 * Prints a section for RESULTS.md. Exits with 1 when a backend disagrees, or one that `--need` names does not start.
 */
import { appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type BackendName, backendNames, type ProbeResult } from '../../src/backends/backend.ts';
import { probeBackends } from '../../src/backends/index.ts';
import { nvidiaCard } from '../../src/backends/native/nvidia.ts';
import { experimentSpec } from '../../src/spec/experiment.ts';
import { agreed, differenceOf, stepOn } from '../bench/agreement.ts';
import { findTorch } from '../bench/torch.ts';
import { median, trainingThroughput } from '../bench/training.ts';
import { madeWorkload } from '../bench/workloads.ts';

const { values: flags } = parseArgs({
  options: {
    sizes: { type: 'string', default: '784-500-500-784,784-8000-8000-784' },
    batches: { type: 'string', default: '100,1000' },
    seconds: { type: 'string', default: '3' },
    turns: { type: 'string', default: '3' },
    /** Backends that must start. */
    need: { type: 'string', default: '' },
    /** Backends to time, where not all that are present. */
    time: { type: 'string' },
    /** A file to which the section is added. */
    add: { type: 'string' },
  },
});
const numbers = (text: string, separator: string) => text.split(separator).map(Number);
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
  await speed(out, rungs);
  for (const name of flags.need.split(',').filter(Boolean)) {
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

/** NaN is larger than anything. */
function larger(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b);
}

async function speed({ lines }: Outcome, rungs: readonly ProbeResult[]): Promise<void> {
  const python = findTorch();
  const device = python?.cuda ? 'cuda' : 'cpu';
  const wanted = flags.time?.split(',') ?? backendNames.filter((name) => name !== 'cpu');
  const backends: BackendName[] = rungs
    .filter((rung) => rung.available && wanted.includes(rung.name))
    .map(({ name }) => name);
  lines.push(
    'Rows a second of training, Adam, the medians of turns taken one after the other; of PyTorch in brackets.',
    '',
  );
  const columns = [...backends, ...(python ? [`PyTorch ${python.version}, ${device}`] : [])];
  lines.push(`| network | ${columns.join(' | ')} |`, `| --- |${columns.map(() => ' --- |').join('')}`);
  for (const sizes of flags.sizes.split(',')) {
    for (const batchSize of numbers(flags.batches, ',')) {
      const workload = madeWorkload({ sizes: numbers(sizes, '-'), batchSize });
      const o = { backends, python, turns: Number(flags.turns), seconds: Number(flags.seconds), device };
      const found = await trainingThroughput(workload, o);
      const torch = found['PyTorch'];
      const cells = [...backends, ...(python ? ['PyTorch'] : [])].map((name) => {
        const turns = found[name];
        if (!Array.isArray(turns)) return turns ?? 'not measured';
        const rate = Math.round(median(turns)).toLocaleString('en');
        if (name === 'PyTorch' || !Array.isArray(torch)) return rate;
        return `${rate} (${(median(turns) / median(torch)).toFixed(2)})`;
      });
      lines.push(`| ${sizes}, batch ${batchSize} | ${cells.join(' | ')} |`);
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
