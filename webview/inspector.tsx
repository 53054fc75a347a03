/** The inspector's page: connects to the host, keeps the model, draws the head and the open view. */
import { render } from 'preact';
import { messageOf } from '../src/protocol/rpc.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../src/protocol/webviewVersion.ts';
import type { Snapshot } from '../src/protocol/webview.ts';
import { App } from './app.tsx';
import { NOT_TIMED } from '../src/inspection/frames.ts';
import { Beside } from './beside.ts';
import { registerControls } from './controls.tsx';
import { openHost } from './host.ts';
import './inspector.css';
import { currentTheme, onThemeChange } from './pageTheme.ts';
import { afterPaint, Puller } from './pull.ts';
import { savedStateFrom } from './savedState.ts';
import { PageStore } from './store.ts';

const RETRY_MS = 1000;

function start(root: Element): void {
  const host = openHost();
  const { connection } = host;
  const store = new PageStore(savedStateFrom(host.readState()), host.writeState, currentTheme());
  const puller = new Puller({
    ask: (pull) => connection.request('pull', pull),
    wanted: () => store.wanted,
    take: (asked, result) => store.applyPull(asked, result),
    drawn: afterPaint,
    onTrouble: (problem) => store.setTrouble(problem),
  });

  const beside = new Beside(connection);
  const applySnapshot = (snapshot: Snapshot) => {
    if (snapshot.version !== WEBVIEW_PROTOCOL_VERSION) {
      store.setTrouble('This page is of another version than the extension. Close it and open it again.');
      return;
    }
    store.applySnapshot(snapshot);
    puller.reset();
    beside.stand(snapshot.compared ?? null);
  };
  connection.on('reset', applySnapshot);
  connection.on('compared', (compared) => beside.stand(compared));
  connection.on('reveal', ({ view, select }) => {
    store.openTab(view);
    if (select?.kind === 'unit') store.select({ unit: { layer: select.layer, unit: select.unit } }, true);
  });

  const look = () => beside.look(store.state.tab === 'compare' && document.visibilityState !== 'hidden');
  const followVisibility = () => {
    if (!store.state.ready || document.visibilityState === 'hidden') puller.stop();
    else puller.kick();
    look();
  };
  document.addEventListener('visibilitychange', followVisibility);

  // Other frames are wanted with another tab, mask or option: the host is asked anew at once.
  let { tab, model } = store.state;
  store.subscribe(() => {
    const now = store.state;
    const changed = now.tab !== tab || now.model.mask !== model.mask || now.model.options !== model.options;
    ({ tab, model } = now);
    if (changed) puller.change();
    look();
    beside.drawFrom(model.frames.samples?.seed);
    beside.time(model.frames.drawingTime?.asked ?? NOT_TIMED);
  });
  onThemeChange((theme) => {
    store.setTheme(theme);
    beside.store.setTheme(theme);
  });

  const handshake = async () => {
    for (;;) {
      try {
        applySnapshot(await connection.request('ready', { version: WEBVIEW_PROTOCOL_VERSION }));
        followVisibility();
        return;
      } catch (error) {
        store.setTrouble(messageOf(error));
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };

  registerControls();
  render(<App store={store} beside={beside} connection={connection} />, root);
  void handshake();
}

const root = document.getElementById('root');
if (!root) throw new Error('the page has no element with the id "root"');
start(root);
