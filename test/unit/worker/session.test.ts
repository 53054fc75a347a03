import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backendNames } from '../../../src/backends/backend.ts';
import { readMatrix } from '../../../src/data/read.ts';
import { diagnosticIds } from '../../../src/inspection/findings.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import type { BackendChoice } from '../../../src/protocol/worker.ts';
import { openInspectorLoad } from '../../../src/worker/inspectorLoad.ts';
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

const LONG = { training: { epochs: 100_000, batchSize: 20, patience: 1_000_000 } } as const;

/** Bytes of a run's last weights. */
async function lastWeights(runFolder: string): Promise<Buffer> {
  const folder = await RunFolder.open(runFolder);
  const { checkpoints } = await folder.readManifest();
  return readFile(folder.weightsFile(checkpoints.last!));
}

describe('a run', () => {
  it('trains to its end, telling its manifest and every metric in order', async () => {
    const run = place.newRunFolder();
    const first = await bench.train(await place.experiment('plain'), run);
    expect(first).toMatchObject({ experiment: 'plain', experimentFile: '../../plain.lens.json', dimension: DIMENSION });
    const last = await bench.until('finished', 'failed');
    expect(last).toMatchObject({ state: 'finished', step: 80, epoch: 4, reason: null });
    expect(last.test!.rows).toBe(50);
    // Three fair bits and three that repeat them: far below 6 ln 2.
    expect(last.test!.nats).toBeLessThan(3.6);

    const told: Metric[] = [];
    for (const { from, metrics } of bench.metrics) {
      expect(from).toBe(told.length);
      told.push(...metrics);
    }
    expect(told).toEqual(await (await RunFolder.open(run)).readMetrics());
    expect(told.filter(({ type }) => type === 'batch')).toHaveLength(80);
    expect(bench.logs).toEqual([]);
  });

  it('pauses, steps by batch and by epoch, resumes and stops', async () => {
    const run = place.newRunFolder();
    await bench.train(await place.experiment('steps', LONG), run);
    const paused = await bench.host.request('pause', {});
    expect(paused.state).toBe('paused');
    const one = await bench.host.request('step', { unit: 'batch' });
    expect([one.state, one.step]).toEqual(['paused', paused.step + 1]);
    const epoch = await bench.host.request('step', { unit: 'epoch' });
    expect([epoch.state, epoch.step % 20, epoch.epoch]).toEqual(['paused', 0, Math.floor(paused.step / 20) + 1]);
    expect((await bench.host.request('resume', {})).state).toBe('running');
    const stopped = await bench.host.request('stop', {});
    expect(stopped.state).toBe('stopped');
    expect(stopped.step).toBeGreaterThanOrEqual(epoch.step);
    expect(stopped.checkpoints.last).toBe(String(stopped.step).padStart(8, '0'));
  });

  it('is the same bit for bit with an inspector open, paused in between, or stopped and resumed', async () => {
    const file = await place.experiment('same', { training: { epochs: 20, batchSize: 20 } });
    const steps = 20 * 20;
    const plain = place.newRunFolder();
    await bench.train(file, plain);
    await bench.until('finished');

    const watched = place.newRunFolder();
    bench.manifests.length = 0;
    await bench.train(file, watched);
    const load = openInspectorLoad(bench.host);
    expect(await bench.host.request('pause', {})).toMatchObject({ state: 'paused' });
    await bench.host.request('sample', { rows: 30, seed: 4, temperature: 1, from: 'current' });
    await bench.host.request('step', { unit: 'batch' });
    expect(await bench.host.request('resume', {})).toMatchObject({ state: 'running' });
    await bench.until('finished');
    await bench.host.request('diagnose', {});
    // A slow machine computes the costlier frames once only, when the run has ended.
    await expect.poll(() => Object.values(load.frames).every((count) => count > 0), { timeout: 10_000 }).toBe(true);
    await load.stop();
    expect(load.frames.connectivity).toBeGreaterThan(1);

    const halved = place.newRunFolder();
    bench.manifests.length = 0;
    await bench.train(file, halved);
    const stopped = await bench.host.request('stop', {});
    expect(stopped.step).toBeLessThan(steps);
    bench.manifests.length = 0;
    const resumed = await bench.train(file, halved, { resume: true });
    expect(resumed.step).toBe(stopped.step);
    expect((await bench.until('finished')).step).toBe(steps);

    const expected = await lastWeights(plain);
    expect(await lastWeights(watched)).toEqual(expected);
    expect(await lastWeights(halved)).toEqual(expected);
  });
});

describe('frames', () => {
  it('are of the current step, ever newer while training, and still there while paused', async () => {
    await bench.train(await place.experiment('frames', LONG), place.newRunFolder());
    const ask = (newerThan: number, waitMs = 10_000) =>
      bench.host.request('frame', { kind: 'jacobian', newerThan, mask: null, waitMs });
    const first = await ask(0);
    const second = await ask(first!.version);
    expect(second!.step).toBeGreaterThan(first!.step);
    const paused = await bench.host.request('pause', {});
    const third = await ask(second!.version);
    expect(third).toMatchObject({ kind: 'jacobian', step: paused.step, leaks: 0, dimension: DIMENSION });
    expect(await ask(third!.version, 20)).toBeNull();
    await bench.host.request('step', { unit: 'batch' });
    expect((await ask(third!.version))!.step).toBe(paused.step + 1);
  });

  it('show the mask that is asked for, or say that there is none', async () => {
    const model = { type: 'made' as const, hidden: [8], masks: 3, orderAgnostic: true };
    await bench.train(await place.experiment('masks', { model, ...LONG }), place.newRunFolder());
    const frame = await bench.host.request('frame', { kind: 'connectivity', newerThan: 0, mask: 2, waitMs: 5000 });
    expect(frame).toMatchObject({ mask: 2, maskCount: 3 });
    const bad = bench.host.request('frame', { kind: 'connectivity', newerThan: 0, mask: 3, waitMs: 5000 });
    await expect(bad).rejects.toThrow('no mask 3: the model has 3, counted from 0');
  });

  it('of samples come once an epoch', async () => {
    await bench.train(await place.experiment('fantasies', LONG), place.newRunFolder());
    let newerThan = 0;
    const epochs: number[] = [];
    for (let i = 0; i < 3; i++) {
      const frame = await bench.host.request('frame', { kind: 'samples', newerThan, mask: null, waitMs: 10_000 });
      newerThan = frame!.version;
      epochs.push(Math.floor(frame!.epoch));
    }
    expect(new Set(epochs).size).toBe(3);
  });
});

describe('a run that is taken up again', () => {
  it('computes on what it was trained on, and says so when it has to be something else', async () => {
    const run = place.newRunFolder();
    const experimentFile = await place.experiment('taken up', { training: { epochs: 1, batchSize: 100 } });
    const train = async (backend: BackendChoice, epochs: number) => {
      bench.manifests.length = 0;
      await bench.host.request('train', { experimentFile, runFolder: run, backend, resume: epochs > 1, epochs });
      return (await bench.until('finished', 'failed')).backend;
    };
    expect(await train('cpu', 1)).toBe('cpu');
    expect(await train('auto', 2)).toBe('cpu');
    expect(bench.logs).toEqual([]);
    expect(await train('wasm', 3)).toBe('wasm');
    expect(bench.logs.map(({ level }) => level)).toEqual(['warning']);
    expect(bench.logs[0]!.text).toMatch(
      /^This run was trained on cpu\. It goes on on wasm: .+ not the same bit for bit\.$/,
    );

    const folder = await RunFolder.open(run);
    await folder.writeManifest({ ...(await folder.readManifest()), backend: 'abacus' });
    // Which one is fastest here is the machine's business.
    const taken = await train('auto', 4);
    expect(backendNames).toContain(taken);
    expect(bench.logs.at(-1)!.text).toContain(
      `trained on abacus, which does not start here (there is no backend called abacus). It goes on on ${taken}: `,
    );
    const { backendChoice } = await folder.readManifest();
    expect(backendChoice).toMatchObject({ asked: 'auto', version: expect.any(String) as string });
    const told = [...backendChoice!.timings, ...backendChoice!.skipped].map(({ name }) => name);
    for (const name of backendNames) if (name !== taken) expect(told).toContain(name);
  });
});

describe('samples', () => {
  it('are drawn while training, written as npy, and the same for the same seed', async () => {
    const run = place.newRunFolder();
    await bench.train(await place.experiment('sampled'), run);
    await bench.until('finished');
    const draw = (seed: number) => bench.host.request('sample', { rows: 20, seed, temperature: 1, from: 'best' });
    const { frame, file } = await draw(5);
    expect(frame).toMatchObject({ kind: 'samples', rows: 20, request: { seed: 5, temperature: 1 } });
    const matrix = await readMatrix(file, run);
    expect([matrix.rows, matrix.columns]).toEqual([20, DIMENSION]);
    expect([...matrix.values].map((value) => 255 * value)).toEqual([...(frame as { values: Uint8Array }).values]);
    expect((await draw(5)).frame).toEqual(frame);
    expect((await draw(6)).frame).not.toEqual(frame);
  });

  it('are named by the step of their parameters, and say it: those of a later best epoch are others', async () => {
    const run = place.newRunFolder();
    const spec = {
      training: { epochs: 100_000, batchSize: 20, optimizer: { type: 'sgd', learningRate: 1e-3 } },
    } as const;
    await bench.train(await place.experiment('ever better', spec), run);
    const draw = async (from: 'best' | 'current') => {
      await bench.host.request('step', { unit: 'epoch' });
      const { file, frame } = await bench.host.request('sample', { rows: 2, seed: 5, temperature: 0.5, from });
      expect(file).toBe(join(run, 'samples', `samples-${String(frame.step).padStart(8, '0')}-seed5-t0.5-n2.npy`));
      return frame;
    };
    await bench.host.request('pause', {});
    const frames = [await draw('best'), await draw('best'), await draw('current')];
    const { best } = bench.manifests.at(-1)!;
    // At this rate every epoch is better than the one before.
    expect(best!.epoch).toBe(frames[2]!.epoch);
    const epochs = [best!.epoch - 2, best!.epoch - 1, best!.epoch];
    expect(frames.map(({ step, epoch }) => [step, epoch])).toEqual(epochs.map((epoch) => [20 * epoch, epoch]));
    expect(await readdir(join(run, 'samples'))).toHaveLength(3);
  });

  it('of images come as PNG too', async () => {
    const images = { data: { train: 'train.npy', image: [2, 3] as [number, number] } };
    const run = place.newRunFolder();
    await bench.train(await place.experiment('images', images), run);
    await bench.until('finished');
    const { file } = await bench.host.request('sample', { rows: 4, seed: 1, temperature: 0.5, from: 'current' });
    const png = await readFile(join(run, 'samples', file.split(/[\\/]/).at(-1)!.replace('.npy', '.png')));
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  });
});

describe('diagnostics', () => {
  it('are silent on a sound run', async () => {
    await bench.train(
      await place.experiment('sound', { model: { type: 'made', hidden: [16], activation: 'tanh', degrees: 'even' } }),
      place.newRunFolder(),
    );
    await bench.until('finished');
    const outcomes = await bench.host.request('diagnose', {});
    expect(outcomes.map(({ id }) => id).sort()).toEqual([...diagnosticIds].sort());
    expect(outcomes.filter(({ state }) => state === 'finding')).toEqual([]);
    const silent = outcomes.filter(({ state }) => state === 'not-applicable').map(({ id }) => id);
    // One mask, no context, no flow, no latent variables, no pixels, no residual blocks, and no text.
    const ofFlows = ['log-det', 'inverse-error', 'batch-norm', 'bits-per-dim', 'scale-blow-up', 'singular-mixing'];
    const others = [
      'ensemble-space',
      'ignored-condition',
      'untransformed',
      'slow-direction',
      'blind-spot',
      'activation-growth',
      'carried-state',
    ];
    const ofLatents = ['posterior-collapse', 'bound-violated', 'decoder-variance'];
    expect(silent.toSorted()).toEqual([...ofFlows, ...others, ...ofLatents].toSorted());
    expect(bench.findings).toEqual([]);
  });

  it('tell findings while training, unasked', async () => {
    const model = { type: 'made' as const, hidden: [4], degrees: [[1, 1, 2, 6]] };
    await bench.train(await place.experiment('cut', { model, ...LONG }), place.newRunFolder());
    for (;;) {
      const ids = bench.findings.at(-1)?.map(({ id }) => id) ?? [];
      if (ids.includes('lost-dependency') && ids.includes('dead-units')) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(bench.findings.at(-1)!.find(({ id }) => id === 'lost-dependency')!.severity).toBe('warning');
  });
});

describe('an opened run', () => {
  it('serves frames, samples and diagnostics of its best epoch, and nothing that trains', async () => {
    const run = place.newRunFolder();
    await bench.train(await place.experiment('opened'), run);
    const { best, checkpoints } = await bench.until('finished');
    // A last checkpoint that is not the best one, and spoilt.
    const folder = await RunFolder.open(run);
    const checkpoint = await folder.readCheckpoint(checkpoints.best!);
    checkpoint.model['output.bias']!.data.fill(30);
    const last = await folder.writeCheckpoint(1000, checkpoint);
    await folder.writeManifest({ ...(await folder.readManifest()), checkpoints: { ...checkpoints, last } });
    const other = new Bench();
    const manifest = await other.host.request('open', { runFolder: run, backend: 'wasm' });
    expect(manifest.state).toBe('finished');
    for (const kind of ['connectivity', 'jacobian', 'samples'] as const) {
      const frame = await other.host.request('frame', { kind, newerThan: 0, mask: null, waitMs: 10_000 });
      expect(frame).toMatchObject({ kind, epoch: best!.epoch });
    }
    const sample = { rows: 30, seed: 1, temperature: 1 } as const;
    const drawn: unknown[] = [];
    // Frames show the best epoch here, and so what is current is that as well.
    for (const from of ['best', 'current'] as const) {
      const { frame } = await other.host.request('sample', { ...sample, from });
      expect(frame).toMatchObject({ step: Number(checkpoints.best), epoch: best!.epoch });
      drawn.push((frame as { values: Uint8Array }).values);
    }
    expect(drawn[1]).toEqual(drawn[0]);
    expect((drawn[0] as Uint8Array).some((value) => value === 0)).toBe(true);
    expect(await other.host.request('diagnose', {})).toHaveLength(diagnosticIds.length);
    await expect(other.host.request('pause', {})).rejects.toThrow('opened to look at; it is not training');
    await other.session.close();
  });
});

describe('a finished run', () => {
  it('is looked at with the parameters that were kept and scored, as when it is opened; what comes after goes on from the last', async () => {
    const run = place.newRunFolder();
    const file = await place.experiment('past its best', {
      model: { type: 'made', hidden: [64], masks: 3, orderAgnostic: true },
      training: { epochs: 500, batchSize: 20, patience: 2, optimizer: { type: 'adam', learningRate: 0.05 } },
    });
    await bench.train(file, run);
    // Somebody looks on from before the end.
    const ask = (from: Bench, kind: 'jacobian' | 'samples', newerThan = 0) =>
      from.host.request('frame', { kind, newerThan, mask: null, waitMs: 10_000 });
    const early = await ask(bench, 'jacobian');
    const { best, step, checkpoints } = await bench.until('finished', 'failed');
    expect(Number(checkpoints.best)).toBeLessThan(step);
    const diagnosed = await bench.host.request('diagnose', {});

    const other = new Bench();
    await other.host.request('open', { runFolder: run, backend: 'wasm' });
    const kept = { step: Number(checkpoints.best), epoch: best!.epoch, mask: 0 };
    expect(await ask(bench, 'jacobian', early!.version)).toMatchObject(kept);
    const { version: _, ...live } = (await ask(bench, 'samples'))!;
    const { version: __, ...opened } = (await ask(other, 'samples'))!;
    expect(live).toEqual(opened);
    expect(live).toMatchObject(kept);
    const draw = { rows: 30, seed: 1, temperature: 1 } as const;
    for (const from of ['best', 'current'] as const) {
      const { frame } = await bench.host.request('sample', { ...draw, from });
      expect(frame).toEqual((await other.host.request('sample', { ...draw, from })).frame);
      expect(frame.step).toBe(Number(checkpoints.best));
    }
    const steps = new Set(diagnosed.flatMap((one) => (one.state === 'finding' ? [one.finding.step] : [])));
    expect([...steps].every((one) => one === Number(checkpoints.best))).toBe(true);
    await other.session.close();
    const more = await bench.train(file, run, { resume: true, epochs: 500 });
    expect(more.step).toBe(step);
  });
});

describe('bad requests', () => {
  it('are answered with their errors, and the session goes on', async () => {
    const { host } = bench;
    await expect(host.request('hello', { version: 99 })).rejects.toThrow(
      /version 1 of the protocol, the host version 99/,
    );
    await expect(host.request('pause', {})).rejects.toThrow('no run is open');
    await expect(bench.train(join(place.folder, 'none.lens.json'), place.newRunFolder())).rejects.toThrow(
      /none\.lens\.json/,
    );
    const file = await place.experiment('bad data', { data: { train: 'absent.npy' } });
    await expect(bench.train(file, place.newRunFolder())).rejects.toThrow(/absent\.npy/);
    await expect(host.request('open', { runFolder: place.folder, backend: 'wasm' })).rejects.toThrow(/there is no run/);
    const junk = { kind: 'pictures', newerThan: 0, mask: null, waitMs: 1 } as never;
    await expect(host.request('frame', junk)).rejects.toThrow(/bad request "frame": kind/);
    await expect(host.request('train', {} as never)).rejects.toThrow(/bad request "train": experimentFile/);

    const run = place.newRunFolder();
    await bench.train(await place.experiment('afterwards', LONG), run);
    await expect(bench.train(file, place.newRunFolder())).rejects.toThrow('a run is under way; stop it first');
    await expect(host.request('sample', { rows: 0, seed: 1, temperature: 1, from: 'best' })).rejects.toThrow(/rows/);
    expect((await host.request('stop', {})).state).toBe('stopped');
    await expect(bench.train(await place.experiment('afterwards'), run)).rejects.toThrow(
      /a run in this folder already/,
    );
  });

  it('lists devices without a run', async () => {
    const devices = await bench.host.request('devices', {});
    expect(devices.map(({ name }) => name)).toEqual([...backendNames]);
    for (const { name, available, reason } of devices) {
      if (name === 'wasm' || name === 'cpu') expect(reason, name).toBeNull();
      expect(available, name).toBe(reason === null);
    }
  });
});
