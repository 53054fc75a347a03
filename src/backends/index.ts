/**
 * What the engine can compute on here, and starting it.
 *
 * Add a backend: its file with a {@link Rung}, its name in `backend.ts`, its line in {@link rungs}. A process computes
 * on one backend at a time.
 */
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import type { Backend, BackendName, Rung, StartResult } from './backend.ts';
import { cpuRung } from './cpu.ts';
import { wasmRung } from './wasm.ts';

/** In the order in which `auto` prefers them. */
const rungs: readonly Rung[] = [wasmRung, cpuRung];

let started: Promise<StartResult[]> | null = null;

/**
 * Tries every backend in the order in which `auto` prefers them; absent ones give their reason. Each is started once a
 * process and the answer is kept, so that asking again never disturbs a training run.
 */
export function probeBackends(): Promise<StartResult[]> {
  started ??= startAll();
  return started;
}

async function startAll(): Promise<StartResult[]> {
  // Its advertisements for other builds would end up in users' terminals.
  enableProdMode();
  const results: StartResult[] = [];
  for (const rung of rungs) results.push(await rung.start());
  const first = results.find((result) => result.available);
  if (first?.available) await setBackend(first.backend.name);
  return results;
}

/**
 * Starts one backend and makes it the current one; `auto` takes the first that starts.
 * @throws BackendError with the reason of every backend that was tried.
 */
export async function startBackend(choice: 'auto' | BackendName): Promise<Backend> {
  const reasons: string[] = [];
  for (const result of await probeBackends()) {
    const name = result.available ? result.backend.name : result.name;
    if (choice !== 'auto' && choice !== name) continue;
    if (!result.available) {
      reasons.push(`${name}: ${result.reason}`);
      continue;
    }
    await setBackend(name);
    return result.backend;
  }
  throw new BackendError(`No backend to compute on. ${reasons.join('; ') || `There is none called ${choice}.`}`);
}

/** No backend could be started; the message says why, backend by backend. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
}
