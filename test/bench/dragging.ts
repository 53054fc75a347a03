/**
 * How long a place of the latent manifold takes to be decoded once the pointer has come to it: from the page's request to
 * its answer, by the page's own pulls, the host's gate and a worker process of its own, on `wasm`. Of what happens in the
 * editor two things are missing: the editor's channel to its page, and drawing.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { childTransport } from '../../extension/worker/childTransport.ts';
import type { ManifoldPlane } from '../../src/inspection/frames/manifold.ts';
import { Connection } from '../../src/protocol/rpc.ts';
import type { HostSide } from '../../src/protocol/worker.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import { newRunPath } from '../../src/runs/runFolder.ts';
import { writeExperiment, type Trained } from './experiment.ts';
import { PointingPage } from './pointingPage.ts';

export interface Dragged {
  /** ms of every move, in ascending order. */
  readonly training: readonly number[];
  readonly idle: readonly number[];
  /** ms of a training step meanwhile, on average. */
  readonly stepMs: number;
}

/** Rests between two moves, so that they meet training at every stage of a batch. */
const LONGEST_REST_MS = 60;
/** As far as the pointer goes in one move, in standard deviations of the prior. */
const STRIDE = 0.3;
const EDGE = 2.5;

/** @param worker the worker's program. */
export async function draggingLatency(
  trained: Trained,
  { moves, plane, worker }: { readonly moves: number; readonly plane: ManifoldPlane; readonly worker: string },
): Promise<Dragged> {
  const folder = await mkdtemp(join(tmpdir(), 'lens-bench-'));
  const child = fork(worker, [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const connection = new Connection<HostSide>(childTransport(child));
  try {
    const experimentFile = await writeExperiment(folder, trained);
    const runFolder = newRunPath(experimentFile, new Date());
    const manifest = await connection.request(
      'train',
      { experimentFile, runFolder, backend: 'wasm', resume: false },
      0,
    );
    const page = new PointingPage(connection, manifest);
    const random = RandomGenerator.seeded(1, 'dragging');
    let [u, v] = [0, 0];
    const onwards = (at: number) => {
      const stride = (1 + Math.floor(100 * STRIDE * random.uniform())) / 100;
      const next = at > EDGE ? at - stride : at < -EDGE || random.uniform() < 0.5 ? at + stride : at - stride;
      return Math.round(100 * next) / 100;
    };
    const drag = async (count: number) => {
      const times: number[] = [];
      for (let i = 0; i < count; i++) {
        await pause(LONGEST_REST_MS * random.uniform());
        [u, v] = [onwards(u), onwards(v)];
        const started = performance.now();
        await page.pointAt(plane, u, v);
        times.push(performance.now() - started);
      }
      return times.sort((a, b) => a - b);
    };
    // First calls make what later ones find made.
    await drag(20);
    const [step, started] = [page.step, performance.now()];
    const training = await drag(moves);
    const stepMs = (performance.now() - started) / (page.step - step);
    await page.pauseTraining();
    await drag(20);
    const idle = await drag(moves);
    page.close();
    return { training, idle, stepMs };
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
