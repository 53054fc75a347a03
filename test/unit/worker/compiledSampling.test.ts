/** Rows that the page asks for, on a backend that has programs. */
import { beforeAll, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { NotCompilable } from '../../../src/backends/compiled.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { toEnd } from '../../../src/inspection/source.ts';
import { download } from '../../../src/layers/namedTensors.ts';
import type { ActiveRun } from '../../../src/worker/activeRun.ts';
import { drawSamples } from '../../../src/worker/sampling.ts';
import { snapshotFor } from '../inspection/compiledLooks.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('wasm');
});

it('are compiled where there are enough of them, and say why they could not be', async () => {
  const own: Backend = {
    ...backend,
    compile() {
      throw new NotCompilable('none of it');
    },
  };
  const { source, dispose } = snapshotFor({ type: 'realnvp', layers: 2, hidden: [4] }, 4, own);
  const parameters = await download(source.parameters);
  const run = {
    ...{ source, trainer: null },
    folder: { writeSamples: (name: string) => Promise.resolve(name) },
    async *parametersOf() {
      yield;
      return { step: 1, epoch: 1, parameters };
    },
  } as unknown as ActiveRun;
  const draw = async (rows: number) => {
    const { frame } = await toEnd(drawSamples(run, { rows, seed: 5, temperature: 1, from: 'best' }));
    return frame.uncompiled;
  };
  // Seven whole batches and what is left, as often as one likes; and eight.
  for (let i = 0; i < 8; i++) expect(await draw(1999)).toBeUndefined();
  expect(await draw(2000)).toBe('none of it');
  dispose();
});
