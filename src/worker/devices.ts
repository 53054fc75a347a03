/** What the engine can compute on here, as a report. */
import { probeBackends } from '../backends/index.ts';
import type { DeviceReport } from '../protocol/worker.ts';

export async function deviceReports(): Promise<DeviceReport[]> {
  return (await probeBackends()).map((result) => {
    const { name } = result;
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
    return { name, available: true, version, device, reason: null, memoryBytes, software, timing: null };
  });
}
