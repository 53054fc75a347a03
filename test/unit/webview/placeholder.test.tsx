import { renderToString } from 'preact-render-to-string';
import { expect, it } from 'vitest';
import { viewIds, type ViewId } from '../../../src/inspection/views.ts';
import { Placeholder, viewsOffered } from '../../../webview/placeholder.tsx';
import { PageStore } from '../../../webview/store.ts';
import { freshState } from '../../../webview/savedState.ts';
import { runOf, snapshotOf } from './runs.ts';
import { noDrawing } from '../../../src/protocol/drawing.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../../../src/protocol/webview.ts';

it('says why the last start was refused where there is no run', () => {
  const store = new PageStore(freshState, () => undefined);
  const nothing = {
    standsOn: 'bars.lens.json',
    findings: [],
    checks: null,
    masks: null,
    drawn: null,
    drawing: noDrawing,
    metrics: [],
    run: null,
  };
  const said = () => renderToString(<Placeholder view={null} model={store.state.model} />);
  store.applySnapshot({ version: WEBVIEW_PROTOCOL_VERSION, experiment: 'a', ...nothing });
  expect(said()).toContain('has not been run yet');
  store.applySnapshot({ version: WEBVIEW_PROTOCOL_VERSION, experiment: 'a', ...nothing, refusal: 'a.csv: is bad' });
  expect(said()).toContain('a.csv: is bad');
  expect(said()).not.toContain('has not been run yet');
  store.applySnapshot({ version: WEBVIEW_PROTOCOL_VERSION, experiment: 'a', ...nothing });
  expect(said()).not.toContain('a.csv');
});

it('says what the first batch waits for, with a manifest and before there is one', () => {
  const store = new PageStore(freshState, () => undefined);
  const said = (view: ViewId | null) => renderToString(<Placeholder view={view} model={store.state.model} />);
  const activity = 'Compiling the training step (1,234 operations) …';
  store.applySnapshot({ ...snapshotOf(runOf()), run: null, metrics: [], activity });
  expect(said(null)).toContain(activity);
  expect(said(null)).not.toContain('has not been run yet');
  store.applySnapshot({ ...snapshotOf(runOf({ state: 'running' })), metrics: [], activity });
  expect(said('samples')).toContain(activity);
  store.applyPull(store.wanted, { revision: 7, activity: null });
  expect(said('samples')).not.toContain('Compiling');
});

it('promises of each family of models the views that it has', () => {
  const store = new PageStore(freshState, () => undefined);
  const items = renderToString(<Placeholder view={null} model={store.state.model} />).match(/<li>.*?<\/li>/g) ?? [];
  const item = (words: string) => items.filter((one) => one.includes(words));
  expect(items[0]).toContain('the learning curves');
  expect(item('of latent variables (VAE): ')).toEqual([
    expect.stringMatching(/latent plane.*encoder puts rows.*KL of each/),
  ]);
  expect(item('dependency map')).toEqual([expect.stringMatching(/^<li>of conditionals by one network/)]);
  expect(item('add up to 1')).toEqual([expect.stringMatching(/^<li>of likelihoods that are no bounds/)]);
});

it('does not offer views that the model has not; the one that is open says why', () => {
  const store = new PageStore(freshState, () => undefined);
  const quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;
  store.applySnapshot(snapshotOf(runOf({ model: { type: 'vae', network: false, quantity } })));
  const offered = (open: ViewId = 'curves') => viewsOffered(store.state.model, open);
  const ofNetworks: readonly ViewId[] = ['connectivity', 'masks', 'dependency'];
  const ofPixels: readonly ViewId[] = ['receptiveField', 'featureMaps'];
  const ofTexts: readonly ViewId[] = ['units'];
  const ofFlows: readonly ViewId[] = ['transport', 'latent', 'spectrum', 'splits', 'flowJacobian', 'equivalence'];
  const ofLatents: readonly ViewId[] = ['manifold', 'traversals', 'posteriors', 'latentUnits', 'reconstructions'];
  const others = [...ofPixels, ...ofTexts, ...ofFlows, ...ofLatents];
  expect(offered()).toEqual(viewIds.filter((view) => ![...ofNetworks, ...others].includes(view)));
  expect(offered('masks')).toContain('masks');
  expect(renderToString(<Placeholder view="masks" model={store.state.model} />)).toContain('(vae) come from no single');
  const latent = { dimension: 2, posterior: 'gaussian' } as const;
  store.applySnapshot(snapshotOf(runOf({ model: { type: 'vae', network: false, quantity, latent } })));
  expect(offered()).toEqual(expect.arrayContaining([...ofLatents]));
  expect(offered()).not.toContain('entropy');
  expect(renderToString(<Placeholder view="entropy" model={store.state.model} />)).toContain('it has no conditionals');
  const flow = {
    layers: [{ kind: 'autoregressive', title: 'Masked autoregressive layer' }],
    base: 'standard Gaussian',
  };
  store.applySnapshot(snapshotOf(runOf({ model: { type: 'maf', network: false, quantity, flow } })));
  for (const view of ['ensemble', 'entropy'] as const) {
    expect(offered()).not.toContain(view);
    expect(renderToString(<Placeholder view={view} model={store.state.model} />)).toContain('(maf) is a flow');
  }
  store.applySnapshot(snapshotOf(runOf({ model: { type: 'made', network: true, quantity } })));
  const withoutFlows = viewIds.filter((view) => !others.includes(view));
  expect(offered()).toEqual(withoutFlows);
  const one = { type: 'made', network: true, masks: 1, quantity };
  store.applySnapshot(snapshotOf(runOf({ model: one })));
  expect(offered()).toEqual(withoutFlows.filter((view) => view !== 'ensemble'));
  expect(renderToString(<Placeholder view="ensemble" model={store.state.model} />)).toContain('(made) has one mask');
  store.applySnapshot(snapshotOf(runOf({ model: { ...one, masks: 2 } })));
  expect(offered()).toContain('ensemble');
  store.applySnapshot(snapshotOf(runOf()));
  expect(offered(), 'of a run that does not tell').toEqual(withoutFlows);
  store.applySnapshot(snapshotOf(runOf({ model: { type: 'pixelcnn', network: false, pixels: true, quantity } })));
  expect(offered()).toEqual(expect.arrayContaining([...ofPixels, 'dependency', 'entropy']));
  expect(offered()).not.toContain('ensemble');
});
