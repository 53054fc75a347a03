/** The button that times drawing, and what stands below the table. */
import { renderToString } from 'preact-render-to-string';
import { expect, it, vi } from 'vitest';
import type { DrawingTimeFrame } from '../../../src/inspection/frames.ts';
import { freshState } from '../../../webview/savedState.ts';
import { PageStore } from '../../../webview/store.ts';
import type { PageModel, ViewProps } from '../../../webview/views/view.ts';
import { runOf, snapshotOf } from './runs.ts';

// The toolkit's elements need a document as soon as they are loaded.
vi.mock('../../../webview/controls.tsx', () => ({
  Button: (props: { readonly children: unknown; readonly disabled?: boolean; readonly onClick: () => void }) => {
    if (!props.disabled) props.onClick();
    return props.children;
  },
}));
const { TimeDrawing, Timed } = await import('../../../webview/views/compareTiming.tsx');

function modelOf(asked: number, timed: number, kind: 'exact' | 'loss' = 'exact'): PageModel {
  const store = new PageStore(freshState, () => undefined);
  const quantity = { kind, name: 'log-likelihood', unit: 'nats' } as const;
  store.applySnapshot(snapshotOf(runOf({ state: 'finished', model: { type: 'made', network: true, quantity } })));
  const drawingTime: DrawingTimeFrame = {
    ...{ kind: 'drawingTime', version: 1, step: 1, epoch: 1, mask: 0, maskCount: 1, naive: 16, asked: timed },
    times: timed === 0 ? null : { one: 0.004, each: 0.001, pass: 0.0005 },
  };
  const { model } = store.state;
  return { ...model, options: { ...model.options, drawingTime: { asked } }, frames: { drawingTime } };
}

function shown(a: PageModel, b: PageModel) {
  const chooseOptions = vi.fn();
  const page = { chooseOptions } as unknown as ViewProps;
  return { button: renderToString(<TimeDrawing page={page} a={a} b={b} />), asked: chooseOptions.mock.calls };
}

it('asks for one run, tells which is being timed, and may ask again', () => {
  const [none, done] = [modelOf(0, 0), modelOf(1, 1)];
  expect(shown(none, none)).toEqual({ button: 'Time drawing', asked: [['drawingTime', { asked: 1 }]] });
  expect(shown(modelOf(1, 0), none)).toEqual({ button: 'Timing A …', asked: [] });
  expect(shown(done, modelOf(1, 0))).toEqual({ button: 'Timing B …', asked: [] });
  expect(shown(done, done)).toEqual({ button: 'Time drawing again', asked: [['drawingTime', { asked: 2 }]] });
  expect(shown(modelOf(0, 0, 'loss'), none).button).toBe('');
  // What failed is not waited for.
  const failed = { ...modelOf(1, 0), frameProblems: { drawingTime: 'no room' } };
  expect(shown(failed, none).asked).toHaveLength(1);
  expect(renderToString(<Timed a={failed} b={done} />)).toMatch(/A could not be timed: no room B: a pass is/);
  expect(renderToString(<Timed a={none} b={none} />)).toBe('');
});
