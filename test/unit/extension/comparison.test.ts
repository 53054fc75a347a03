import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Comparison } from '../../../extension/panels/comparison.ts';
import { RunRecord } from '../../../extension/runs/runRecord.ts';
import type { RunService } from '../../../extension/runs/runService.ts';
import { MANIFEST_FILE } from '../../../src/runs/manifestFile.ts';

vi.mock('vscode', () => ({ workspace: { asRelativePath: (path: string) => path } }));

const pull = { standsOn: '', revision: 0, metrics: 0, masks: true, drawn: 0, drawing: 0, frames: [] };

let folder: string;
let left: RunRecord[];
let logged: string[];
let comparison: Comparison;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lens-comparison-'));
  left = [];
  logged = [];
  const runs = {
    letGo: (run: RunRecord) => {
      left.push(run);
      return Promise.resolve();
    },
    readForPage: () => Promise.resolve(),
  } as unknown as RunService;
  comparison = new Comparison(runs, (level, text) => logged.push(`${level}: ${text}`));
});
afterEach(async () => {
  comparison.close();
  await rm(folder, { recursive: true });
});

async function run(name: string, model: object | string): Promise<RunRecord> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, MANIFEST_FILE), '{}');
  const text =
    typeof model === 'string' ? model : JSON.stringify({ model, data: { generate: 'bars-and-stripes', rows: 100 } });
  await writeFile(join(path, 'experiment.jsonc'), text);
  return new RunRecord(path, join(folder, `${name}.lens.json`));
}
const metric = (step: number) =>
  ({ type: 'batch', step, epoch: 0, seconds: 0, train: step, mask: 0 }) as RunRecord['metrics'][number];

describe('the run that stands beside the shown one', () => {
  it('answers pulls of its own, and nothing once it is left', async () => {
    const [shown, other] = [await run('a', { type: 'fvsbn' }), await run('b', { type: 'made', hidden: [8] })];
    expect(await comparison.pull(pull)).toEqual({ revision: 0 });
    other.setMetrics([metric(1), metric(2)]);
    comparison.stand(other, shown);
    expect(comparison.run).toBe(other);
    expect((await comparison.pull({ ...pull, standsOn: other.path })).metrics).toEqual({
      from: 0,
      metrics: [metric(1), metric(2)],
    });
    // A pull that waits for news ends with them gone.
    const waiting = comparison.pull({ ...pull, standsOn: other.path, revision: other.revision, metrics: 2 });
    comparison.stand(null, shown);
    expect(await waiting).toEqual({ revision: other.revision });
    expect([comparison.run, await comparison.pull(pull)]).toEqual([null, { revision: 0 }]);
  });

  it('lets the worker of the one before go, unless that one is shown', async () => {
    const [a, b, c] = [await run('a', {}), await run('b', {}), await run('c', {})];
    comparison.stand(b, a);
    comparison.stand(b, a);
    expect(left).toEqual([]);
    comparison.stand(c, a);
    expect(left).toEqual([b]);
    comparison.stand(null, c);
    expect(left).toEqual([b]);
  });

  it('tells in what the experiments differ', async () => {
    const [a, b] = [await run('a', { type: 'made', hidden: [8] }), await run('b', { type: 'made', hidden: [16] })];
    expect(await comparison.differences(a)).toBeNull();
    comparison.stand(b, a);
    expect(await comparison.differences(a)).toEqual([{ key: 'model.hidden', a: '[8]', b: '[16]' }]);
  });

  it('tells nothing of an experiment that cannot be read, and logs why where the folder is gone', async () => {
    const [a, torn] = [await run('a', { type: 'made', hidden: [8] }), await run('torn', '{ "model": ')];
    comparison.stand(torn, a);
    expect(await comparison.differences(a)).toBeNull();
    await rm(torn.path, { recursive: true });
    expect(await comparison.differences(a)).toBeNull();
    expect(logged).toEqual([expect.stringMatching(/^warning: .*torn: there is no run in this folder/)]);
  });
});
