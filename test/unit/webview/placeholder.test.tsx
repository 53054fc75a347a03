import { renderToString } from 'preact-render-to-string';
import { expect, it } from 'vitest';
import { Placeholder } from '../../../webview/placeholder.tsx';
import { PageStore } from '../../../webview/store.ts';
import { freshState } from '../../../webview/savedState.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../../../src/protocol/webview.ts';

it('says why the last start was refused where there is no run', () => {
  const store = new PageStore(freshState, () => undefined);
  const nothing = { findings: [], checks: null, masks: null, drawn: null, metrics: [], run: null };
  const said = () => renderToString(<Placeholder view={null} model={store.state.model} />);
  store.applySnapshot({ version: WEBVIEW_PROTOCOL_VERSION, experiment: 'a', ...nothing });
  expect(said()).toContain('has not been run yet');
  store.applySnapshot({ version: WEBVIEW_PROTOCOL_VERSION, experiment: 'a', ...nothing, refusal: 'a.csv: is bad' });
  expect(said()).toContain('a.csv: is bad');
  expect(said()).not.toContain('has not been run yet');
  store.applySnapshot({ version: WEBVIEW_PROTOCOL_VERSION, experiment: 'a', ...nothing });
  expect(said()).not.toContain('a.csv');
});
