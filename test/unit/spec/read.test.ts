import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFile } from '../../../src/data/describe.ts';
import { writeNpz } from '../../../src/data/npz.ts';
import { SpecError } from '../../../src/spec/problem.ts';
import { readExperiment } from '../../../src/spec/read.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lens-spec-'));
  await writeFile(join(folder, 'd.npz'), writeNpz({ train: { values: new Uint8Array(600), shape: [200, 3] } }));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function experiment(text: string): Promise<string> {
  const file = join(folder, 'a.lens.json');
  await writeFile(file, text);
  return file;
}

describe('readExperiment', () => {
  it('gives the experiment, its text and its warnings', async () => {
    const text =
      '{ "model": { "type": "made", "hidden": [4], "orderAgnostic": true }, "data": { "train": "d.npz#train" } }';
    const read = await readExperiment(await experiment(text), describeFile);
    expect(read.text).toBe(text);
    expect(read.experiment.model).toMatchObject({ type: 'made', hidden: [4] });
    expect(read.warnings.map(({ message }) => message)).toEqual([
      'orderAgnostic has no effect: there is one mask; set masks to several, or freshMasks',
    ]);
  });

  it('throws every problem at once, each with file, line and column', async () => {
    const file = await experiment(
      '{\n  "model": { "type": "made", "hidden": [0], "order": [1, 2] },\n  "data": { "train": "d.npz#tran" }, "seed": 0.5\n}',
    );
    const error: unknown = await readExperiment(file, describeFile).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpecError);
    const { message, problems } = error as SpecError;
    expect(problems).toHaveLength(3);
    expect(message.split('\n')).toEqual([
      `${file}:2:41: error: model.hidden[0] is 0; at least 1 is needed`,
      `${file}:3:22: error: d.npz has no array "tran" (did you mean "train"?); there are "train"`,
      `${file}:3:46: error: seed is 0.5; a whole number is needed`,
    ]);
  });

  it('names an experiment that is not there', async () => {
    await expect(readExperiment(join(folder, 'none.lens.json'))).rejects.toThrow(
      /none\.lens\.json:1:1: error: there is no such file/,
    );
  });
});
