/** Which backend a run computes on: the one that was asked for, or the fastest for its model. */
import { setBackend } from '@tensorflow/tfjs-core';
import type { Backend, BackendName, Device, Rung } from './backend.ts';
import type { TellActivity } from '../text/activity.ts';
import { BackendError, probeBackends, rungs, startBackend, startRung } from './index.ts';
import { rememberComparison, rememberedComparison, type Skipped, timingKey } from './timings.ts';
import { timeSteps, type Timing, type Trial } from './trial.ts';
import { apply, changesBits, plain, type Setting, tune } from './tuning.ts';

export interface Choice {
  readonly backend: Backend;
  /** Fastest first; empty where there was nothing to choose from, or a backend was asked for by name. */
  readonly timings: readonly Timing[];
  /** Whether they are those of an earlier trial. */
  readonly remembered: boolean;
  /** With `remembered`, as it was then: another file or version of a backend makes a new trial. */
  readonly skipped: readonly Skipped[];
}

/**
 * Starts a backend and makes it the current one. With `auto` those that start are timed on the model, unless they have
 * been on this machine already, and the fastest is taken. Nothing of a trial stays that shows in a run: no tensors, no
 * random numbers drawn.
 * @param kept with which a run was trained that is taken up again on the backend that it names, where that changes results
 * @param tell told what that takes
 * @throws BackendError with the reason of every backend that was tried
 */
export async function chooseBackend(
  asked: 'auto' | BackendName,
  trial: Trial,
  kept: Setting | null = null,
  tell: TellActivity = () => undefined,
): Promise<Choice> {
  await tell({ doing: 'choosing' });
  if (asked !== 'auto') {
    const backend = await startBackend(asked);
    if (kept !== null && changesBits(backend)) await apply(backend, kept);
    else await tune(backend, trial, tell);
    return { backend, timings: [], remembered: false, skipped: [] };
  }
  const key = timingKey([trial.key, ...rungs.map((rung) => `${rung.name} ${rung.fingerprint()}`)]);
  const before = await rememberedComparison(key);
  const known = before && (await startRung(before.timings[0]!.name));
  if (known?.available) {
    await setBackend(known.backend.engine);
    await tune(known.backend, trial, tell);
    return { backend: known.backend, ...before!, remembered: true };
  }
  return compare(trial, key, tell);
}

async function compare(trial: Trial, key: string, tell: TellActivity): Promise<Choice> {
  const skipped: Skipped[] = [];
  const candidates = await candidatesFor(trial, (name, reason) => skipped.push({ name, reason }));
  const timed: { backend: Backend; timing: Timing }[] = [];
  const started: Backend[] = [];
  for (const { name } of candidates) {
    const result = await startRung(name);
    if (!result.available) {
      skipped.push({ name, reason: result.reason });
      continue;
    }
    started.push(result.backend);
    await setBackend(result.backend.engine);
    const found = await tune(result.backend, trial, tell);
    // Nothing to compare it with.
    if (candidates.length === 1) break;
    try {
      timed.push({ backend: result.backend, timing: found ?? (await timeSteps(trial, result.backend, tell)) });
    } catch (error) {
      skipped.push({
        name,
        reason: `a training step failed: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  timed.sort((a, b) => a.timing.stepMs - b.timing.stepMs);
  const backend = timed[0]?.backend ?? (candidates.length === 1 ? started[0] : undefined);
  if (backend === undefined) {
    throw new BackendError(
      `No backend to compute on. ${skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}`,
    );
  }
  for (const other of started) if (other !== backend) await apply(other, plain);
  // Again: some backends share the threads of another.
  await tune(backend, trial, tell);
  await setBackend(backend.engine);
  const timings = timed.map(({ timing }) => timing);
  if (timings.length > 0) await rememberComparison(key, { timings, skipped });
  return { backend, timings, remembered: false, skipped };
}

async function candidatesFor(
  trial: Trial,
  skip: (name: BackendName, reason: string) => void,
): Promise<readonly Rung[]> {
  const probes = await probeBackends();
  const hasWasm = probes.some((probe) => probe.available && probe.name === 'wasm');
  const fitting = rungs.filter((rung) => {
    const probe = probes.find(({ name }) => name === rung.name)!;
    const reason = !probe.available
      ? probe.reason
      : probe.software
        ? `${probe.device}; it is used only when asked for by name`
        : rung.name === 'cpu' && hasWasm
          ? 'WebAssembly is faster for every model'
          : doesNotFit(trial, probe);
    if (reason !== null) skip(rung.name, reason);
    return reason === null;
  });
  return fitting;
}

/** Null when the model fits the device, as far as is known; otherwise what it lacks, in words. */
export function doesNotFit(
  { bytes, largestTensorBytes }: Pick<Trial, 'bytes' | 'largestTensorBytes'>,
  device: Pick<Device, 'memoryBytes' | 'largestTensorBytes'>,
): string | null {
  if (device.memoryBytes !== null && bytes > device.memoryBytes) {
    return `training needs about ${gibibytes(bytes)}, more than the ${gibibytes(device.memoryBytes)} that it has`;
  }
  if (device.largestTensorBytes !== null && largestTensorBytes > device.largestTensorBytes) {
    return `one tensor needs ${gibibytes(largestTensorBytes)}, more than the ${gibibytes(device.largestTensorBytes)} that it allows`;
  }
  return null;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
