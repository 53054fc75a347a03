import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import type { Compile } from '../../../src/backends/compiled.ts';
import { passesOn } from '../../../src/backends/compiledPasses.ts';
import type { Frame, FrameChoice, FrameKind } from '../../../src/inspection/frames.ts';
import type { FrameRequest } from '../../../src/inspection/frameDesk.ts';
import { ClosedError, Scheduler } from '../../../src/inspection/scheduler.ts';
import type { FrameManner, Look } from '../../../src/inspection/frameMaker.ts';
import { jacobianRows } from '../../../src/inspection/jacobian.ts';
import type { Chunked, InspectionSource } from '../../../src/inspection/source.ts';
import type { Model } from '../../../src/models/model.ts';

/** A scheduler over a clock that moves only when told to, and frames of a given number of chunks. */
function workshop(o: { chunks?: number; chunkMs?: number; batchMs?: number; dimension?: number } = {}) {
  const { chunks = 4, chunkMs = 10, batchMs = 25, dimension = 8 } = o;
  const looks: (Look | undefined)[] = [];
  const parts: number[] = [];
  const state = { now: 0, training: true, step: 0, epoch: 0, running: 0, spent: new Map<string, number>() };
  const source = {
    model: { dimension } as Model,
    backend: {},
    get step() {
      return state.step;
    },
    get epoch() {
      return state.epoch;
    },
  } as InspectionSource;
  const spend = (key: string, milliseconds = chunkMs) => {
    state.now += milliseconds;
    state.spent.set(key, (state.spent.get(key) ?? 0) + milliseconds);
  };
  async function* frame({ kind, mask }: FrameChoice, _: InspectionSource, manner?: FrameManner): Chunked<Frame> {
    const { step, epoch } = state;
    looks.push(manner?.look);
    const { part = 1 } = manner ?? {};
    parts.push(part);
    state.running++;
    try {
      for (let chunk = 1; chunk < chunks * part; chunk++) {
        spend(kind);
        yield;
      }
      spend(kind);
      return await Promise.resolve({ kind, step, epoch, version: 0, mask: mask ?? 0 } as Frame);
    } finally {
      state.running--;
    }
  }
  const scheduler = new Scheduler({
    source,
    training: () => state.training,
    now: () => state.now,
    compute: frame,
    firstVersion: 100,
  });
  const ask = (kind: FrameKind, more: Partial<FrameRequest> = {}) =>
    scheduler.request({ kind, newerThan: 0, mask: null, waitMs: 60_000, ...more });
  /** Trains so many batches. */
  const train = async (batches: number) => {
    for (let batch = 0; batch < batches; batch++) {
      state.now += batchMs;
      state.step++;
      state.epoch += 0.01;
      await scheduler.betweenBatches();
      // Replies travel as messages do.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Asks again as soon as it is answered, as an open page does; ends by itself when the scheduler closes. */
  const watch = async (kind: FrameKind, seen: Frame[] = []) => {
    for (let frame = await ask(kind); frame; frame = await ask(kind, { newerThan: frame.version })) seen.push(frame);
  };
  return { scheduler, state, ask, train, watch, spend, looks, parts };
}

describe('while training', () => {
  it('computes nothing that nobody asked for', async () => {
    const { train, state } = workshop();
    await train(200);
    expect(state.spent.size).toBe(0);
  });

  it('takes as long as a batch does for what somebody waits for, where batches are long', async () => {
    const { train, ask, state } = workshop({ batchMs: 200, chunkMs: 60 });
    await train(1);
    const answer = ask('samples');
    await train(1);
    expect(await answer).toMatchObject({ step: 2 });
    expect(state.now).toBe(2 * 200 + 4 * 60);
  });

  it('gives the first frame of a kind at once, some 25 ms of it a batch', async () => {
    const { ask, train, state } = workshop({ chunks: 4, chunkMs: 10 });
    const answer = ask('connectivity');
    await train(1);
    expect(state.spent.get('connectivity')).toBe(30);
    await train(1);
    expect(await answer).toMatchObject({ kind: 'connectivity', step: 1, version: 101 });
  });

  it('keeps to about 3 % of the training time afterwards, however much is asked for', async () => {
    const { train, watch, state, scheduler } = workshop({ chunks: 5, chunkMs: 12 });
    const watching = ['connectivity', 'jacobian', 'samples'].map((kind) => watch(kind as FrameKind));
    await train(15);
    state.spent.clear();
    const [started, before] = [state.now, state.step];
    await train(4000);
    const trained = (state.step - before) * 25;
    const inspected = state.now - started - trained;
    expect(inspected / trained).toBeGreaterThan(0.022);
    expect(inspected / trained).toBeLessThan(0.036);
    scheduler.close();
    await Promise.all(watching);
  });

  it('shares the budget evenly between kinds, also when one came later', async () => {
    const { train, watch, state, scheduler } = workshop({ chunks: 3 });
    const watching = [watch('connectivity')];
    await train(2000);
    watching.push(watch('jacobian'));
    await train(20);
    state.spent.clear();
    await train(4000);
    const [a, b] = [state.spent.get('connectivity')!, state.spent.get('jacobian')!];
    expect(a / (a + b)).toBeGreaterThan(0.4);
    expect(a / (a + b)).toBeLessThan(0.6);
    scheduler.close();
    await Promise.all(watching);
  });

  it('takes fewer rows of frames that are dear, so that what is looked at is of this moment, and all once nothing trains', async () => {
    const { train, watch, state, scheduler, parts } = workshop({ chunks: 64, chunkMs: 12 });
    const seen: Frame[] = [];
    const watching = watch('dependency', seen);
    await train(1000);
    expect(new Set(parts.slice(5))).toEqual(new Set([1 / 16]));
    const ages = seen.slice(3).map(({ step }, i) => step - seen[i + 2]!.step);
    // Batches of 25 ms; all rows would take 64 · 12 / 0.03 ms, a thousand of them.
    expect(Math.max(...ages) * 25).toBeLessThan(3000);
    state.training = false;
    scheduler.wake();
    while (parts.at(-1) !== 1) await new Promise((resolve) => setImmediate(resolve));
    scheduler.close();
    await watching;
  });

  it.each([
    // Chunks of frames that are over at once leave gaps of credit, which long ones would fill.
    { chunks: 3, chunkMs: 10, backgroundMs: 10 },
    { chunks: 2, chunkMs: 0.5, backgroundMs: 90 },
  ])('leaves what nobody looks at a smaller part of the budget: %o', async ({ backgroundMs, ...frames }) => {
    const { train, watch, state, scheduler, spend } = workshop(frames);
    const watching = watch('connectivity');
    await train(10);
    async function* diagnosing(): Chunked<void> {
      for (;;) {
        spend('diagnostics', backgroundMs);
        await Promise.resolve();
        yield;
      }
    }
    const background = scheduler.run('diagnostics', diagnosing(), 'budgeted');
    state.spent.clear();
    await train(8000);
    const [looked, rest] = [state.spent.get('connectivity')!, state.spent.get('diagnostics')!];
    expect(rest / (looked + rest)).toBeGreaterThan(0.1);
    expect(rest / (looked + rest)).toBeLessThan(0.3);
    scheduler.close();
    await watching;
    await expect(background).rejects.toThrow(ClosedError);
  });

  it('gives a frame at once to somebody who turns back to a view', async () => {
    const { ask, train, state } = workshop({ chunks: 4, chunkMs: 10 });
    const first = ask('connectivity');
    await train(2);
    const seen = (await first)!;
    await train(200);
    const answer = ask('connectivity', { newerThan: seen.version });
    state.spent.clear();
    await train(2);
    expect(state.spent.get('connectivity')).toBe(40);
    expect((await answer)!.step).toBeGreaterThan(200);
  });

  it('does not let a long quiet time buy a long stall', async () => {
    const { train, scheduler, state, spend } = workshop({ chunkMs: 10 });
    async function* long(): Chunked<void> {
      for (;;) {
        spend('work');
        await Promise.resolve();
        yield;
      }
    }
    await train(10_000);
    const work = scheduler.run('work', long(), 'budgeted');
    await train(20);
    // 50 ms are saved up at most, and the last chunk may overdraw.
    expect(state.spent.get('work')).toBeGreaterThan(0);
    expect(state.spent.get('work')).toBeLessThanOrEqual(50 + 2 * 10);
    scheduler.close();
    await expect(work).rejects.toThrow(ClosedError);
  });

  it('counts what sending cost', async () => {
    const { train, ask, scheduler, state } = workshop({ chunks: 1 });
    const first = ask('connectivity');
    await train(1);
    await first;
    scheduler.charge(100);
    const second = ask('connectivity', { newerThan: 101 });
    const before = state.now;
    await train(100);
    expect(state.now - before).toBe(100 * 25);
    await train(100);
    expect(await second).toMatchObject({ version: 102 });
  });

  it('draws samples once an epoch', async () => {
    const { train, watch, scheduler } = workshop({ chunks: 1, chunkMs: 1 });
    const seen: Frame[] = [];
    const watching = watch('samples', seen);
    await train(350);
    expect(seen.map(({ epoch }) => Math.floor(epoch + 1e-9))).toEqual([0, 1, 2, 3]);
    scheduler.close();
    await watching;
  });

  it('runs what a person waits for at once, and other work within the budget', async () => {
    const { scheduler, train, spend } = workshop();
    async function* work(key: string): Chunked<string> {
      for (let chunk = 0; chunk < 3; chunk++) {
        spend(key);
        yield;
      }
      return Promise.resolve(key);
    }
    const budgeted = scheduler.run('diagnostics', work('diagnostics'), 'budgeted');
    const urgent = scheduler.run('sample', work('sample'), 'urgent');
    let budgetedDone = false;
    void budgeted.then(() => {
      budgetedDone = true;
    });
    await train(4);
    expect(await urgent).toBe('sample');
    expect(budgetedDone).toBe(false);
    await train(60);
    expect(await budgeted).toBe('diagnostics');
  });

  it('answers null when no newer frame came in time', async () => {
    const { ask, train } = workshop({ chunks: 1 });
    const first = ask('connectivity');
    await train(1);
    const { version } = (await first)!;
    expect(await ask('connectivity', { newerThan: version, waitMs: 5 })).toBeNull();
  });

  it('gives up a frame that nobody waits for any more', async () => {
    const { ask, train, state } = workshop({ chunks: 1000, chunkMs: 1 });
    expect(await Promise.all([ask('jacobian', { waitMs: 5 }), train(3)])).toEqual([null, undefined]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(state.running).toBe(1);
    const spent = state.spent.get('jacobian');
    await train(500);
    expect(state.running).toBe(0);
    expect(state.spent.get('jacobian')).toBe(spent);
  });
});

describe('while nothing trains', () => {
  it('runs freely, without anybody calling', async () => {
    const { ask, state } = workshop({ chunks: 50 });
    state.training = false;
    expect(await ask('jacobian')).toMatchObject({ kind: 'jacobian' });
  });

  it('answers what it has, waits for news, and goes on when the run has moved', async () => {
    const { ask, state, scheduler } = workshop();
    state.training = false;
    const { version } = (await ask('connectivity'))!;
    expect((await ask('connectivity'))!.version).toBe(version);
    const next = ask('connectivity', { newerThan: version });
    state.step = 7;
    scheduler.wake();
    expect(await next).toMatchObject({ step: 7, version: version + 1 });
  });

  it('computes another mask although the run has not moved', async () => {
    const { ask, state } = workshop();
    state.training = false;
    const { version } = (await ask('connectivity'))!;
    expect(await ask('connectivity', { mask: 3, newerThan: version })).toMatchObject({ mask: 3, version: version + 1 });
  });

  it('serves a page that turns from mask to mask and back, and computes each once', async () => {
    const { ask, state } = workshop({ chunks: 1 });
    state.training = false;
    let newerThan = 0;
    for (const mask of [0, 1, 2, 0, 1, 2]) {
      const frame = (await ask('connectivity', { mask, newerThan }))!;
      expect(frame.mask).toBe(mask);
      expect(frame.version).toBeGreaterThan(newerThan);
      newerThan = frame.version;
    }
    expect(state.spent.get('connectivity')).toBe(3 * 10);
  });

  it('computes nothing over and over for two who look at different masks', async () => {
    const { ask, state } = workshop({ chunks: 1 });
    state.training = false;
    const [a, b] = await Promise.all([ask('jacobian', { mask: 0 }), ask('jacobian', { mask: 1 })]);
    const again = (mask: number, newerThan: number) => ask('jacobian', { mask, newerThan, waitMs: 20 });
    expect(await Promise.all([again(0, a!.version), again(1, b!.version)])).toEqual([null, null]);
    expect(state.spent.get('jacobian')).toBe(2 * 10);
  });

  it('computes of the choices of one who runs through them the first and the last', async () => {
    const { ask, state } = workshop();
    state.training = false;
    // An arrow key held: each asked for while the first is being computed.
    const asked = Array.from({ length: 40 }, (_, mask) => ask('jacobian', { mask, overtakes: true }));
    const others = ask('connectivity');
    const frames = await Promise.all(asked);
    expect(frames.map((frame) => frame?.mask)).toEqual([...Array<undefined>(39).fill(undefined), 39]);
    expect(state.spent.get('jacobian')).toBeLessThanOrEqual(2 * 4 * 10);
    expect((await others)?.kind).toBe('connectivity');
  });

  it('shows a Jacobian of many variables quickly, then measures it thoroughly, once', async () => {
    const { ask, looks, state } = workshop({ dimension: 784 });
    state.training = false;
    const first = (await ask('jacobian'))!;
    const second = (await ask('jacobian', { newerThan: first.version }))!;
    expect(second.version).toBe(first.version + 1);
    expect(await ask('jacobian', { newerThan: second.version, waitMs: 20 })).toBeNull();
    expect(looks).toEqual(['quick', 'thorough']);
  });

  it('measures thoroughly what was looked at in haste before training ended', async () => {
    const { scheduler, ask, train, looks, state } = workshop({ dimension: 784 });
    const glance = ask('jacobian');
    await train(8);
    const next = ask('jacobian', { newerThan: (await glance)!.version });
    await train(80);
    const { version } = (await next)!;
    state.training = false;
    const last = ask('jacobian', { newerThan: version });
    scheduler.wake();
    for (let { version: newest } = (await last)!; ;) {
      const more = await ask('jacobian', { newerThan: newest, waitMs: 20 });
      if (!more) break;
      newest = more.version;
    }
    expect([looks[0], looks[1], looks.at(-1)]).toEqual(['glance', 'quick', 'thorough']);
    expect((['glance', 'quick', 'thorough'] as const).map((look) => jacobianRows(784, look))).toEqual([2, 4, 16]);
  });

  it('draws samples of every step', async () => {
    const { ask, state } = workshop();
    state.training = false;
    const { version } = (await ask('samples'))!;
    state.step++;
    expect(await ask('samples', { newerThan: version })).toMatchObject({ version: version + 1 });
  });
});

it('passes on what a computation throws, and goes on', async () => {
  let calls = 0;
  const scheduler = new Scheduler({
    source: { model: { dimension: 8 } as Model, backend: {}, step: 1, epoch: 0 } as InspectionSource,
    training: () => false,
    compute: async function* ({ kind }): Chunked<Frame> {
      if (calls++ === 0) throw new RangeError('nothing to show');
      await Promise.resolve();
      yield;
      return { kind, version: 0 } as Frame;
    },
  });
  const request = { kind: 'jacobian', newerThan: 0, mask: null, waitMs: 1000 } as const;
  await expect(scheduler.request(request)).rejects.toThrow('nothing to show');
  expect(await scheduler.request(request)).toMatchObject({ kind: 'jacobian' });
});

it('does not charge frames for programs that are made for them', async () => {
  const MAKING_MS = 40;
  const compile: Compile = (_, compute) => {
    for (const until = performance.now() + MAKING_MS; performance.now() < until;);
    compute();
    return { run: () => [], dispose: () => undefined };
  };
  const backend = { compile } as unknown as Backend;
  const state = { now: 0 };
  const scheduler = new Scheduler({
    source: { model: { dimension: 8 } as Model, backend, epoch: 0, step: 1 } as InspectionSource,
    training: () => true,
    now: () => state.now,
    compute: async function* ({ kind }): Chunked<Frame> {
      // Another one for each frame.
      const pass = { of: {}, name: 'a view', coming: Infinity, compute: () => ({}) };
      passesOn(backend).run(pass, {});
      state.now += MAKING_MS;
      await Promise.resolve();
      yield;
      return { kind, version: 0, step: 0 } as Frame;
    },
  });
  const ask = (newerThan: number) => scheduler.request({ kind: 'entropy', newerThan, mask: null, waitMs: 60_000 });
  const train = async (milliseconds: number) => {
    for (let spent = 0; spent < milliseconds; spent += 25) {
      state.now += 25;
      await scheduler.betweenBatches();
    }
  };
  const first = ask(0);
  await train(100);
  const second = ask((await first)!.version);
  let answered = false;
  void second.then(() => (answered = true));
  // Were it charged, this one would end after 40 ms / 0.03.
  await train(400);
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(true);
  scheduler.close();
});

it('closes: frames are answered with null, other work is rejected', async () => {
  const { scheduler, ask } = workshop();
  const [frame, work] = [ask('samples'), scheduler.run('sample', (async function* () {})(), 'urgent')];
  scheduler.close();
  expect(await frame).toBeNull();
  await expect(work).rejects.toThrow('the run was closed');
  expect(await ask('jacobian')).toBeNull();
});
