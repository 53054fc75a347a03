/** When people see what keeps a run from training on: the status bar's words, and whether they change for what is soon over. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Activity } from '../../../src/text/activity.ts';

vi.mock('vscode', () => ({
  env: { language: 'en' },
  l10n: { t: (text: string, ...values: unknown[]) => text.replace(/\{(\d)\}/g, (_, i: string) => String(values[+i])) },
}));

const { RunRecord } = await import('../../../extension/runs/runRecord.ts');
const { summaryLine } = await import('../../../extension/views/words.ts');
const { manifest } = await import('../webview/runs.ts');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const compiling: Activity = { doing: 'compiling', what: 'the training step', operations: 1234 };
const metric = { type: 'batch', step: 1, epoch: 0, seconds: 0, train: 1, mask: 0 } as const;
const training = () => {
  const run = new RunRecord('/w/runs/a/1', '/w/a.lens.json');
  run.beginTraining();
  return run;
};

it('is seen at once before the first step, also where there is no manifest yet', () => {
  const run = training();
  const before = run.revision;
  run.setActivity(compiling);
  expect(run.revision).toBeGreaterThan(before);
  expect(summaryLine(run)).toBe('Compiling the training step (1,234 operations) …');
  run.setManifest({ ...manifest, state: 'running' });
  expect(summaryLine(run)).toBe('Compiling the training step (1,234 operations) …');
  run.setActivity(null);
  expect(summaryLine(run)).toMatch(/^training · epoch/);
});

it('is seen between two steps only if it lasts, with the newest that is known of it', () => {
  const run = training();
  run.setManifest({ ...manifest, state: 'running' });
  run.addMetrics(0, [metric]);
  run.setActivity(compiling);
  vi.advanceTimersByTime(900);
  run.setActivity(null);
  vi.advanceTimersByTime(5000);
  expect(run.activity).toBeNull();

  run.setActivity({ ...compiling, operations: null });
  vi.advanceTimersByTime(600);
  run.setActivity(compiling);
  expect(summaryLine(run)).toMatch(/^training · epoch/);
  vi.advanceTimersByTime(600);
  expect(run.activity).toEqual(compiling);
  run.setActivity(null);
  expect(run.activity).toBeNull();
});

it('ends with training, whatever a worker that is gone has left untold', () => {
  const run = training();
  run.setActivity(compiling);
  run.trainingFailed();
  expect(run.activity).toBeNull();
  run.beginTraining();
  expect(run.activity).toBeNull();
  run.setActivity(compiling);
  run.setStatus({ phase: 'restarting', attempt: 1, of: 2, reason: 'it crashed' });
  expect(run.activity).toBeNull();
});
