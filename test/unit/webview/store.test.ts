import { describe, expect, it } from 'vitest';
import { webviewTheme } from '../../../src/figures/theme.ts';
import type { DependencyFrame, JacobianFrame } from '../../../src/inspection/frames.ts';
import { freshRun, freshState, savedStateFrom, type SavedState } from '../../../webview/savedState.ts';
import { PageStore } from '../../../webview/store.ts';
import { batch, runOf, samples, snapshotOf } from './runs.ts';

function storeWith(kept: SavedState = freshState) {
  let state = kept;
  const store = new PageStore(kept, (next) => (state = next), webviewTheme('light'));
  // What is kept goes through JSON, as the editor's setState does it.
  return { store, kept: () => savedStateFrom(JSON.parse(JSON.stringify(state))) };
}

const kinds = (store: PageStore) => store.wanted.frames.map(({ kind }) => kind);

describe('what the page asks for', () => {
  it('names the frames of the open view alone', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    expect(kinds(store)).toEqual([]);
    store.openTab('masks');
    expect(kinds(store)).toEqual(['connectivity', 'jacobian']);
    store.openTab('samples');
    expect(kinds(store)).toEqual(['samples']);
  });

  it('asks for the masks until it has them, and for no frame on their account', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    expect(store.wanted).toMatchObject({ masks: false, frames: [] });
    const masks = { count: 2, orders: [Int32Array.of(1, 2), Int32Array.of(2, 1)] };
    expect(store.applyPull(store.wanted, { revision: -1, masks })).toBe(true);
    expect(store.wanted.masks).toBe(true);
    expect(store.state.masks).toBe(masks);
  });

  it('asks for nothing of an experiment without a run', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(null));
    store.openTab('connectivity');
    expect(store.wanted.frames).toEqual([]);
  });

  it('asks beyond the version that it has, and for any version of another mask', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    store.openTab('samples');
    store.applyPull(store.wanted, { revision: 1, frame: samples({ version: 7 }) });
    expect(store.wanted.frames).toEqual([{ kind: 'samples', mask: null, newerThan: 7 }]);
    store.chooseMask(2);
    expect(store.wanted.frames, 'samples are of all masks').toEqual([{ kind: 'samples', mask: null, newerThan: 7 }]);
    store.openTab('connectivity');
    expect(store.wanted.frames).toEqual([{ kind: 'connectivity', mask: 2, newerThan: 0 }]);
  });
});

describe('what is chosen of a kind of frame', () => {
  const dependency = (store: PageStore) => store.wanted.frames.find(({ kind }) => kind === 'dependency');
  const frame = (output: number, version: number) => ({ kind: 'dependency', output, version }) as DependencyFrame;

  it('is asked for, and begins a count of versions of its own', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    store.openTab('dependency');
    expect(dependency(store)).toEqual({ kind: 'dependency', mask: 0, newerThan: 0 });
    store.applyPull(store.wanted, { revision: -1, frame: frame(15, 7) });
    expect(dependency(store)).toMatchObject({ newerThan: 7 });
    const asked = store.wanted;
    store.chooseOptions('dependency', { output: 3 });
    expect(dependency(store)).toEqual({ kind: 'dependency', mask: 0, newerThan: 0, options: { output: 3 } });
    store.applyPull(asked, { revision: -1, frame: frame(15, 8) });
    expect(store.state.model.frames.dependency, 'what was asked before is overtaken').toMatchObject({ version: 7 });
    store.applyPull(store.wanted, { revision: -1, frame: frame(3, 9) });
    expect(store.state.model.frames.dependency).toMatchObject({ output: 3 });
  });

  it('is the default when it says the same', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    const before = store.state;
    store.chooseOptions('dependency', { output: -1 });
    expect(store.state).toBe(before);
  });

  it('comes back with the run, unless it is of another shape', () => {
    const { store, kept } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    store.chooseOptions('dependency', { output: 3 });
    const { store: again } = storeWith(kept());
    again.applySnapshot(snapshotOf(runOf()));
    expect(again.state.model.options).toEqual({ dependency: { output: 3 } });
    const odd = { version: 1, runs: { a: { options: { dependency: { output: 'x' }, nothing: {} } } } };
    expect(savedStateFrom(odd).runs['a']!.options).toEqual({});
  });
});

describe('what the page takes', () => {
  it('adds metrics, replaces them from an earlier index on, and takes the same ones twice as once', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf(), [batch(1), batch(2)]));
    const asked = store.wanted;
    expect(asked.metrics).toBe(2);
    store.applyPull(asked, { revision: 1, metrics: { from: 2, metrics: [batch(3)] } });
    store.applyPull(asked, { revision: 1, metrics: { from: 2, metrics: [batch(3)] } });
    expect(store.state.model.metrics).toEqual([batch(1), batch(2), batch(3)]);
    store.applyPull(asked, { revision: 1, metrics: { from: 1, metrics: [batch(9)] } });
    expect(store.state.model.metrics).toEqual([batch(1), batch(9)]);
  });

  it('leaves a gap unfilled rather than putting metrics in the wrong place', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf(), [batch(1)]));
    expect(store.applyPull(store.wanted, { revision: -1, metrics: { from: 5, metrics: [batch(6)] } })).toBe(false);
    expect(store.state.model.metrics).toEqual([batch(1)]);
  });

  it('says whether there was news, and keeps what did not change', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf(), [batch(1)]));
    const { metrics } = store.state.model;
    expect(store.applyPull(store.wanted, { revision: 1, run: runOf({ state: 'paused' }) })).toBe(true);
    expect(store.state.model.metrics).toBe(metrics);
    expect(store.wanted.revision).toBe(1);
    expect(store.applyPull(store.wanted, { revision: 1 })).toBe(false);
  });

  it('keeps rows drawn by hand apart from those of the epoch, whatever their versions', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    store.openTab('samples');
    store.keepValue('samples', 'source', 'epoch');
    const drawn = samples({ version: 4, request: { seed: 1, temperature: 0.5 } });
    store.applyPull(store.wanted, { revision: 1, frame: samples({ version: 4 }), drawn: { serial: 1, frame: drawn } });
    expect(store.state.model.drawn).toBe(drawn);
    expect(store.state.model.frames.samples?.version).toBe(4);
    expect(store.state.saved.views.samples, 'what was asked for is what is looked at').toEqual({ source: 'hand' });
    expect(store.wanted).toMatchObject({ drawn: 1, frames: [{ kind: 'samples', newerThan: 4 }] });
    expect(store.applyPull(store.wanted, { revision: 1, drawn: { serial: 1, frame: drawn } })).toBe(false);
  });

  it('has the rows drawn by hand, the checks and the masks from a snapshot, without changing what is looked at', () => {
    const { store } = storeWith();
    const drawn = { serial: 3, frame: samples({ request: { seed: 1, temperature: 1 } }) };
    const checks = { passed: 7, notApplicable: 1 };
    store.applySnapshot({ ...snapshotOf(runOf()), drawn, checks });
    expect(store.state).toMatchObject({ checks, model: { drawn: drawn.frame } });
    expect(store.wanted.drawn).toBe(3);
    expect(store.state.saved.views).toEqual({});
    store.applyPull(store.wanted, { revision: 2, findings: [], checks: null });
    expect(store.state.checks).toBeNull();
  });

  it('does not show a frame of a mask that is no longer the one chosen', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    store.openTab('masks');
    const asked = store.wanted;
    expect(
      asked.frames.map(({ mask }) => mask),
      'held still until the user chooses',
    ).toEqual([0, 0]);
    const jacobian = { kind: 'jacobian', version: 3, mask: 0 } as JacobianFrame;
    store.chooseMask(1);
    store.applyPull(asked, { revision: 1, frame: jacobian });
    expect(store.state.model.frames.jacobian).toBeUndefined();
    store.applyPull(store.wanted, { revision: 1, frame: { ...jacobian, version: 4, mask: 1 } });
    expect(store.state.model.frames.jacobian?.mask).toBe(1);
    store.chooseMask(null);
    expect(store.wanted.frames.map(({ mask }) => mask)).toEqual([null, null]);
  });

  it('forgets frames, metrics and versions when another run is shown', () => {
    const { store } = storeWith();
    store.applySnapshot(snapshotOf(runOf(), [batch(1)]));
    store.openTab('samples');
    store.applyPull(store.wanted, { revision: 5, frame: samples({ version: 9 }) });
    store.applySnapshot(snapshotOf(runOf({}, { id: 'runs/bars/2' })));
    expect(store.state.model.frames).toEqual({});
    expect(store.wanted).toEqual({
      standsOn: 'runs/bars/2',
      revision: -1,
      metrics: 0,
      masks: false,
      drawn: 0,
      drawing: 0,
      frames: [{ kind: 'samples', mask: null, newerThan: 0 }],
    });
  });
});

it('takes nothing that was asked of another run, and keeps nothing of it under this one’s name', () => {
  const { store, kept } = storeWith();
  store.applySnapshot(snapshotOf(runOf({}, { id: 'runs/bars/a' })));
  const asked = store.wanted;
  store.applySnapshot(snapshotOf(runOf({}, { id: 'runs/bars/b' })));
  const late = { revision: 9, run: runOf({}, { id: 'runs/bars/a' }), drawn: { serial: 4, frame: samples() } };
  expect(store.applyPull(asked, late)).toBe(false);
  expect(store.state.model.run?.id).toBe('runs/bars/b');
  expect(kept().runs['runs/bars/b']?.views['samples']).toBeUndefined();
  expect(store.applyPull(store.wanted, { revision: 9, drawn: late.drawn })).toBe(true);
});

describe('what outlives the page', () => {
  it('brings back tab, values, pin, mask, scrolling and unit of a run', () => {
    const first = storeWith();
    first.store.applySnapshot(snapshotOf(runOf()));
    first.store.openTab('masks');
    first.store.keepValue('masks', 'zoom', { k: 2.5, x: -3 });
    first.store.select({ unit: { layer: 1, unit: 3 }, from: { layer: 0, unit: 2 } }, true);
    first.store.chooseMask(4);
    first.store.keepScroll('masks', 320);
    first.store.setLossUnit('bits');

    const { store } = storeWith(first.kept());
    store.applySnapshot(snapshotOf(runOf()));
    expect(store.state.tab).toBe('masks');
    expect(store.state.saved.views.masks).toEqual({ zoom: { k: 2.5, x: -3 } });
    expect(store.state.model.selection).toEqual({
      unit: { layer: 1, unit: 3 },
      from: { layer: 0, unit: 2 },
      pinned: true,
    });
    expect(store.state.model.mask).toBe(4);
    expect(store.state.saved.scroll.masks).toBe(320);
    expect(store.state.model.lossUnit).toBe('bits');
  });

  it('does not keep what was only pointed at', () => {
    const { store, kept } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    store.select({ unit: { layer: 1, unit: 3 } });
    expect(store.state.model.selection?.pinned).toBe(false);
    expect(kept().runs['runs/bars/1']?.pinned).toBeNull();
  });

  it('keeps values apart by run; a new run opens on the tab that was open', () => {
    const { store, kept } = storeWith();
    store.applySnapshot(snapshotOf(runOf()));
    store.openTab('samples');
    store.keepValue('samples', 'values', 'means');
    store.applySnapshot(snapshotOf(runOf({}, { id: 'runs/bars/2' })));
    expect(store.state.tab).toBe('samples');
    expect(store.state.saved.views).toEqual({});
    expect(Object.keys(kept().runs)).toEqual(['runs/bars/1', 'runs/bars/2']);
  });

  it('forgets the runs used longest ago, beyond a dozen', () => {
    const { store, kept } = storeWith();
    for (let i = 0; i < 20; i++) store.applySnapshot(snapshotOf(runOf({}, { id: `runs/bars/${i}` })));
    expect(Object.keys(kept().runs)).toEqual(Array.from({ length: 12 }, (_, i) => `runs/bars/${i + 8}`));
  });

  it('starts afresh from what is not its own', () => {
    for (const found of [null, 7, 'x', {}, { version: 2 }, { version: 1, runs: [] }]) {
      expect(savedStateFrom(found)).toEqual(freshState);
    }
    const odd = { version: 1, runs: { a: { tab: 'nowhere', views: 3, pinned: { unit: { layer: -1 } }, mask: 'x' } } };
    expect(savedStateFrom(odd).runs['a']).toEqual(freshRun);
  });
});
