/** What an open inspector costs training: one run, with and without its requests in turn. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, inProcessPair } from '../../src/protocol/rpc.ts';
import type { HostSide } from '../../src/protocol/worker.ts';
import { newRunPath } from '../../src/runs/runFolder.ts';
import { kindsOf, openInspectorLoad } from '../../src/worker/inspectorLoad.ts';
import { Session } from '../../src/worker/session.ts';
import { writeExperiment, type Trained } from './experiment.ts';

/** Rows a second, by the clock and by this process's processor time: where others compute as well only that is steady. */
export interface Rate {
  readonly clock: number;
  readonly processor: number;
}

export interface InspectorCost {
  /** Of each turn; the n-th of both were measured one right after the other. */
  readonly without: Rate[];
  readonly withIt: Rate[];
  /** Frames delivered. */
  readonly frames: Readonly<Record<string, number>>;
}

/** Time for a first frame of every kind, of which some take long. */
const OPENING_MS = 4000;

export async function inspectorCost(trained: Trained, o: { turns: number; seconds: number }): Promise<InspectorCost> {
  const folder = await mkdtemp(join(tmpdir(), 'lens-bench-'));
  const [host, worker] = inProcessPair();
  const session = new Session(worker);
  const connection = new Connection<HostSide>(host);
  const told: { readonly step: number; readonly at: number; readonly worked: number }[] = [];
  connection.on('metrics', ({ metrics }) => {
    const step = metrics.at(-1)?.step;
    const { user, system } = process.cpuUsage();
    if (step !== undefined) told.push({ step, at: performance.now(), worked: (user + system) / 1000 });
  });
  try {
    const experimentFile = await writeExperiment(folder, trained);
    const manifest = await connection.request(
      'train',
      { experimentFile, runFolder: newRunPath(experimentFile, new Date()), backend: 'auto', resume: false },
      0,
    );
    // Steps are told a few times a second: from one telling to another the count is exact.
    const measure = async () => {
      await pause(500);
      told.length = 0;
      await pause(o.seconds * 1000);
      const [first, last] = [told[0], told.at(-1)];
      if (!first || !last || first === last) throw new Error('too few steps in this time; ask for more --seconds');
      const rows = (last.step - first.step) * trained.batchSize * 1000;
      return { clock: rows / (last.at - first.at), processor: rows / (last.worked - first.worked) };
    };
    const without: Rate[] = [];
    const withIt: Rate[] = [];
    const frames: Record<string, number> = {};
    for (let turn = 0; turn < o.turns; turn++) {
      if (turn % 2 === 0) without.push(await measure());
      const load = openInspectorLoad(connection, kindsOf(manifest));
      // What somebody has just turned to comes at once: a cost of opening a view, not of looking at it.
      const late = performance.now() + OPENING_MS;
      while (performance.now() < late && Object.values(load.frames).includes(0)) await pause(50);
      withIt.push(await measure());
      await load.stop();
      if (turn % 2 === 1) without.push(await measure());
      for (const [kind, count] of Object.entries(load.frames)) frames[kind] = (frames[kind] ?? 0) + count;
    }
    return { without, withIt, frames };
  } finally {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
