/** A stopped run that is continued is this window's own from the request on, whatever is still told of it. */
import { describe, expect, it } from 'vitest';
import { RunRecord } from '../../../extension/runs/runRecord.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';

function manifest(state: RunManifest['state']): RunManifest {
  return {
    formatVersion: 1,
    experiment: 'digits',
    experimentFile: '../../../digits.lens.json',
    created: '2025-01-01T00:00:00.000Z',
    state,
    backend: 'wasm',
    reason: null,
    dimension: 4,
    image: null,
    parameterCount: 10,
    step: 5,
    epoch: 1,
    epochs: 10,
    best: null,
    checkpoints: { last: '00000005', best: null },
    validation: null,
    test: null,
  };
}

function stopped(): RunRecord {
  const run = new RunRecord('/runs/digits/1', '/digits.lens.json');
  run.setFromDisk({ path: run.path, manifest: manifest('stopped'), owner: null, problem: null });
  run.setStatus({ phase: 'live' });
  return run;
}

describe('a continued run', () => {
  it('stays this window’s own while the worker that only showed it goes', () => {
    const run = stopped();
    run.beginTraining();
    run.setStatus({ phase: 'absent', problem: null });
    run.setStatus({ phase: 'starting' });
    run.setManifest(manifest('stopped'));
    run.setManifest(manifest('running'));
    expect(run.training).toBe(true);
    expect(run.state).toBe('running');
    run.setManifest(manifest('finished'));
    expect(run.training).toBe(false);
  });

  it('is nobody’s when it could not be continued', () => {
    const run = stopped();
    run.beginTraining();
    run.trainingFailed();
    expect(run.training).toBe(false);
    expect(run.state).toBe('stopped');
  });

  it('is nobody’s once its worker is gone', () => {
    const run = stopped();
    run.beginTraining();
    run.setManifest(manifest('running'));
    run.setStatus({ phase: 'absent', problem: 'it died' });
    expect(run.training).toBe(false);
  });
});
