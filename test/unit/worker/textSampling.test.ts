/** Text written by a session as it is asked for, and what units hold along a piece of the run's text. */
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UnitTextFrame } from '../../../src/inspection/frames/unitText.ts';
import { CANCELLED } from '../../../src/protocol/drawing.ts';
import { RemoteError } from '../../../src/protocol/rpc.ts';
import type { TextSampleParams, WorkerNotifications } from '../../../src/protocol/worker.ts';
import { CHARACTERS, TEXT, textExperiment } from './textRun.ts';
import { Bench, Workplace } from './workplace.ts';

let place: Workplace;
let bench: Bench;
let run: string;
beforeAll(async () => {
  place = await Workplace.make();
  bench = new Bench();
  run = place.newRunFolder();
  await bench.hello();
  await bench.train(await textExperiment(place), run);
  await bench.until('finished', 'failed');
});
afterAll(async () => {
  await bench.session.close();
  await place.remove();
});

const params: TextSampleParams = { prime: 'hel', length: 60, temperature: 0.8, topK: 3, seed: 1, from: 'best' };
const files = async () => (await readdir(join(run, 'samples')).catch(() => [])).filter((name) => name.endsWith('.txt'));
const refused = (change: Partial<TextSampleParams>) =>
  bench.host.request('sampleText', { ...params, ...change }, 0).catch((error: unknown) => error);

describe('a text', () => {
  it('is told as it comes, kept in the samples folder, and the same from the same seed', async () => {
    const told: WorkerNotifications['writing'][] = [];
    bench.host.on('writing', (progress) => told.push(progress));
    const drawn = await bench.host.request('sampleText', { ...params, id: 7 }, 0);
    expect(Array.from(drawn.text)).toHaveLength(60);
    expect(told.map(({ text }) => text).join('')).toBe(drawn.text);
    expect(told.at(-1)).toMatchObject({ id: 7, written: 60, length: 60 });
    expect(CHARACTERS).toEqual(expect.arrayContaining([...new Set(drawn.text)]));
    expect(await readFile(drawn.file, 'utf8')).toBe(`hel${drawn.text}`);
    expect(drawn.file).toMatch(/text-\d{8}-seed1-t0\.8-n60-top3-prime[0-9a-f]{8}\.txt$/);
    expect(drawn.nats).toBeGreaterThan(0);
    const again = await bench.host.request('sampleText', params, 0);
    expect(again.text).toBe(drawn.text);
    const other = await bench.host.request('sampleText', { ...params, seed: 2 }, 0);
    expect(other.text).not.toBe(drawn.text);
  });

  it('is given up as asked, and leaves nothing behind', async () => {
    const before = await files();
    const long = bench.host.request('sampleText', { ...params, length: 100_000, seed: 9, id: 3 }, 0);
    const caught = long.catch((error: unknown) => error);
    bench.host.on('writing', ({ id }) => {
      if (id === 3) void bench.host.request('cancelSample', { id }, 0);
    });
    const error = await caught;
    expect(error).toBeInstanceOf(RemoteError);
    expect((error as RemoteError).remoteName).toBe(CANCELLED);
    expect(await files()).toEqual(before);
  });

  it('is refused where the model cannot read what it goes on from, and where a request is none', async () => {
    expect(String(await refused({ prime: 'Hé' }))).toContain('never had “H” and “é”');
    expect(String(await refused({ topK: 0 }))).toContain('bad request "sampleText": topK');
    expect(String(await refused({ temperature: 0 }))).toContain('temperature');
    expect(String(await refused({ length: 1_000_000 }))).toContain('length');
    expect(String(await refused({ prime: 'h'.repeat(20_000) }))).toContain('prime');
  });
});

describe('units along a piece of text', () => {
  const frame = async (options?: object) =>
    (await bench.host.request(
      'frame',
      {
        kind: 'unitText',
        newerThan: 0,
        mask: null,
        waitMs: 20_000,
        options: { text: '', piece: 0, layer: -1, state: 'h', ...options },
      },
      0,
    )) as UnitTextFrame;

  it('read held-out text, at the cost that the model tells of a text from its beginning', async () => {
    const shown = await frame();
    expect(shown).toMatchObject({ source: 'validation', runIn: 0, before: null, layer: 1, hidden: [8, 6] });
    expect(shown.characters).toEqual(CHARACTERS);
    expect(TEXT).toContain(shown.text.join(''));
    expect(shown.values).toHaveLength(shown.text.length * 6);
    const typed = await frame({ text: shown.text.slice(0, 12).join('') });
    expect(typed.source).toBe('typed');
    expect([...typed.nll]).toEqual([...shown.nll.slice(0, 12)]);
    // It has learnt more than how many characters there are.
    const mean = shown.nll.reduce((sum, nats) => sum + nats, 0) / shown.nll.length;
    expect(mean).toBeLessThan(Math.log(6));
  });

  it('mark what the model does not know, and read on after it', async () => {
    const [known, unknown] = [await frame({ text: 'hello' }), await frame({ text: 'héello', layer: 0, state: 'c' })];
    expect(unknown.unknown).toEqual(['é']);
    expect(unknown.nll[1]).toBeNaN();
    expect([...unknown.nll].filter((nats) => !Number.isNaN(nats))).toEqual([...known.nll]);
    expect(unknown.scale.every((scale) => scale > 0)).toBe(true);
  });

  it('refuse a layer that there is not', async () => {
    await expect(frame({ layer: 2 })).rejects.toThrow('no layer 2: the model has 2, counted from 0');
  });
});

it('a typed text is read where the data are gone; a piece of them is refused by name', async () => {
  const own = await Workplace.make();
  const opened = new Bench();
  try {
    await opened.hello();
    await cp(place.folder, own.folder, { recursive: true });
    await rm(join(own.folder, 'hello.txt'));
    await opened.host.request('open', { runFolder: join(own.folder, relative(place.folder, run)), backend: 'wasm' }, 0);
    const choice = { text: 'hello', piece: 0, layer: -1, state: 'h' } as const;
    const ask = { kind: 'unitText', newerThan: 0, mask: null, waitMs: 20_000 } as const;
    const typed = (await opened.host.request('frame', { ...ask, options: choice }, 0)) as UnitTextFrame;
    expect(typed).toMatchObject({ source: 'typed', characters: CHARACTERS, text: Array.from('hello') });
    expect([...typed.nll].every((nats) => nats > 0)).toBe(true);
    const piece = opened.host.request('frame', { ...ask, options: { ...choice, text: '' } }, 0);
    await expect(piece).rejects.toThrow('hello.txt');
  } finally {
    await opened.session.close();
    await own.remove();
  }
});
