/**
 * What the engine can compute on here, and starting it.
 *
 * Add a backend: its file with a {@link Rung}, its name in `backend.ts`, its line in {@link rungs}. A process computes
 * on one backend at a time.
 */
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import {
  type Backend,
  type BackendName,
  backendNames,
  type ProbeResult,
  type Rung,
  type StartResult,
} from './backend.ts';
import { cpuRung } from './cpu.ts';
import { once } from './native/once.ts';
import { onnxRungs } from './onnx.ts';
import { tensorflowGpuRung, tensorflowRung } from './tensorflow.ts';
import { wasmRung } from './wasm.ts';
import { webgpuRung } from './webgpu.ts';

/** In the order of {@link backendNames}. */
export const rungs: readonly Rung[] = [
  tensorflowGpuRung,
  webgpuRung,
  ...onnxRungs,
  tensorflowRung,
  wasmRung,
  cpuRung,
].sort((a, b) => backendNames.indexOf(a.name) - backendNames.indexOf(b.name));

/** Started first, always: they are safe and quick, and cannot be started without becoming the current one for a while. */
const first: readonly Rung[] = [wasmRung, cpuRung];

const results = new Map<BackendName, Promise<StartResult>>();

const startFirst = once(async () => {
  // Its advertisements for other builds would end up in users' terminals.
  enableProdMode();
  for (const rung of first) {
    const result = rung.start();
    results.set(rung.name, result);
    await result;
  }
  for (const rung of first) {
    const result = await results.get(rung.name)!;
    if (!result.available) continue;
    await setBackend(result.backend.engine);
    break;
  }
});

/** Starts a rung once a process; the current backend stays what it is. */
export async function startRung(name: BackendName): Promise<StartResult> {
  await startFirst();
  const rung = rungs.find((one) => one.name === name);
  if (!rung) return { available: false, name, reason: 'there is no backend of that name' };
  let result = results.get(rung.name);
  if (!result) {
    result = rung.start();
    results.set(rung.name, result);
  }
  return result;
}

/**
 * Tries every backend, in the order of {@link backendNames}; absent ones give their reason. Native ones are tried in
 * processes of their own and not loaded into this one. Each is tried once a process and the answer is kept, so that
 * asking again never disturbs a training run.
 */
export async function probeBackends(): Promise<ProbeResult[]> {
  await startFirst();
  return Promise.all(rungs.map((rung) => rung.probe()));
}

/**
 * Starts one backend and makes it the current one; `auto` takes the first that starts of those that are always there.
 * @throws BackendError with the reason of every backend that was tried.
 */
export async function startBackend(choice: 'auto' | BackendName): Promise<Backend> {
  const reasons: string[] = [];
  for (const rung of choice === 'auto' ? first : rungs.filter(({ name }) => name === choice)) {
    const result = await startRung(rung.name);
    if (!result.available) {
      reasons.push(`${result.name}: ${result.reason}`);
      continue;
    }
    await setBackend(result.backend.engine);
    return result.backend;
  }
  throw new BackendError(`No backend to compute on. ${reasons.join('; ') || `There is none called ${choice}.`}`);
}

/** No backend could be started; the message says why, backend by backend. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
}
