/** `lens inspect`, `lens check` and `lens devices`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backendNames } from '../../../src/backends/backend.ts';
import { diagnosticIds } from '../../../src/inspection/findings.ts';
import { lens, lines, shapeOf } from './run.ts';
import { smallRun } from './smallRun.ts';

const small = smallRun();
const { at, plain } = small;

describe('inspect', () => {
  it('sums up a run and its diagnostics', async () => {
    const { code, out } = await lens('inspect', small.run);
    expect(code).toBe(0);
    expect(plain(out)).toMatch(
      /^Run {9}<folder>.+\nExperiment {2}small\nState {7}finished, epoch 4\nModel {7}6 variables/,
    );
    expect(out).toMatch(/\n\nok +nan\nok +future-leak\n/);
    const [json] = lines((await lens('inspect', small.run, '--json')).out);
    expect(Object.keys(json!)).toEqual(['run', 'manifest', 'diagnostics']);
    expect(json!['diagnostics']).toHaveLength(diagnosticIds.length);
  });

  it.each([
    ['curves', /^Learning curves: .+\n/],
    ['connectivity', /^Connectivity: Every output sees only earlier inputs: 0 of 21 forbidden pairs/],
    ['masks', /^Masks, paths and Jacobian: .*0 of 21 forbidden pairs, .*no forbidden entry differs from 0: 0 of 21\./],
    ['samples', /^Samples: 32|^Samples: 64/],
  ])('shows %s as a sentence, as JSON and as a picture', async (view, sentence) => {
    const { code, out } = await lens('inspect', small.run, '--view', view, '--svg', at(`${view}.svg`));
    expect(code).toBe(0);
    expect(out).toMatch(sentence);
    expect(await readFile(at(`${view}.svg`), 'utf8')).toMatch(/^<svg [\s\S]+<\/svg>$/);
    expect(lines((await lens('inspect', small.run, '--view', view, '--json')).out)).toHaveLength(1);
  });

  it('draws curves against training samples, and says where that cannot be', async () => {
    const draw = (...more: string[]) => lens('inspect', small.run, '--view', 'curves', ...more);
    expect((await draw('--svg', at('c.svg'), '--axis', 'rows', '--log-x')).code).toBe(0);
    expect(await readFile(at('c.svg'), 'utf8')).toContain('training samples evaluated (rows)');
    expect((await draw('--axis', 'rows')).err).toContain('--axis needs --svg');
    const other = await lens('inspect', small.run, '--view', 'samples', '--svg', at('c.svg'), '--log-y');
    expect(other.err).toContain('--log-y needs --view curves');

    const file = join(small.run, 'metrics.jsonl');
    const kept = await readFile(file, 'utf8');
    await writeFile(file, kept.replaceAll(/"rows":\d+,/g, ''));
    try {
      const { code, err } = await draw('--svg', at('c.svg'), '--axis', 'rows');
      expect([code, err]).toEqual([1, expect.stringMatching(/--axis rows cannot be drawn: .* were not counted/)]);
    } finally {
      await writeFile(file, kept);
    }
  });

  it('offers no view that needs two runs', async () => {
    const { code, err } = await lens('inspect', small.run, '--view', 'compare');
    expect(code).not.toBe(0);
    expect(err).toMatch(/Allowed choices are curves, (?:(?!compare).)*entropy(?:(?!compare).)*\.$/m);
  });

  it('gives typed arrays as lists of numbers', async () => {
    const [frame] = lines((await lens('inspect', small.run, '--view', 'connectivity', '--json')).out);
    expect((frame!['network'] as { order: number[] }).order).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('check and devices', () => {
  it('check finds nothing in a sound file and everything in a bad one, with lines', async () => {
    expect(await lens('check', small.experiment)).toMatchObject({
      code: 0,
      out: expect.stringContaining('no problems') as string,
    });
    await writeFile(
      at('bad.lens.json'),
      '{\n  "model": { "type": "made", "hiden": [5] },\n  "data": { "train": "gone.npy" }\n}\n',
    );
    const { code, out } = await lens('check', at('bad.lens.json'));
    expect(code).toBe(1);
    expect(plain(out)).toMatch(/bad\.lens\.json:2:\d+: error: .*hiden/);
    expect(out).toMatch(/bad\.lens\.json:3:\d+: error: .*gone\.npy/);
    const problems = JSON.parse((await lens('check', at('bad.lens.json'), '--json')).out) as { line: number }[];
    expect(problems.map(({ line }) => line)).toContain(2);
  });

  it('devices lists every backend', async () => {
    const { out } = await lens('devices', '--json');
    const devices = JSON.parse(out) as { name: string; available: boolean }[];
    expect(devices.map(({ name }) => name)).toEqual([...backendNames]);
    // Whether it has been timed depends on what other tests trained.
    const wasm = devices.filter(({ name }) => name === 'wasm').map((device) => ({ ...device, timing: null }));
    expect(shapeOf(wasm)).toEqual([
      {
        name: 'string',
        available: 'boolean',
        version: 'string',
        device: 'string',
        reason: 'null',
        memoryBytes: 'number',
        software: 'boolean',
        timing: 'null',
      },
    ]);
    expect((await lens('devices')).out).toMatch(
      /^BACKEND +STATE +MEMORY +VERSION +DEVICE, OR WHY NOT\n(.*\n)*wasm +available +\d+\.\d GiB +4\.\S+ +WebAssembly/,
    );
  });
});
