/** Continue opens the inspector, as Train does. */
import { describe, expect, it, vi } from 'vitest';
import type { App } from '../../../extension/app.ts';

const settings = vi.hoisted(() => ({ openOnTrain: true }));
const run = vi.hoisted(() => ({ experimentFile: '/w/a.lens.json' }));
vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  workspace: { getConfiguration: () => ({ get: () => settings.openOnTrain }) },
  window: { withProgress: (_: unknown, work: () => unknown) => work() },
}));
vi.mock('../../../extension/commands/targets.ts', () => ({ chooseRun: () => Promise.resolve(run) }));
vi.mock('../../../extension/engine.ts', () => ({ engine: {} }));
const { continueTraining } = await import('../../../extension/commands/training.ts');

async function shown(continueRun: () => Promise<void> = () => Promise.resolve()): Promise<unknown[]> {
  const seen: unknown[] = [];
  const inspector = { show: (subject: unknown) => Promise.resolve(seen.push(subject)) };
  await continueTraining({ runs: { continueRun }, inspector } as unknown as App, undefined);
  return seen;
}

describe('continuing a run', () => {
  it('shows it', async () => {
    settings.openOnTrain = true;
    expect(await shown()).toEqual([{ experimentFile: run.experimentFile, run }]);
  });

  it('shows nothing where that is not wanted', async () => {
    settings.openOnTrain = false;
    expect(await shown()).toEqual([]);
  });

  it('tells once why it could not', async () => {
    settings.openOnTrain = true;
    await expect(shown(() => Promise.reject(new Error('no checkpoint')))).rejects.toThrow('no checkpoint');
  });
});
