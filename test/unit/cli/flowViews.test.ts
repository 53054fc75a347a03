/** What `lens inspect` says and draws of flows' scales, and of KL in x and in u. */
import { describe, expect, it } from 'vitest';
import { equivalenceOf } from '../../../src/cli/views/equivalence.ts';
import type { InspectedRun } from '../../../src/cli/views/inspected.ts';
import { spectrumOf } from '../../../src/cli/views/spectrum.ts';
import type { Frame } from '../../../src/inspection/frames.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { equivalenceFrame } from '../figures/equivalenceFixtures.ts';
import { spectrumFrame } from '../figures/spectrumFixtures.ts';
import { manifest } from '../webview/runs.ts';

/** Answers with one frame after the other, the last of them for ever. */
function runWith(frames: readonly Frame[], metrics: readonly Metric[] = []): InspectedRun {
  let asked = 0;
  const connection = {
    on: () => undefined,
    request: () => Promise.resolve(frames[Math.min(asked++, frames.length - 1)]),
  };
  return {
    ...{ manifest, metrics, mask: null, output: null, layer: null },
    connection: connection as unknown as InspectedRun['connection'],
  };
}

const epochs: readonly Metric[] = [1, 2, 3].map((epoch) => ({
  type: 'epoch',
  step: 100 * epoch,
  epoch,
  seconds: epoch,
  train: 3 - 0.2 * epoch,
  validation: 3.1 - 0.2 * epoch,
  best: true,
  rowsPerSecond: 1000,
}));

describe('the scaling spectrum', () => {
  it('waits until principal components are there', async () => {
    const frame = spectrumFrame({ dimension: 9 });
    const early = { ...frame, components: null, noComponents: 'they are being computed', complete: false };
    const view = await spectrumOf(runWith([early, frame]));
    expect(view.reading).toContain('PCA of 5,000 training rows');
    expect(view.data).toBe(frame);
    expect(view.svg()).toContain('class="components"');
  });

  it('says why there is none', async () => {
    const frame = { ...spectrumFrame({ dimension: 9 }), reason: 'this model (made) has no diagonal scaling.' };
    await expect(spectrumOf(runWith([frame]))).rejects.toThrow('this model (made) has no diagonal scaling.');
  });
});

describe('KL in x and KL in u', () => {
  it('has what was measured, and the scores of all epochs', async () => {
    const view = await equivalenceOf(runWith([equivalenceFrame({ dimension: 2 })], epochs));
    expect(view.reading).toContain('They are one number, row by row');
    const [, path] = /<path d="([^"]*)"[^>]*class="scores"/.exec(view.svg()) ?? [];
    expect(path!.match(/[ML]/g)).toHaveLength(3);
  });

  it('draws no scores of other rows than those measured', async () => {
    const frame = { ...equivalenceFrame({ dimension: 2 }), split: 'train' as const };
    expect((await equivalenceOf(runWith([frame], epochs))).svg()).toContain('d=""');
  });

  it('says why there is none', async () => {
    const frame = { ...equivalenceFrame({ dimension: 2 }), reason: 'this model (nice) is neither MAF nor IAF.' };
    await expect(equivalenceOf(runWith([frame]))).rejects.toThrow('neither MAF nor IAF');
  });
});
