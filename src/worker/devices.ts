/** What the engine can compute on here, as a report. */
import { probeBackends } from '../backends/index.ts';
import type { DeviceReport } from '../protocol/worker.ts';

export async function deviceReports(): Promise<DeviceReport[]> {
  return (await probeBackends()).map((result) =>
    result.available
      ? {
          name: result.backend.name,
          available: true,
          version: result.backend.version,
          device: result.backend.device,
          reason: null,
        }
      : { name: result.name, available: false, version: null, device: null, reason: result.reason },
  );
}
