import { describe, expect, it } from 'vitest';
import { accountOf, conditionOf, possibleActions } from '../../../webview/runState.ts';
import { runOf } from './runs.ts';

const kept = { checkpoints: { last: '00000003', best: null } };
const actions = (run: Parameters<typeof possibleActions>[0]) => [...possibleActions(run)].sort();

describe('how a run stands', () => {
  it.each([
    ['none', null, ['train']],
    ['preparing', runOf({ state: 'preparing' }), ['stop']],
    ['training', runOf(), ['pause', 'sample', 'stop']],
    ['paused', runOf({ state: 'paused' }), ['resume', 'sample', 'stepBatch', 'stepEpoch', 'stop']],
    ['finished', runOf({ state: 'finished', ...kept }, { live: false }), ['sample', 'train']],
    ['stopped', runOf({ state: 'stopped', ...kept }, { live: false }), ['continue', 'sample', 'train']],
    ['failed', runOf({ state: 'failed' }, { live: false }), ['train']],
    ['failed', runOf({ state: 'failed', ...kept }, { live: false }), ['continue', 'sample', 'train']],
    ['interrupted', runOf(kept, { live: false }), ['continue', 'sample', 'train']],
    ['interrupted', runOf({ state: 'paused', ...kept }, { live: false }), ['continue', 'sample', 'train']],
    ['lost', runOf(kept, { live: false, problem: 'it crashed' }), ['continue', 'sample', 'train']],
    // A worker that only looks into a finished run is no training.
    ['finished', runOf({ state: 'finished', ...kept }, { live: true }), ['sample', 'train']],
  ] as const)('%s', (condition, run, possible) => {
    expect(conditionOf(run)).toBe(condition);
    expect(actions(run)).toEqual(possible);
  });
});

describe('what is said about it', () => {
  it('says nothing while all goes well', () => {
    expect(accountOf(null, 'nats')).toBeNull();
    expect(accountOf(runOf(), 'nats')).toBeNull();
  });

  it('gives the whole reason of a failure, and what to do', () => {
    const reason = 'NaN in the gradient of hidden.0.weight at step 3';
    const account = accountOf(runOf({ state: 'failed', reason }, { live: false }), 'nats');
    expect(account).toMatchObject({ kind: 'error', title: 'Failed at step 3', text: reason });
    expect(account?.advice).toContain('press Train.');
    expect(accountOf(runOf({ state: 'failed', reason, ...kept }), 'nats')?.advice).toContain('Continue');
  });

  it('names the step that stale data is from, and the worker’s end', () => {
    const account = accountOf(runOf(kept, { live: false, problem: 'SIGKILL' }), 'nats');
    expect(account).toMatchObject({ kind: 'error', text: 'SIGKILL' });
    expect(account?.title).toContain('step 3');
  });

  it('gives final scores in the unit asked for', () => {
    const score = { rows: 1000, nats: 2.772588722239781, standardError: 0.1, bitsPerDim: 1, quantity: 'NLL' };
    const run = runOf({ state: 'finished', test: score, validation: score }, { live: false });
    expect(accountOf(run, 'nats')?.text).toContain('Test NLL 2.77 nats (± 0.10, 1,000 rows)');
    expect(accountOf(run, 'bits')?.text).toContain('Test NLL 1.0000 bits/dim');
  });
});
