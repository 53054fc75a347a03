/** Rows a second of training, backend beside backend and beside PyTorch. */
import { startBackend, startRung } from '../../src/backends/index.ts';
import type { BackendName } from '../../src/backends/backend.ts';
import { apply, plain, type Setting } from '../../src/backends/tuning.ts';
import { type Python, torchThroughput } from './torch.ts';
import type { Workload } from './workloads.ts';

/** Rows a second of each turn, by engine; or why it has none. */
export type Turns = Record<string, number[] | string>;

/**
 * Trains on every backend in turn, so that a busy machine slows all of them alike; each turn lasts `seconds` and at
 * least two steps.
 */
export async function trainingThroughput(
  workload: Workload,
  o: { backends: readonly BackendName[]; python: Python | null; turns: number; seconds: number; device?: string },
): Promise<Turns> {
  const turns: Turns = {};
  const add = (name: string, found: number | string) => {
    const before = turns[name];
    if (typeof before === 'string') return;
    if (typeof found === 'string') turns[name] = found;
    else turns[name] = [...(before ?? []), found];
  };
  for (let turn = 0; turn < o.turns; turn++) {
    for (const name of o.backends) {
      for (const setting of (await settings(name)).filter(({ blocks }) => workload.cuttable || blocks === 1)) {
        const label = `${name}${settingText(setting)}`;
        if (typeof turns[label] === 'string') continue;
        add(label, await oneTurn(workload, { name, setting }, o.seconds));
      }
    }
    if (!o.python) continue;
    const { seconds, device = 'cpu' } = o;
    add('PyTorch', torchThroughput(o.python, workload, { seconds, device, fused: false }));
    add('PyTorch fused', torchThroughput(o.python, workload, { seconds, device, fused: true }));
  }
  return turns;
}

/** All that a trial would take into account, and what it leaves out: more threads with every number of blocks. */
export async function settings(name: BackendName): Promise<readonly Setting[]> {
  const started = await startRung(name);
  if (!started.available) return [plain];
  const { threads, blocks } = started.backend;
  const most = threads?.most ?? 1;
  return (most > 1 ? [1, most] : [1]).flatMap((count) =>
    (blocks?.counts ?? [1]).map((cut) => ({ threads: count, blocks: cut })),
  );
}

/** ", 2 threads, 4 blocks"; nothing for the plain one. */
export function settingText({ threads, blocks }: Setting): string {
  return `${threads === 1 ? '' : `, ${threads} threads`}${blocks === 1 ? '' : `, ${blocks} blocks`}`;
}

async function oneTurn(
  { rows, prepare }: Workload,
  { name, setting }: { readonly name: BackendName; readonly setting: Setting },
  seconds: number,
): Promise<number | string> {
  const backend = await startBackend(name);
  try {
    await apply(backend, setting);
    const run = prepare(backend);
    try {
      for (let i = 0; i < 2; i++) {
        const before = performance.now();
        await run.step();
        const spent = performance.now() - before;
        // So slow that nothing about it needs to be measured better; where programs are made, the first step says nothing.
        if (spent > 2_000 * seconds && (i > 0 || !backend.compile)) return (rows * 1000) / spent;
      }
      const start = performance.now();
      let steps = 0;
      for (; performance.now() - start < seconds * 1000 || steps < 2; steps++) await run.step();
      const fault = backend.fault();
      return fault ?? (steps * rows * 1000) / (performance.now() - start);
    } finally {
      run.dispose();
    }
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  } finally {
    await apply(backend, plain);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
