/** What the session is made of: the outbox, the process transport, weights that do and do not fit. */
import { describe, expect, it, vi } from 'vitest';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArray } from '../../../src/runs/arrays.ts';
import type { BatchMetric } from '../../../src/runs/metrics.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { fitWeights } from '../../../src/worker/loadRun.ts';
import { type MetricsBatch, MetricsOutbox } from '../../../src/worker/metricsOutbox.ts';
import { type IpcEnd, processTransport } from '../../../src/worker/processTransport.ts';

const metric = (step: number): BatchMetric => ({ type: 'batch', step, epoch: 0, seconds: 0, train: 1, mask: 0 });
const steps = ({ from, metrics }: MetricsBatch) => [from, ...metrics.map(({ step }) => step)];

describe('metrics on their way to the host', () => {
  it('are joined and keep their order', () => {
    vi.useFakeTimers();
    const sent: MetricsBatch[] = [];
    const outbox = new MetricsOutbox((batch) => sent.push(batch) > 0);
    outbox.add(0, [metric(1)]);
    outbox.add(1, [metric(2), metric(3)]);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(200);
    outbox.add(3, [metric(4)]);
    vi.advanceTimersByTime(200);
    expect(sent.map(steps)).toEqual([
      [0, 1, 2, 3],
      [3, 4],
    ]);
    vi.useRealTimers();
  });

  it('begin anew where a run went back to a checkpoint', () => {
    const sent: MetricsBatch[] = [];
    const outbox = new MetricsOutbox((batch) => sent.push(batch) > 0);
    outbox.add(0, [metric(1), metric(2), metric(3)]);
    outbox.add(1, [metric(2)]);
    outbox.flush();
    expect(sent.map(steps)).toEqual([
      [0, 1, 2, 3],
      [1, 2],
    ]);
  });

  it('wait longer and longer while the channel is congested', () => {
    vi.useFakeTimers();
    const sentAt: number[] = [];
    const outbox = new MetricsOutbox(() => sentAt.push(Date.now()) === 0);
    for (let i = 0; i < 1000; i++) {
      outbox.add(i, [metric(i)]);
      vi.advanceTimersByTime(10);
    }
    const gaps = sentAt.slice(1).map((at, i) => at - sentAt[i]!);
    expect(gaps[0]).toBeGreaterThanOrEqual(300);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(1200);
    vi.useRealTimers();
  });
});

it('the process transport says when too much is on its way', () => {
  const written: (() => void)[] = [];
  const end: IpcEnd = {
    send: (_message, _handle, _options, sent) => written.push(() => sent(null)) > 0,
    on: () => undefined,
  };
  const transport = processTransport(end);
  const answers = Array.from({ length: 10 }, (_, i) => transport.send(i));
  expect(answers).toEqual([true, true, true, true, true, true, true, true, false, false]);
  for (const done of written) done();
  expect(transport.send('next')).toBe(true);
});

describe('weights from a file', () => {
  const experiment = experimentSpec.parse({
    model: { type: 'made', hidden: [4], masks: 2 },
    data: { train: 'rows.npy' },
  });
  const model = createModel(experiment.model, 3, experiment.seed);
  const whole = { ...model.initialise(RandomGenerator.seeded(1, 'weights')), ...model.buffers() };
  const fit = (changes: Record<string, NamedArray>) => () =>
    fitWeights({ ...whole, ...changes }, experiment, { dimension: 3 }, 'w.safetensors');

  it('bring their orders and degrees along', () => {
    const order = { shape: [1, 3], data: Int32Array.of(3, 1, 2) };
    const degrees = { shape: [1, 4], data: Int32Array.of(1, 1, 2, 2) };
    const fitted = fit({ order, 'degrees.0': degrees })();
    expect(fitted.model.maskCount).toBe(1);
    expect(fitted.model.network!.order(0)).toEqual(Int32Array.of(3, 1, 2));
    expect(Object.keys(fitted.parameters).sort()).toEqual(model.parameters.map(({ name }) => name).sort());
  });

  it.each<[string, Record<string, NamedArray>, RegExp]>([
    [
      'another shape',
      { 'output.weight': { shape: [4, 3], data: new Float32Array(12) } },
      /^w\.safetensors: output\.weight is \[4, 3\]; this model needs \[3, 4\]$/,
    ],
    ['another type', { 'output.bias': { shape: [3], data: new Int32Array(3) } }, /output\.bias is not float32/],
    [
      'an order that is none',
      { order: { shape: [2, 3], data: Int32Array.of(1, 1, 2, 1, 2, 3) } },
      /w\.safetensors: order 1 of 2 has 1 twice/,
    ],
  ])('are refused with %s', (_, changes, message) => {
    expect(fit(changes)).toThrow(message);
  });
});
