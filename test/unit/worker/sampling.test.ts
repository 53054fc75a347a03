/** Drawing over the worker's protocol: completions, progress, giving up, and a training that does not notice. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readMatrix } from '../../../src/data/read.ts';
import type { SamplesFrame } from '../../../src/inspection/frames.ts';
import type { SampleParams, SamplingProgress } from '../../../src/protocol/worker.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import type { ExperimentInput } from '../../../src/spec/experiment.ts';
import { Bench, DIMENSION, Workplace } from './workplace.ts';

let place: Workplace;
let bench: Bench;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.session.close());

const sample = (changes: Partial<SampleParams>) =>
  bench.host.request('sample', { rows: 20, seed: 5, temperature: 1, from: 'best', ...changes });
const given = { split: 'test', keep: [[0, 1]], first: 3, count: 4 } as const;
/** So many that they take some seconds. */
const MANY = 400_000;

async function trained(name: string): Promise<string> {
  const run = place.newRunFolder();
  await bench.train(await place.experiment(name), run);
  await bench.until('finished');
  return run;
}

describe('a mask of several', () => {
  it('draws every row where it is asked for, and each differs from the others and from the ensemble', async () => {
    const run = place.newRunFolder();
    const model: ExperimentInput['model'] = { type: 'made', hidden: [16], masks: 3, orderAgnostic: true };
    await bench.train(await place.experiment('several', { model }), run);
    await bench.until('finished');
    const drawn = async (mask?: number) => {
      const { frame, file } = await sample({ rows: 200, mask });
      const { values } = await readMatrix(file, run);
      return { frame: frame as SamplesFrame, file, values };
    };
    const [all, ...each] = [await drawn(), await drawn(0), await drawn(1), await drawn(2)];
    expect(all.frame).toMatchObject({ ensemble: true, maskCount: 3 });
    expect(all.file).toMatch(/-n200\.npy$/);
    for (const [mask, { frame, file }] of each.entries()) {
      expect(frame).toMatchObject({ mask, maskCount: 3 });
      expect(frame).not.toHaveProperty('ensemble');
      expect(file).toMatch(new RegExp(`-n200-mask${mask}\\.npy$`));
    }
    expect(new Set([all, ...each].map(({ values }) => values.join())).size).toBe(4);
    // Rows of the ensemble that a mask draws come in their turn out of that mask's own stream.
    const stream = each.map(({ values }) => values.slice(0, DIMENSION).join());
    expect(stream).toContain(all.values.slice(0, DIMENSION).join());
    await expect(sample({ mask: 3 })).rejects.toThrow(
      'there is no mask 3; this model has 3 masks, counted from 0: 0 … 2',
    );
    await expect(sample({ mask: 0.5 })).rejects.toThrow('bad request "sample": mask');
  });
});

describe('a completion', () => {
  it('takes rows of a split with some of their columns, and draws the rest', async () => {
    const run = await trained('completed');
    const test = await readMatrix('test.npy', place.folder);
    const { frame, file } = await sample({ given });
    const drawn = await readMatrix(file, run);
    for (let r = 0; r < 20; r++) {
      const from = (3 + (r % 4)) * DIMENSION;
      expect([...drawn.values.slice(r * DIMENSION, r * DIMENSION + 2)]).toEqual([...test.values.slice(from, from + 2)]);
    }
    const { entries } = frame as SamplesFrame;
    expect(entries).toEqual(Uint8Array.from({ length: 20 * DIMENSION }, (_, i) => (i % DIMENSION < 2 ? 1 : 0)));
    // Other values do not overwrite what was drawn from these.
    const others = await sample({ given: { ...given, first: 7 } });
    expect(file).toMatch(/-seed5-t1-n20-given[0-9a-f]{8}\.npy$/);
    expect(others.file).not.toBe(file);
    const values = Float32Array.from({ length: DIMENSION }, (_, d) => (d < 3 ? 1 : NaN));
    const sent = await readMatrix((await sample({ given: { values } })).file, run);
    for (let r = 0; r < 20; r++) expect([...sent.values.slice(r * DIMENSION, r * DIMENSION + 3)]).toEqual([1, 1, 1]);
  });

  it('is refused in words', async () => {
    await trained('refused');
    const refusals: [Partial<SampleParams>, string][] = [
      [{ given: { ...given, keep: [[1, 2]] } }, 'x₃ is given but comes at position 3 in the order, after x₁'],
      [{ given: { ...given, keep: [[0, 6]] } }, 'columns 0-6 cannot be kept; there are 0-5'],
      [{ given: { ...given, keep: [[2, 1]] } }, 'columns 2-1 cannot be kept; there are 0-5'],
      [{ given: { ...given, first: 50 } }, 'there is no test row 50; there are 50, counted from 0'],
      [{ given: { values: new Float32Array(5) } }, 'given are 5 values; rows of 6 variables are needed'],
      [{ given: { split: 'test', keep: [] } }, 'bad request "sample": given'],
      [{ context: { label: 1 } }, 'a context is asked for; this model is not conditioned on anything'],
    ];
    for (const [changes, message] of refusals) await expect(sample(changes)).rejects.toThrow(message);
  });
});

describe('a drawing', () => {
  it('tells how far it has come, with what there is so far', async () => {
    await trained('told');
    const told: SamplingProgress[] = [];
    bench.host.on('sampling', (progress) => told.push(progress));
    const { frame } = await sample({ rows: MANY, id: 7 });
    expect(told.length).toBeGreaterThan(0);
    for (const [i, { id, rows, share, finished, frame: partial }] of told.entries()) {
      expect([id, rows, partial.share, partial.kind]).toEqual([7, MANY, share, 'samples']);
      if (i > 0) expect(share).toBeGreaterThan(told[i - 1]!.share);
      expect(finished).toBeLessThanOrEqual(Math.ceil(share * MANY));
      expect(partial.values.length).toBe((frame as SamplesFrame).values.length);
    }
    const count = told.length;
    await sample({ id: 8, rows: 2 });
    await sample({ rows: MANY });
    expect(told.length).toBe(count);
  });

  it('can be given up: it fails by name, writes nothing, and the session goes on', async () => {
    const run = await trained('given up');
    const pending = sample({ rows: 1_000_000, id: 1 }).catch((error: unknown) => error);
    await expect(sample({ id: 1 })).rejects.toThrow('a drawing with the id 1 is under way');
    expect(await bench.host.request('cancelSample', { id: 2 })).toBe(false);
    expect(await bench.host.request('cancelSample', { id: 1 })).toBe(true);
    expect(await pending).toMatchObject({ remoteName: 'CancelledError', message: 'the drawing was given up' });
    expect(await readdir(join(run, 'samples')).catch(() => [])).toEqual([]);
    expect(await bench.host.request('cancelSample', { id: 1 })).toBe(false);
    expect((await sample({ id: 1 })).frame.kind).toBe('samples');
  });

  it('leaves training the same bit for bit, finished or given up', async () => {
    const file = await place.experiment('unharmed', { training: { epochs: 30, batchSize: 20 } });
    const weights = async (run: string) => {
      const folder = await RunFolder.open(run);
      return readFile(folder.weightsFile((await folder.readManifest()).checkpoints.last!));
    };
    const alone = place.newRunFolder();
    await bench.train(file, alone);
    await bench.until('finished');
    bench.manifests.length = 0;
    const disturbed = place.newRunFolder();
    await bench.train(file, disturbed);
    const pending = sample({ from: 'current', rows: 1_000_000, id: 1 }).catch((error: unknown) => error);
    const completed = await sample({ from: 'current', given, rows: 50 });
    expect(completed.frame.step).toBeLessThan(30 * 20);
    await bench.host.request('cancelSample', { id: 1 });
    expect(await pending).toMatchObject({ remoteName: 'CancelledError' });
    await bench.until('finished');
    expect(await weights(disturbed)).toEqual(await weights(alone));
  });
});
