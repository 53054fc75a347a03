/** The editor's theme as the page sees it: classes on its body, variables on its root. */
import { webviewTheme, type Theme, type ThemeKind } from '../src/figures/theme.ts';

export function themeKindOf(classes: DOMTokenList): ThemeKind {
  // The light high-contrast theme carries both classes of high contrast.
  if (classes.contains('vscode-high-contrast-light')) return 'hc-light';
  if (classes.contains('vscode-high-contrast')) return 'hc-dark';
  return classes.contains('vscode-light') ? 'light' : 'dark';
}

export function currentTheme(): Theme {
  return webviewTheme(themeKindOf(document.body.classList));
}

/** Calls back with a new theme whenever the user picks another, of the same kind or not. */
export function onThemeChange(listener: (theme: Theme) => void): void {
  let shown = signature();
  const observer = new MutationObserver(() => {
    // The toolkit writes properties of its own on the body; only the editor's count.
    const now = signature();
    if (now === shown) return;
    shown = now;
    listener(currentTheme());
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

function signature(): string {
  return `${document.body.className}\n${document.documentElement.getAttribute('style') ?? ''}`;
}
