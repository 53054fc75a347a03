/** What a run to show is made of, and the two that others vary. */
import type { Finding } from '../../../src/inspection/findings.ts';
import type { PairValue } from '../../../src/inspection/frames/flowJacobian.ts';
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import type { CheckCounts, DisplayState } from '../../../src/protocol/webview.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import { structuresOf } from './networks.ts';

export interface Scenario {
  readonly experiment: string;
  /** null: the experiment has no run yet. */
  readonly manifest: RunManifest | null;
  /** Where it is not the manifest's own. */
  readonly state: DisplayState | null;
  readonly owner: number | null;
  readonly problem: string | null;
  readonly batchesAnEpoch: number;
  readonly batches: number;
  /** NLL, nats: where the curve starts and where it tends to. */
  readonly loss: { readonly from: number; readonly to: number };
  readonly structures: readonly MadeStructure[];
  readonly findings: readonly Finding[];
  readonly checks: CheckCounts | null;
  /** Pairs that leak in the measured Jacobian. */
  readonly leaks: number;
  /** Whether the masks themselves leak. */
  readonly leakyMasks?: boolean;
  /** Columns of a context; a model with one here has companion weights (U) as well. */
  readonly context?: number;
  /** What is wrong with the layers of a flow. */
  readonly flowFault?: { readonly leaks: readonly PairValue[]; readonly wrong: number };
}

export const manifest: RunManifest = {
  formatVersion: 1,
  experiment: 'digits-made',
  experimentFile: '../../../digits-made.lens.json',
  created: '2025-01-02T03:04:05.000Z',
  state: 'running',
  backend: 'wasm',
  reason: null,
  dimension: 16,
  image: [4, 4],
  parameterCount: 6_352,
  step: 0,
  epoch: 0,
  epochs: 30,
  best: null,
  checkpoints: { last: null, best: null },
  validation: null,
  test: null,
};
export const kept = { last: '00001200', best: '00001100' };

export const small: Scenario = {
  experiment: 'bars-made',
  manifest: { ...manifest, experiment: 'bars-made', checkpoints: kept },
  state: null,
  owner: null,
  problem: null,
  batchesAnEpoch: 100,
  batches: 1234,
  loss: { from: 11.1, to: 6.2 },
  structures: structuresOf(16, { hidden: [64, 64] }),
  findings: [],
  checks: null,
  leaks: 0,
};

export const digits: Scenario = {
  ...small,
  experiment: 'digits-made',
  manifest: { ...manifest, dimension: 784, image: [28, 28], parameterCount: 1_034_284, checkpoints: kept },
  batchesAnEpoch: 80,
  batches: 700,
  loss: { from: 543, to: 88 },
  structures: structuresOf(784, { hidden: [500, 500] }),
};
