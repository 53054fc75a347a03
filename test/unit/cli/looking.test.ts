/** What is said of a frame that takes long, while it does. */
import { afterEach, expect, it, vi } from 'vitest';
import { frameOf } from '../../../src/cli/views/inspected.ts';
import { Connection, inProcessPair } from '../../../src/protocol/rpc.ts';
import type { HostSide, WorkerSide } from '../../../src/protocol/worker.ts';

afterEach(() => vi.restoreAllMocks());

it('is a line for every tenth off a terminal, of that frame alone, however long it takes', async () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(written.push(String(text))));
  const [host, worker] = inProcessPair();
  const session = new Connection<WorkerSide>(worker);
  const connection = new Connection<HostSide>(host);
  const frame = { kind: 'probability', version: 1 };
  let asked = 0;
  session.handle('frame', () => {
    if (asked++ > 0) return frame as never;
    for (const share of [0.04, 0.12, 0.17, 0.41, 0.05, 0.2, 0.99, 1])
      session.notify('looking', { kind: 'probability', share });
    session.notify('looking', { kind: 'entropy', share: 0.7 });
    // Not finished in the time of one request.
    return null;
  });
  const run = { connection, manifest: {} as never, metrics: [], mask: null, output: null, layer: null };
  expect(await frameOf('probability', run)).toEqual(frame);
  expect(asked).toBe(2);
  expect(written.filter((text) => text.includes('%'))).toEqual(
    [10, 40, 90].map((percent) => `${percent} % of the probability view …\n`),
  );
  session.notify('looking', { kind: 'probability', share: 0.5 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(written.filter((text) => text.includes('50 %'))).toEqual([]);
});
