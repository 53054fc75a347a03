/** Rows a second of training, backend beside backend and beside PyTorch. */
import { startBackend, startRung } from '../../src/backends/index.ts';
import type { BackendName } from '../../src/backends/backend.ts';
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
      for (const threads of await threadCounts(name)) {
        const label = threads === 1 ? name : `${name}, ${threads} threads`;
        if (typeof turns[label] === 'string') continue;
        add(label, await oneTurn(workload, { name, threads }, o.seconds));
      }
    }
    if (!o.python) continue;
    const { seconds, device = 'cpu' } = o;
    add('PyTorch', torchThroughput(o.python, workload, { seconds, device, fused: false }));
    add('PyTorch fused', torchThroughput(o.python, workload, { seconds, device, fused: true }));
  }
  return turns;
}

/** One, and as many as a trial would take into account. */
async function threadCounts(name: BackendName): Promise<readonly number[]> {
  const started = await startRung(name);
  const most = started.available ? (started.backend.threads?.most ?? 1) : 1;
  return most > 1 ? [1, most] : [1];
}

async function oneTurn(
  { rows, prepare }: Workload,
  { name, threads }: { readonly name: BackendName; readonly threads: number },
  seconds: number,
): Promise<number | string> {
  const backend = await startBackend(name);
  try {
    await backend.threads?.use(threads);
    const run = prepare(backend);
    try {
      for (let i = 0; i < 2; i++) {
        const before = performance.now();
        await run.step();
        const spent = performance.now() - before;
        // So slow that nothing about it needs to be measured better.
        if (spent > 2_000 * seconds) return (rows * 1000) / spent;
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
    await backend.threads?.use(1);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
