import { renderToString } from 'preact-render-to-string';
import { describe, expect, it, vi } from 'vitest';
import { curves } from '../../../src/figures/curves.tsx';
import { curvesReading } from '../../../src/figures/runSentences.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { lossUnits } from '../../../src/figures/units.ts';
import type { Score } from '../../../src/runs/manifest.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { accountOf } from '../../../webview/runState.ts';
import { PageStore } from '../../../webview/store.ts';
import { freshState } from '../../../webview/savedState.ts';
import { batchTable, epochTable } from '../../../webview/views/curvesTables.ts';
import { batch, runOf, snapshotOf } from './runs.ts';

// The toolkit's elements need a document as soon as they are loaded.
vi.mock('../../../webview/controls.tsx', () => ({
  Button: ({ children }: { readonly children: unknown }) => children,
  Segments: ({ label }: { readonly label: string }) => label,
}));
const { Header } = await import('../../../webview/header.tsx');

const losses = [
  { kind: 'loss', name: 'cross-entropy', unit: 'nats' },
  { kind: 'loss', name: 'squared error', unit: 'squared units' },
] as const;
const likelihood = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;
const epoch: Metric = {
  type: 'epoch',
  step: 4,
  epoch: 2,
  seconds: 1,
  train: 2.5,
  validation: 2.625,
  best: true,
  rowsPerSecond: 100,
};
const metrics = [batch(1), batch(2), epoch];

/** All that a page says of a finished run's values. */
function pageOf(quantity: (typeof losses)[number] | typeof likelihood, lossUnit: (typeof lossUnits)[number]): string {
  const score: Score = {
    rows: 9,
    nats: 2.75,
    standardError: 0.5,
    bitsPerDim: quantity.kind === 'loss' ? null : 1,
    quantity: quantity.name,
  };
  const model = { type: 'a model', network: true, quantity };
  const best = { epoch: 2, nats: 2.625 };
  const run = runOf({ state: 'finished', model, best, validation: score, test: score });
  const store = new PageStore({ ...freshState, lossUnit }, () => undefined);
  store.applySnapshot(snapshotOf(run, metrics));
  const nothing = () => undefined;
  const head = renderToString(
    <Header
      model={store.state.model}
      masks={null}
      sampling={false}
      pending={null}
      onAction={nothing}
      onSampling={nothing}
      onCompare={nothing}
      onLossUnit={nothing}
    />,
  );
  const { drawing } = curves({
    runs: [{ name: 'a', metrics, dimension: 4, quantity }],
    unit: lossUnit,
    axis: 'epoch',
    logX: false,
    logY: false,
    wholeRange: false,
    width: 600,
    height: 300,
    theme: themeFor('light'),
  });
  return [
    head,
    accountOf(run, lossUnit)!.text,
    curvesReading(metrics, lossUnit, 4, model),
    renderToString(<svg>{drawing.marks}</svg>),
    JSON.stringify([epochTable(metrics, lossUnit, 4, quantity), batchTable(metrics, lossUnit, 4, 1, quantity)]),
  ].join('\n');
}

describe.each(lossUnits)('a page that shows likelihoods in %s', (unit) => {
  it.each(losses)('calls $name by its name and unit, and never a likelihood', (quantity) => {
    const page = pageOf(quantity, unit);
    expect(page).not.toMatch(/NLL|likelihood|bits/);
    expect(page).toContain(`Test ${quantity.name}`);
    expect(page).toContain(`Validation ${quantity.name} is lowest at epoch 2, the latest: 2.6`);
    expect(page).toContain(`${quantity.name} (${quantity.unit})`);
    // Whatever unit was chosen elsewhere, values are not divided.
    expect(page).toMatch(/Test [a-z -]+ 2\.750?0? /);
    if (quantity.unit !== 'nats') expect(page).not.toContain('nats');
  });

  it('says NLL of a likelihood, and lets its unit be chosen', () => {
    const page = pageOf(likelihood, unit);
    for (const words of ['Test NLL', 'Unit of likelihoods', 'negative log-likelihood']) expect(page).toContain(words);
    expect(page).toContain(unit === 'bits' ? `${(2.625 / 4 / Math.LN2).toFixed(4)} bits/dim` : '2.63 nats');
  });
});
