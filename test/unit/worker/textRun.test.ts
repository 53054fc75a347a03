/** A run of text: what was left out is told as it begins, and a text that has changed is not read as another. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveRun } from '../../../src/worker/liveRun.ts';
import { loadRun, loadRunData } from '../../../src/worker/loadRun.ts';
import { Workplace } from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

it('tells what of its text is not used, and reads it by its own characters from then on', async () => {
  const experimentFile = await place.experiment('text', {
    model: { type: 'char-rnn', cell: 'rnn', hidden: [2] },
    data: { text: 'text.txt', length: 4 },
    training: { epochs: 1 },
  });
  const file = join(dirname(experimentFile), 'text.txt');
  await writeFile(file, 'bd'.repeat(51));
  const notes: string[] = [];
  const run = await LiveRun.prepare(
    { experimentFile, runFolder: place.newRunFolder(), backend: 'cpu', resume: false },
    { warn: () => undefined, onNote: (note) => notes.push(note), betweenBatches: () => Promise.resolve() },
  );
  expect(notes).toContainEqual(expect.stringContaining('Characters that fill no row of 4 are not used'));
  const stored = await loadRun(run.folder.path);
  await run.close();
  expect(stored.manifest.characters).toEqual(['b', 'd']);
  // A text that has changed, of the same characters.
  await writeFile(file, 'd'.repeat(60) + 'dbdb'.repeat(10));
  expect((await loadRunData(stored)).train.values[0]).toBe(1);
  await writeFile(file, 'abd'.repeat(40));
  await expect(loadRunData(stored)).rejects.toThrow('text.txt: has “a”, of which the run knows nothing');
});
