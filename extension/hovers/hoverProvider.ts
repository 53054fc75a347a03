/** Hovers over `hidden`, `order`, `degrees`, `masks` and `direct` in experiment files. */
import * as vscode from 'vscode';
import type { ThemeKind } from '../../src/figures/theme.ts';
import type { FileFacts } from '../problems/fileFacts.ts';

/** Pictures remembered; each is some tens of kilobytes. */
const MAX_REMEMBERED = 30;

export class ModelHoverProvider implements vscode.HoverProvider {
  readonly #facts: FileFacts;
  readonly #remembered = new Map<string, string>();

  constructor(facts: FileFacts) {
    this.#facts = facts;
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | null> {
    const { hoverMarkdown, hoverPlace, hoverSubject } = await import('./modelHover.ts');
    const text = document.getText();
    const place = hoverPlace(text, document.offsetAt(position));
    if (!place) return null;
    const { parse } = await import('jsonc-parser');
    const context = await this.#facts.contextOf(text, document.uri.fsPath);
    const subject = hoverSubject(text, parse(text), context);
    const range = new vscode.Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
    if (typeof subject === 'string') return new vscode.Hover(new vscode.MarkdownString(subject), range);
    const theme = themeKind();
    const key = JSON.stringify([subject, place.key, theme]);
    let markdown = this.#remembered.get(key);
    if (markdown === undefined) {
      markdown = hoverMarkdown(subject, place.key, theme);
      this.#remembered.set(key, markdown);
      if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!);
    }
    return new vscode.Hover(new vscode.MarkdownString(markdown), range);
  }
}

function themeKind(): ThemeKind {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return 'light';
    case vscode.ColorThemeKind.Dark:
      return 'dark';
    case vscode.ColorThemeKind.HighContrast:
      return 'hc-dark';
    case vscode.ColorThemeKind.HighContrastLight:
      return 'hc-light';
  }
}
