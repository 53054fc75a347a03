/** Everything that a run can be found in. */
import type { RunManifest } from '../../../src/runs/manifest.ts';
import { small, type Scenario } from './scenario.ts';

const state = (change: Partial<RunManifest>): RunManifest => ({ ...small.manifest!, ...change });
const score = (nats: number) => ({
  rows: 2000,
  nats,
  standardError: 0.04,
  bitsPerDim: nats / (16 * Math.LN2),
  quantity: 'NLL',
});

export const stateScenarios = {
  empty: { ...small, manifest: null, batches: 0 },
  preparing: { ...small, manifest: state({ state: 'preparing' }), batches: 0 },
  paused: { ...small, manifest: state({ state: 'paused' }) },
  finished: {
    ...small,
    batches: 3000,
    checks: { passed: 7, notApplicable: 1 },
    manifest: state({
      state: 'finished',
      reason: 'The validation NLL has not improved for 10 epochs.',
      validation: score(6.19),
      test: score(6.22),
    }),
  },
  stopped: { ...small, manifest: state({ state: 'stopped', reason: 'Stopped by hand.' }) },
  failed: {
    ...small,
    manifest: state({
      state: 'failed',
      reason:
        'The first value that is not finite is in the gradient of hidden.1.weight at step 1,235, row 17 of the batch: −∞.\nThe learning rate of 10 is the likely cause.',
    }),
  },
  interrupted: { ...small, state: 'interrupted' },
  elsewhere: { ...small, state: 'elsewhere', owner: 4711 },
  restarting: {
    ...small,
    state: 'restarting',
    problem: 'the worker process was killed (SIGKILL); restarting from the last checkpoint (1 of 3)',
  },
  lost: {
    ...small,
    state: 'interrupted',
    problem: 'The worker ended with SIGKILL three times within a minute and is not started again.',
  },
} as const satisfies Record<string, Scenario>;
