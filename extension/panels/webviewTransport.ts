import type * as vscode from 'vscode';
import type { Transport } from '../../src/protocol/rpc.ts';

/** Messages to and from a panel's page. There is no back-pressure: the page pulls, so that none is needed. */
export function webviewTransport(panel: vscode.WebviewPanel): Transport {
  return {
    send(message) {
      void panel.webview.postMessage(message);
      return true;
    },
    onMessage(listener) {
      panel.webview.onDidReceiveMessage(listener);
    },
    onClose(listener) {
      panel.onDidDispose(() => listener('the inspector was closed'));
    },
  };
}
