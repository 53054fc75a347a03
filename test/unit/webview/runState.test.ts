import { describe, expect, it } from 'vitest';
import { accountOf, conditionOf, conditionWord, isActive } from '../../../webview/runState.ts';
import { checksText } from '../../../webview/words.ts';
import { runOf } from './runs.ts';

const kept = { checkpoints: { last: '00000003', best: null } };
const continuable = { actions: ['continue'] } as const;

describe('how a run stands', () => {
  it('is what the host says, whatever stands in the manifest', () => {
    const run = runOf({ state: 'running', ...kept }, { state: 'elsewhere', owner: 4711, actions: ['sample'] });
    expect(conditionOf(run)).toBe('elsewhere');
    expect(conditionWord[conditionOf(run)]).toBe('Trained by another process');
    expect(isActive(run), 'it is not ours').toBe(false);
    expect(accountOf(run, 'nats')).toMatchObject({ kind: 'info', title: 'Process 4711 trains this run' });
    expect(JSON.stringify(accountOf(run, 'nats'))).not.toMatch(/Continue|gone/);
  });

  it('is active while a worker of this window is at it', () => {
    for (const state of ['preparing', 'running', 'paused', 'restarting'] as const) {
      expect(isActive(runOf({}, { state }))).toBe(true);
    }
    for (const state of ['finished', 'stopped', 'failed', 'interrupted', 'elsewhere'] as const) {
      expect(isActive(runOf({}, { state }))).toBe(false);
    }
  });
});

describe('what is said about it', () => {
  it('says nothing while all goes well', () => {
    expect(accountOf(null, 'nats')).toBeNull();
    expect(accountOf(runOf(), 'nats')).toBeNull();
  });

  it('gives the whole reason of a failure, and what to do', () => {
    const reason = 'NaN in the gradient of hidden.0.weight at step 3';
    const account = accountOf(runOf({ state: 'failed', reason }), 'nats');
    expect(account).toMatchObject({ kind: 'error', title: 'Failed at step 3', text: reason });
    expect(account?.advice).toContain('press Train.');
    expect(accountOf(runOf({ state: 'failed', reason, ...kept }, continuable), 'nats')?.advice).toContain('Continue');
  });

  it('names the step that stale data is from, and the worker’s end', () => {
    const account = accountOf(runOf(kept, { state: 'interrupted', problem: 'SIGKILL' }), 'nats');
    expect(account).toMatchObject({ kind: 'error', text: 'SIGKILL' });
    expect(account?.title).toContain('step 3');
  });

  it('gives final scores in the unit asked for', () => {
    const score = { rows: 1000, nats: 2.772588722239781, standardError: 0.1, bitsPerDim: 1, quantity: 'NLL' };
    const run = runOf({ state: 'finished', test: score, validation: score });
    expect(accountOf(run, 'nats')?.text).toContain('Test NLL 2.77 nats (± 0.10, 1,000 rows)');
    expect(accountOf(run, 'bits')?.text).toContain('Test NLL 1.0000 bits/dim');
  });
});

describe('what the checks have said', () => {
  it('is nothing before they ran', () => {
    expect(checksText(0, null, false)).toBe('Not checked yet.');
    expect(checksText(0, null, true)).toBe('Not checked in full yet: all checks run when training ends.');
    expect(checksText(1, null, false)).toBe('Not all checks have run yet.');
  });

  it('counts those that passed and those that do not apply', () => {
    expect(checksText(0, { passed: 7, notApplicable: 1 }, false)).toBe('7 checks passed, 1 does not apply.');
    expect(checksText(0, { passed: 10, notApplicable: 2, notMeasured: 1 }, false)).toBe(
      '10 checks passed, 2 do not apply, 1 not measured.',
    );
    expect(checksText(2, { passed: 1, notApplicable: 0 }, false)).toBe('1 check passed.');
  });
});
