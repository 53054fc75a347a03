/** What the engine can compute on here, as a report. */
import { probeBackends } from '../backends/index.ts';
import type { Choice } from '../backends/choose.ts';
import { lastTimings } from '../backends/timings.ts';
import type { Timing } from '../backends/trial.ts';
import { changesBits, settingOf } from '../backends/tuning.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { BackendChoice, BackendInUse, DeviceReport, DeviceTiming } from '../protocol/worker.ts';

export async function deviceReports(): Promise<DeviceReport[]> {
  const timings = await lastTimings();
  return (await probeBackends()).map((result) => {
    const { name } = result;
    const last = timings.get(name);
    if (!result.available) {
      const { reason } = result;
      return {
        name,
        available: false,
        version: null,
        device: null,
        reason,
        memoryBytes: null,
        software: false,
        timing: null,
      };
    }
    const { version, device, memoryBytes, software } = result;
    const timing = last ? timingOf(last) : null;
    return { name, available: true, version, device, reason: null, memoryBytes, software, timing };
  });
}

/** What a run computes on, for the host. */
export function backendInUse(asked: BackendChoice, { backend, timings, remembered, skipped }: Choice): BackendInUse {
  const { name, version, device } = backend;
  return {
    name,
    version,
    device,
    asked,
    timings: timings.map((timing) => ({ name: timing.name, ...timingOf(timing) })),
    remembered,
    skipped,
  };
}

/** The same for `run.json`, so that a run says later what it was computed on, and why. */
export function choiceForManifest(asked: BackendChoice, choice: Choice): NonNullable<RunManifest['backendChoice']> {
  const { name: _, timings, skipped, ...rest } = backendInUse(asked, choice);
  return {
    ...rest,
    ...(changesBits(choice.backend) && settingOf(choice.backend)),
    timings: [...timings],
    skipped: [...skipped],
  };
}

function timingOf({ rowsPerSecond, stepMs, title, measured }: Timing): DeviceTiming {
  return { rowsPerSecond, stepMs, title, measured };
}
