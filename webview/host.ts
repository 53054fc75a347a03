/** The editor's side of the page: messages to and from the extension host, and values that outlive the page. */
import { Connection, type Transport } from '../src/protocol/rpc.ts';
import type { PageSide } from '../src/protocol/webview.ts';

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

export interface Host {
  readonly connection: Connection<PageSide>;
  /** What was kept by an earlier life of this page; anything at all, since an older version may have written it. */
  readState(): unknown;
  /** Keeps plain JSON; written when things have come to rest, and at the latest when the page goes. */
  readonly writeState: (state: unknown) => void;
}

const REST_MS = 150;

/** To be called once: the editor hands out its interface a single time. */
export function openHost(): Host {
  const api = acquireVsCodeApi();
  const transport: Transport = {
    send: (message) => {
      api.postMessage(message);
      return true;
    },
    onMessage: (listener) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        listener(event.data);
      });
    },
    // A page goes with its panel; there is no closing to hear of.
    onClose: () => undefined,
  };

  let waiting: { readonly state: unknown } | null = null;
  let timer = 0;
  const flush = () => {
    window.clearTimeout(timer);
    timer = 0;
    if (waiting === null) return;
    api.setState(waiting.state);
    waiting = null;
  };
  window.addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', flush);

  return {
    connection: new Connection<PageSide>(transport, (text) => window.reportError(new Error(text))),
    readState: () => api.getState(),
    writeState: (state) => {
      waiting = { state };
      if (timer === 0) timer = window.setTimeout(flush, REST_MS);
    },
  };
}
