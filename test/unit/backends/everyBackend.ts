/** Runs a suite on every backend. Both of this milestone's must start on any machine: an absent one fails. */
import { beforeAll, describe } from 'vitest';
import { backendNames, type Backend, type BackendName } from '../../../src/backends/backend.ts';
import { startBackend } from '../../../src/backends/index.ts';

export function onEveryBackend(title: string, suite: (backend: () => Backend, name: BackendName) => void): void {
  describe.each(backendNames)(`${title} on %s`, (name) => {
    let started: Backend | null = null;
    beforeAll(async () => {
      started = await startBackend(name);
    });
    suite(() => {
      if (started === null) throw new Error('asked for the backend outside a test');
      return started;
    }, name);
  });
}
