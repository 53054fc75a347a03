import * as vscode from 'vscode';
import type { LogLevel } from './worker/workerProcess.ts';

/** The output channel, with levels. */
export class OutputLog implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Likelihood Lens', { log: true });

  readonly log = (level: LogLevel, text: string): void => {
    if (level === 'error') this.#channel.error(text);
    else if (level === 'warning') this.#channel.warn(text);
    else this.#channel.info(text);
  };

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
