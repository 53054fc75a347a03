import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionError, RemoteError } from '../../../src/protocol/rpc.ts';
import { noDrawing } from '../../../src/protocol/drawing.ts';
import { PullGate, type PullSource } from '../../../extension/panels/pullGate.ts';
import { withOwnBuffers } from '../../../extension/panels/ownBuffers.ts';
import type { Frame, FrameKind, JacobianFrame, SamplesFrame } from '../../../src/inspection/frames.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import type { Activity } from '../../../src/text/activity.ts';
import type { FrameParams } from '../../../src/protocol/worker.ts';
import type { RunSummary } from '../../../src/protocol/webview.ts';

const base = { step: 1, epoch: 1, mask: 0, maskCount: 1 };
const jacobian = (version: number): JacobianFrame => ({
  ...base,
  kind: 'jacobian',
  version,
  dimension: 1,
  order: Int32Array.of(1),
  dataRows: 1,
  values: Float32Array.of(0),
  worstLeak: null,
  largestLeaks: [],
  coding: null,
  notFinite: 0,
  leaks: 0,
});
const samples = (version: number, byHand = false): SamplesFrame => ({
  ...base,
  kind: 'samples',
  version,
  rows: 1,
  dimension: 1,
  image: null,
  values: Uint8Array.of(1),
  means: null,
  request: byHand ? { seed: 1, temperature: 1 } : null,
});
const metric = (step: number): Metric => ({ type: 'batch', step, epoch: 0, seconds: 0, train: step, mask: 0 });

interface Question extends FrameParams {
  answer(frame: Frame | null): void;
  fail(error: Error): void;
}

/** A run whose frames are answered by the test. */
class FakeRun implements PullSource {
  readonly standsOn = 'run';
  revision = 1;
  processes = 1;
  training = true;
  summary = { id: 'run' } as RunSummary;
  findings = [];
  checks: PullSource['checks'] = null;
  activity: Activity | null = null;
  metrics: Metric[] = [];
  masks: PullSource['masks'] = null;
  drawn: PullSource['drawn'] = null;
  drawing: PullSource['drawing'] = noDrawing;
  fetched = 0;
  readonly questions: Question[] = [];
  readonly #listeners: ((from: number | null) => void)[] = [];
  #asked: () => void = () => undefined;

  frame(params: FrameParams): Promise<Frame | null> {
    return new Promise((resolve, reject) => {
      this.questions.push({ ...params, answer: resolve, fail: reject });
      this.#asked();
    });
  }
  drawnFetched() {
    this.fetched += 1;
  }
  onChange(listener: (from: number | null) => void) {
    this.#listeners.push(listener);
    return { dispose: () => undefined };
  }
  change(from: number | null = null) {
    if (from === null) this.revision += 1;
    for (const listener of this.#listeners) listener(from);
  }
  put(from: number, ...metrics: Metric[]) {
    this.metrics.splice(from, Infinity, ...metrics);
    this.change(from);
  }
  /** The n-th question, once it was put. */
  async question(n: number): Promise<Question> {
    while (this.questions.length < n) await new Promise<void>((resolve) => (this.#asked = resolve));
    return this.questions[n - 1]!;
  }
}

const gates: PullGate[] = [];
afterEach(() => gates.splice(0).forEach((gate) => gate.close()));

function gateOn(run: FakeRun, options: Partial<ConstructorParameters<typeof PullGate>[1]> = {}) {
  const errors: unknown[] = [];
  const gate = new PullGate(run, {
    holdMs: 20_000,
    paceMs: 0,
    idleMs: 60_000,
    retryMs: 60_000,
    onError: (_, error) => errors.push(error),
    ...options,
  });
  gates.push(gate);
  return { gate, errors };
}

/** A page that has the masks, and no rows drawn by hand. */
const page = { standsOn: 'run', masks: true, drawn: 0, drawing: 0 };
const want = (kind: FrameKind, newerThan = 0, mask: number | null = null) => ({ kind, newerThan, mask });

describe('a pull', () => {
  it('is answered at once with what the page lacks', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    run.put(0, metric(1), metric(2), metric(3));
    expect(await gate.pull({ ...page, revision: 0, metrics: 1, frames: [] })).toEqual({
      revision: 1,
      run: run.summary,
      findings: [],
      checks: null,
      activity: null,
      metrics: { from: 0, metrics: run.metrics },
    });
    expect(await gate.pull({ ...page, revision: 0, metrics: 2, frames: [] })).toMatchObject({
      metrics: { from: 2, metrics: [metric(3)] },
    });
  });

  it('tells what training waits for, and that it goes on', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    run.activity = { doing: 'compiling', what: 'the training step', operations: 1234 };
    run.change();
    const { activity, revision } = await gate.pull({ ...page, revision: 1, metrics: 0, frames: [] });
    expect(activity).toBe('Compiling the training step (1,234 operations) …');
    run.activity = null;
    run.change();
    expect(await gate.pull({ ...page, revision, metrics: 0, frames: [] })).toMatchObject({ activity: null });
  });

  it('waits until something changes, and tells only that', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    const answer = gate.pull({ ...page, revision: 1, metrics: 0, frames: [] });
    run.put(0, metric(1));
    expect(await answer).toEqual({ revision: 1, metrics: { from: 0, metrics: [metric(1)] } });
  });

  it('is answered with nothing after the hold', async () => {
    const { gate } = gateOn(new FakeRun(), { holdMs: 10 });
    expect(await gate.pull({ ...page, revision: 1, metrics: 0, frames: [] })).toEqual({ revision: 1 });
  });

  it('of a page that stands on another run is told nothing, and takes nothing away', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run, { holdMs: 10 });
    run.put(0, metric(1));
    run.drawn = { serial: 1, frame: samples(1, true) };
    const other = { ...page, standsOn: 'another', revision: 0, metrics: 0, frames: [want('jacobian')] };
    expect(await gate.pull(other)).toEqual({ revision: 0 });
    expect([run.questions.length, run.fetched]).toEqual([0, 0]);
    expect(await gate.pull({ ...page, revision: 0, metrics: 0, frames: [] })).toMatchObject({
      metrics: { from: 0 },
      drawn: { serial: 1 },
    });
  });

  it('of a page that was replaced ends when the next one pulls', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    const old = gate.pull({ ...page, revision: 1, metrics: 0, frames: [] });
    const young = gate.pull({ ...page, revision: 1, metrics: 0, frames: [] });
    expect(await old).toEqual({ revision: 1 });
    run.put(0, metric(1));
    expect(await young).toHaveProperty('metrics');
  });

  it('hears of metrics that were replaced, though as many came back', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    run.put(0, metric(1), metric(2), metric(3));
    await gate.pull({ ...page, revision: 1, metrics: 0, frames: [] });
    run.put(1, metric(20));
    run.put(2, metric(30));
    expect(await gate.pull({ ...page, revision: 1, metrics: 3, frames: [] })).toMatchObject({
      metrics: { from: 1, metrics: [metric(20), metric(30)] },
    });
  });

  it('hears of metrics that are gone', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    expect(await gate.pull({ ...page, revision: 1, metrics: 5, frames: [] })).toEqual({
      revision: 1,
      metrics: { from: 0, metrics: [] },
    });
  });
});

describe('frames', () => {
  it('of a choice just made come before newer ones of what the page has, and at once', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run, { paceMs: 60_000 });
    const first = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('samples')] });
    (await run.question(1)).answer(samples(1));
    expect(await first).toEqual({ revision: 1, frame: samples(1) });
    const next = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('samples', 1), want('jacobian')] });
    (await run.question(2)).answer(samples(2));
    (await run.question(3)).answer(jacobian(7));
    expect(await next).toEqual({ revision: 1, frame: jacobian(7) });
  });

  it('are asked of the worker only when wanted, and once while the question is open', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    run.put(0, metric(1));
    await gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian')] });
    const next = gate.pull({ ...page, revision: 1, metrics: 1, frames: [want('jacobian')] });
    const question = await run.question(1);
    expect(question).toMatchObject({ kind: 'jacobian', newerThan: 0, mask: null });
    question.answer(jacobian(7));
    expect(await next).toEqual({ revision: 1, frame: jacobian(7) });
    expect(run.questions).toHaveLength(1);
  });

  it('come one a pull; kinds take turns', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    const frames = [want('jacobian'), want('samples')];
    const first = gate.pull({ ...page, revision: 1, metrics: 0, frames });
    (await run.question(1)).answer(jacobian(1));
    (await run.question(2)).answer(samples(1));
    const kinds = [(await first).frame?.kind];
    kinds.push((await gate.pull({ ...page, revision: 1, metrics: 0, frames })).frame?.kind);
    expect(kinds.sort()).toEqual(['jacobian', 'samples']);
  });

  it('that the page has already are not sent again', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    const first = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian')] });
    (await run.question(1)).answer(jacobian(5));
    await first;
    const second = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian', 5)] });
    const question = await run.question(2);
    expect(question.newerThan).toBe(5);
    question.answer(jacobian(6));
    expect(await second).toMatchObject({ frame: { version: 6 } });
  });

  it('for a mask that is no longer asked for are dropped', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    void gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian', 0, 0)] });
    const old = await run.question(1);
    const answer = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian', 0, 3)] });
    const asked = await run.question(2);
    expect(asked.mask).toBe(3);
    old.answer(jacobian(1));
    asked.answer(jacobian(2));
    expect(await answer).toMatchObject({ frame: { version: 2 } });
  });

  it('of an idle worker are asked for anew by a page that was reloaded, whatever its predecessor waits for', async () => {
    const run = new FakeRun();
    run.training = false;
    const { gate } = gateOn(run);
    void gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian', 5)] });
    await run.question(1);
    const answer = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian')] });
    const again = await run.question(2);
    expect(again.newerThan).toBe(0);
    again.answer(jacobian(5));
    expect(await answer).toMatchObject({ frame: { version: 5 } });
  });

  it('of an idle worker that has nothing newer are not asked for again', async () => {
    const run = new FakeRun();
    run.training = false;
    const { gate } = gateOn(run, { holdMs: 30 });
    const frames = [want('jacobian', 9)];
    const first = gate.pull({ ...page, revision: 1, metrics: 0, frames });
    (await run.question(1)).answer(null);
    await first;
    await gate.pull({ ...page, revision: 1, metrics: 0, frames });
    expect(run.questions).toHaveLength(1);
    run.training = true;
    run.change();
    void gate.pull({ ...page, revision: 2, metrics: 0, frames });
    await run.question(2);
  });

  it('of a worker that is idle but slow are asked for again until there is a first', async () => {
    const run = new FakeRun();
    run.training = false;
    const { gate } = gateOn(run, { holdMs: 30, idleMs: 500 });
    const frames = [want('jacobian')];
    const answer = gate.pull({ ...page, revision: 1, metrics: 0, frames });
    const first = await run.question(1);
    expect(first.waitMs).toBe(500);
    first.answer(null);
    (await run.question(2)).answer(jacobian(3));
    expect(await answer).toMatchObject({ frame: { version: 3 } });
  });

  it('asked of a worker that makes way for training are no failure to tell', async () => {
    const run = new FakeRun();
    run.training = false;
    const { gate, errors } = gateOn(run, { holdMs: 30 });
    const frames = [want('jacobian')];
    const first = gate.pull({ ...page, revision: 1, metrics: 0, frames });
    const question = await run.question(1);
    run.training = true;
    question.fail(new Error('training starts in a new worker'));
    expect(await first).toEqual({ revision: 1 });
    expect(errors).toEqual([]);
    run.processes = 2;
    const second = gate.pull({ ...page, revision: 1, metrics: 0, frames });
    (await run.question(2)).answer(jacobian(4));
    expect(await second).toMatchObject({ frame: { version: 4 } });
  });

  it('that fail are left alone until another process may do better', async () => {
    const run = new FakeRun();
    const { gate, errors } = gateOn(run, { holdMs: 20 });
    const frames = [want('jacobian')];
    const first = gate.pull({ ...page, revision: 1, metrics: 0, frames });
    (await run.question(1)).fail(new Error('the data is gone'));
    expect(await first).toEqual({ revision: 1, frameProblem: { kind: 'jacobian', message: 'the data is gone' } });
    expect(errors).toEqual([new Error('the data is gone')]);
    await gate.pull({ ...page, revision: 1, metrics: 0, frames });
    expect(run.questions).toHaveLength(1);
    run.processes = 2;
    void gate.pull({ ...page, revision: 1, metrics: 0, frames });
    await run.question(2);
  });

  it('of another choice than the one that cannot be computed are asked for at once', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run, { holdMs: 20 });
    const [first, second] = [[want('jacobian', 0, 5)], [want('jacobian', 0, 0)]];
    const failing = gate.pull({ ...page, revision: 1, metrics: 0, frames: first });
    (await run.question(1)).fail(new RemoteError('mask 5 is torn', 'Error'));
    await failing;
    const answer = gate.pull({ ...page, revision: 1, metrics: 0, frames: second });
    (await run.question(2)).answer(jacobian(7));
    expect(await answer).toEqual({ revision: 1, frame: jacobian(7) });
  });

  it('that a dead worker leaves are not asked for, whatever the choice', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run, { holdMs: 20 });
    const failing = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian', 0, 5)] });
    (await run.question(1)).fail(new ConnectionError('the worker process was killed'));
    await failing;
    await gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian', 0, 0)] });
    expect(run.questions).toHaveLength(1);
  });

  it('that failed are told of to who still wants that choice alone', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run, { holdMs: 20 });
    void gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian', 0, 5)] });
    const question = await run.question(1);
    const other = gate.pull({ ...page, revision: 1, metrics: 0, frames: [] });
    question.fail(new RemoteError('mask 5 is torn', 'Error'));
    await other;
    const answer = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian', 0, 0)] });
    (await run.question(2)).answer(jacobian(7));
    expect(await answer).toEqual({ revision: 1, frame: jacobian(7) });
  });

  it('overtake those of another choice', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    void gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian')] });
    expect((await run.question(1)).overtakes).toBe(true);
  });

  it('are not asked for where there is no run', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(Object.assign(run, { summary: null }), { holdMs: 10 });
    await gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('jacobian')] });
    expect(run.questions).toEqual([]);
  });
});

describe('rows drawn by hand', () => {
  it('reach the page at once, whatever it looks at, once', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run, { holdMs: 20 });
    const waiting = gate.pull({ ...page, revision: 1, metrics: 0, frames: [] });
    run.drawn = { serial: 1, frame: samples(0, true) };
    run.change();
    expect(await waiting).toMatchObject({ drawn: { serial: 1, frame: { request: { seed: 1 } } } });
    expect(run.fetched).toBe(1);
    expect(await gate.pull({ ...page, drawn: 1, revision: 2, metrics: 0, frames: [] })).toEqual({ revision: 2 });
  });

  it('do not stand in the way of the epoch’s, which may have any version', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run);
    const first = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('samples')] });
    (await run.question(1)).answer(samples(41));
    await first;
    run.drawn = { serial: 1, frame: samples(0, true) };
    const second = gate.pull({ ...page, revision: 1, metrics: 0, frames: [want('samples', 41)] });
    expect(await second).toMatchObject({ drawn: { serial: 1 } });
    const third = gate.pull({ ...page, drawn: 1, revision: 1, metrics: 0, frames: [want('samples', 41)] });
    (await run.question(2)).answer(samples(42));
    expect(await third).toMatchObject({ frame: { version: 42, request: null } });
  });
});

describe('the masks', () => {
  it('come once they are known, to a page that has none', async () => {
    const run = new FakeRun();
    const { gate } = gateOn(run, { holdMs: 20 });
    const waiting = gate.pull({ ...page, masks: false, revision: 1, metrics: 0, frames: [] });
    run.masks = { count: 2, orders: [Int32Array.of(1, 2), Int32Array.of(2, 1)] };
    run.change();
    expect(await waiting).toMatchObject({ masks: run.masks });
    expect(await gate.pull({ ...page, revision: 2, metrics: 0, frames: [] })).toEqual({ revision: 2 });
  });
});

describe('withOwnBuffers', () => {
  it('gives every typed array exactly its own buffer, and keeps types and values', () => {
    const large = new ArrayBuffer(64);
    const value = {
      floats: new Float32Array(large, 8, 2).fill(1.5),
      bytes: Buffer.from([1, 2, 3]),
      exact: Int32Array.of(7),
      list: [new Int8Array(large, 0, 3), null, 'text', 5],
    };
    const copied = withOwnBuffers(value);
    expect(copied.floats).toEqual(Float32Array.of(1.5, 1.5));
    expect(copied.bytes).toEqual(Uint8Array.of(1, 2, 3));
    expect(copied.exact).toBe(value.exact);
    expect(copied.list.slice(1)).toEqual([null, 'text', 5]);
    for (const view of [copied.floats, copied.bytes, copied.exact, copied.list[0] as Int8Array]) {
      expect(view.byteLength).toBe(view.buffer.byteLength);
    }
  });
});
