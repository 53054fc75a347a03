import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({
  env: { language: 'en' },
  l10n: { t: (text: string, ...values: unknown[]) => text.replace(/\{(\d)\}/g, (_, i: string) => String(values[+i])) },
  MarkdownString: class {
    value = '';
    appendMarkdown(text: string): void {
      this.value += text;
    }
  },
}));

const { RunRecord } = await import('../../../extension/runs/runRecord.ts');
const { runDetails } = await import('../../../extension/views/details.ts');
const { summaryLine } = await import('../../../extension/views/words.ts');
const { manifest } = await import('../webview/runs.ts');

const crossEntropy = { kind: 'loss', name: 'cross-entropy', unit: 'nats' } as const;
const squaredError = { kind: 'loss', name: 'squared error', unit: 'squared units' } as const;
const likelihood = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;

const ofText = { ...likelihood, each: 'character' } as const;

const finished = (quantity: typeof crossEntropy | typeof squaredError | typeof likelihood | typeof ofText) => {
  const run = new RunRecord('/w/runs/a/1', '/w/a.lens.json');
  const score = { rows: 9, nats: 0.75, standardError: 0.25, bitsPerDim: null, quantity: quantity.name };
  run.setFromDisk({
    path: run.path,
    manifest: {
      ...manifest,
      dimension: 20,
      state: 'finished',
      model: { type: 'a model', network: true, quantity },
      best: { epoch: 2, nats: 0.5 },
      test: score,
    },
    owner: null,
    problem: null,
  });
  return run;
};

describe('trees, status bar and hovers', () => {
  it.each([
    [crossEntropy, 'finished · best cross-entropy 0.50 nats'],
    [squaredError, 'finished · best squared error 0.50 squared units'],
    [likelihood, 'finished · best 0.50 nats'],
    [ofText, 'finished · best 0.0250 nats/character'],
  ])('sum up a run by $name', (quantity, line) => {
    expect(summaryLine(finished(quantity))).toBe(line);
  });

  it.each([
    [crossEntropy, 'cross-entropy', 'nats'],
    [squaredError, 'squared error', 'squared units'],
    [likelihood, 'NLL', 'nats'],
  ])('give the scores of a run by $name', (quantity, name, unit) => {
    const value = runDetails(finished(quantity), 'run').value.replaceAll('\\', '');
    expect(value).toContain(`| best validation ${name} | 0.50 ${unit} at epoch 2 |`);
    expect(value).toContain(`| test ${name} | 0.75 ${unit} ± 0.25 |`);
    expect(value.includes('NLL')).toBe(name === 'NLL');
  });

  it('give the scores of a text for a character', () => {
    const value = runDetails(finished(ofText), 'run').value.replaceAll('\\', '');
    expect(value).toContain('| best validation NLL | 0.0250 nats/character at epoch 2 |');
    expect(value).toContain('| test NLL | 0.0375 nats/character ± 0.0125 |');
  });
});
