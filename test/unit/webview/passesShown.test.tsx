/** What the directions of a flow cost, on the page's head and in the details of a run. */
import { renderToString } from 'preact-render-to-string';
import { expect, it, vi } from 'vitest';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import { freshState } from '../../../webview/savedState.ts';
import { PageStore } from '../../../webview/store.ts';
import { manifest, runOf, snapshotOf } from './runs.ts';

// The toolkit's elements need a document as soon as they are loaded.
vi.mock('../../../webview/controls.tsx', () => ({
  Button: ({ children }: { readonly children: unknown }) => children,
  Segments: ({ label }: { readonly label: string }) => label,
}));
vi.mock('vscode', () => ({
  env: { language: 'en' },
  l10n: { t: (text: string) => text },
  MarkdownString: class {
    value = '';
    appendMarkdown(text: string): void {
      this.value += text;
    }
  },
}));
const { Header } = await import('../../../webview/header.tsx');
const { RunRecord } = await import('../../../extension/runs/runRecord.ts');
const { runDetails } = await import('../../../extension/views/details.ts');

type ModelFacts = NonNullable<RunManifest['model']>;

const quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;
const passes = { layers: 5, density: 5, sampling: 5.02, naive: { density: 5, sampling: 215 } };
const maf: ModelFacts = {
  type: 'maf',
  network: false,
  quantity,
  flow: { layers: [], base: 'standard Gaussian', passes },
};
const { passes: _, ...uncounted } = maf.flow!;
const earlier: ModelFacts = { ...maf, flow: uncounted };

function shown(model: ModelFacts): { readonly head: string; readonly details: string } {
  const store = new PageStore(freshState, () => undefined);
  store.applySnapshot(snapshotOf(runOf({ model })));
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
  const run = new RunRecord('/w/runs/a/1', '/w/a.lens.json');
  run.setFromDisk({ path: run.path, manifest: { ...manifest, model }, owner: null, problem: null });
  const text = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  return { head: text(head), details: runDetails(run, 'run').value.replaceAll('\\', '') };
}

it('are told beside the backend, as they were counted and as they naively would be', () => {
  const { head, details } = shown(maf);
  expect(head).toContain('Density 1 network pass a layer Sampling 1.0 network passes a layer, not 43');
  expect(details).toContain('| passes | density 1 network pass a layer; sampling 1.0 network passes a layer, not 43 |');
});

it('stand above no choice of bits a dimension where rows are real numbers, of which a dimension has none', () => {
  expect(shown(maf).head).not.toContain('Unit of likelihoods');
  const levels = { ...quantity, name: 'log-likelihood of dequantised levels' };
  expect(shown({ ...maf, quantity: levels }).head).toContain('Unit of likelihoods');
  expect(shown({ type: 'made', network: true, quantity }).head).toContain('Unit of likelihoods');
});

it('stand among facts that have their places from the first, so that nothing moves when they come', () => {
  expect(shown(maf).head).toMatch(/Best –.*Speed – rows\/s Backend/);
});

it('are not told of runs that never counted them, nor of other models', () => {
  for (const model of [earlier, { type: 'made', network: true, quantity }]) {
    const { head, details } = shown(model);
    expect(head).toContain('Backend cpu');
    expect([head.includes('pass'), details.includes('pass')]).toEqual([false, false]);
  }
});
