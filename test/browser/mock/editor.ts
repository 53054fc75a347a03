/** The editor's part in the page: `acquireVsCodeApi`, and the way to the host behind it. */
import type { Transport } from '../../../src/protocol/rpc.ts';

const STATE_KEY = 'vscode state';
const toHost: ((message: unknown) => void)[] = [];
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      const copy: unknown = structuredClone(message);
      setTimeout(() => {
        for (const listener of toHost) listener(copy);
      }, 0);
    },
    getState: () => JSON.parse(sessionStorage.getItem(STATE_KEY) ?? 'null') as unknown,
    setState: (state: unknown) => {
      sessionStorage.setItem(STATE_KEY, JSON.stringify(state));
    },
  }),
});
export const transport: Transport = {
  send: (message) => {
    window.postMessage(structuredClone(message), '*');
    return true;
  },
  onMessage: (listener) => toHost.push(listener),
  onClose: () => undefined,
};
