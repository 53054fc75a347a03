/** Bundles the fake worker into a temporary folder, since a forked process reads no TypeScript. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function buildFakeWorker(): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lens-fake-worker-'));
  const file = join(folder, 'worker.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'fakeWorker.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  return { file, remove: () => rm(folder, { recursive: true }) };
}
