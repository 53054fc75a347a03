/** Runs and frames for tests of the page. */
import type { SamplesFrame } from '../../../src/inspection/frames.ts';
import { noDrawing } from '../../../src/protocol/drawing.ts';
import type { RunSummary, Snapshot } from '../../../src/protocol/webview.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../../../src/protocol/webviewVersion.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { Metric } from '../../../src/runs/metrics.ts';

export const manifest: RunManifest = {
  formatVersion: 1,
  experiment: 'bars',
  experimentFile: '../../bars.lens.json',
  created: '2025-01-02T03:04:05.000Z',
  state: 'running',
  backend: 'cpu',
  reason: null,
  dimension: 4,
  image: [2, 2],
  parameterCount: 40,
  step: 3,
  epoch: 1.5,
  epochs: 10,
  best: null,
  checkpoints: { last: null, best: null },
  validation: null,
  test: null,
};

export function runOf(change: Partial<RunManifest> = {}, rest: Partial<Omit<RunSummary, 'manifest'>> = {}): RunSummary {
  const own = { ...manifest, ...change };
  return { id: 'runs/bars/1', state: own.state, actions: [], owner: null, problem: null, ...rest, manifest: own };
}

export function snapshotOf(run: RunSummary | null, metrics: readonly Metric[] = []): Snapshot {
  const nothing = { findings: [], checks: null, masks: null, drawn: null, drawing: noDrawing };
  const standsOn = run?.id ?? 'bars.lens.json';
  return { version: WEBVIEW_PROTOCOL_VERSION, standsOn, run, experiment: 'bars', ...nothing, metrics };
}

export function batch(step: number): Metric {
  return { type: 'batch', step, epoch: step / 2, seconds: step / 10, train: 3 - step / 10, mask: 0 };
}

export function samples(change: Partial<SamplesFrame> = {}): SamplesFrame {
  return {
    kind: 'samples',
    version: 1,
    step: 3,
    epoch: 1.5,
    mask: 0,
    maskCount: 1,
    rows: 2,
    dimension: 4,
    image: [2, 2],
    values: Uint8Array.of(255, 0, 0, 255, 0, 255, 255, 0),
    means: null,
    request: null,
    ...change,
  };
}
