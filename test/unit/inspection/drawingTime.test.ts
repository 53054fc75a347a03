import { describe, expect, it } from 'vitest';
import { drawingTimeReading, drawnText } from '../../../src/figures/drawingTimeWords.ts';
import { drawingTimeFrame } from '../../../src/inspection/drawingTime.ts';
import { type DrawingTimeFrame, NOT_TIMED } from '../../../src/inspection/frames/drawingTime.ts';
import { frameMakers } from '../../../src/inspection/frameMakers.ts';
import { type InspectionSource, snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { createModel } from '../../../src/models/index.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { made, sourceOf } from './specimens.ts';

onEveryBackend('how long drawing takes', (backend) => {
  const frameOf = (source: InspectionSource, asked = 1, onProgress?: (share: number) => void) =>
    toEnd(drawingTimeFrame(snapshotOf(source, null), asked, onProgress));

  it.each([
    ['made', { hidden: [8] }, 6],
    ['vae', { latent: 2 }, null],
    ['maf', { layers: 2, hidden: [8] }, null],
    ['char-rnn', { hidden: [6] }, 6],
  ] as const)('of a %s is measured, without data', async (type, more, naive) => {
    const model = createModel(modelSpec.parse({ type, ...more }), 6, 1, 0, type === 'char-rnn' ? 4 : 0);
    const source: InspectionSource = {
      ...sourceOf(model, backend()),
      dataset: () => Promise.reject(new Error('the data are gone')),
    };
    const shares: number[] = [];
    const { times, ...told } = await frameOf(source, 3, (share) => shares.push(share));
    expect(told).toMatchObject({ asked: 3, naive });
    for (const seconds of Object.values(times!)) expect(seconds).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  });

  it('is measured when asked for alone', async () => {
    const model = made(4);
    const source = sourceOf(model, backend());
    const unasked = { ...model, sample: () => expect.fail('drawn'), logProb: () => expect.fail('scored') };
    expect((await frameOf({ ...source, model: unasked }, NOT_TIMED)).times).toBeNull();
    expect(frameMakers.drawingTime.canBeRefined(source, 'quick')).toBe(false);
  });
});

describe('in words', () => {
  const frame: DrawingTimeFrame = {
    ...{ kind: 'drawingTime', version: 1, step: 1, epoch: 1, mask: 0, maskCount: 1 },
    ...{ asked: 1, naive: 784, times: { one: 0.0123, each: 1.5, pass: 0.002 } },
  };
  it('a time is so many passes, in place of those of a naive loop', () => {
    expect(drawnText(frame, 'one', undefined)).toBe('12.3 ms: 6.2 passes’ worth, in place of 784');
    expect(drawnText(frame, 'each', undefined)).toMatch(/^1\.5 s: 750 passes’ worth/);
    expect(drawnText({ ...frame, naive: null }, 'one', undefined)).toBe('12.3 ms: 6.2 passes’ worth');
    expect(drawnText({ ...frame, times: null }, 'one', undefined)).toBeNull();
    expect(drawingTimeReading(frame)).toBe('a pass is log p of a row, as one of 16: 2 ms.');
  });
  it('of a flow the passes are those that were counted', () => {
    const passes = { layers: 2, density: 2, sampling: 12, naive: { density: 2, sampling: 86 } };
    const quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;
    const model = { type: 'maf', network: false, quantity, flow: { layers: [], base: 'normal', passes } };
    expect(drawnText({ ...frame, naive: null }, 'one', model)).toBe('12.3 ms: 6.2 passes’ worth, in place of 43');
  });
});
