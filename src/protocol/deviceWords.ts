/** How backends, their speed and their memory are put into words, the same everywhere. */
import type { BackendInUse, DeviceReport, DeviceTiming } from './worker.ts';

/** "12,580 rows/s, 7.95 ms a step". */
export function timingText({ rowsPerSecond, stepMs }: Pick<DeviceTiming, 'rowsPerSecond' | 'stepMs'>): string {
  const rows = Math.round(rowsPerSecond).toLocaleString('en-GB');
  return `${rows} rows/s, ${stepMs.toPrecision(3)} ms a step`;
}

/** "22.1 GiB". */
export function memoryText(bytes: number): string {
  const gibibytes = bytes / 2 ** 30;
  return gibibytes >= 1 ? `${gibibytes.toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** Whether a backend is there, in words. */
export function stateText({ available, software }: DeviceReport): string {
  if (!available) return 'absent';
  return software ? 'available (software)' : 'available';
}

/** The choice of a backend, as lines for a log. */
export function describeBackend(backend: BackendInUse): readonly string[] {
  const { name, version, device, asked, timings, remembered, skipped } = backend;
  const how = asked === 'auto' ? 'chosen for this model' : 'as asked for';
  const trial = timings.map((timing) => `${timing.name} ${timingText(timing)}`).join('; ');
  return [
    `backend: ${name} (${how}): ${device}, version ${version}`,
    ...(trial === '' ? [] : [`${remembered ? 'timed before' : 'timed'} on ${timings[0]!.title}: ${trial}`]),
    ...skipped.map((one) => `not used: ${one.name}: ${one.reason}`),
  ];
}

/** A backend of this machine in one line. */
export function describeReport(report: DeviceReport): string {
  const { name, available, device, version, reason, timing } = report;
  if (!available) return `${name}: not available: ${reason ?? 'no reason given'}`;
  return `${name}: ${device ?? '?'}, version ${version ?? '?'}${timing ? `; ${timing.title}: ${timingText(timing)}` : ''}`;
}
