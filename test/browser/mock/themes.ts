/** The variables that VS Code 1.139 gives a webview under its default themes, as found in a real one. */
import themes from './themes.json' with { type: 'json' };
import type { ThemeName } from './names.ts';

/** Dresses the page as the editor does: variables on the root, classes on the body. */
export function applyTheme(name: ThemeName): void {
  const { bodyClass, themeKind, variables } = themes[name];
  const { style } = document.documentElement;
  for (const variable of [...style]) style.removeProperty(variable);
  for (const [variable, value] of Object.entries(variables)) style.setProperty(variable, value);
  document.body.className = bodyClass;
  document.body.dataset['vscodeThemeKind'] = themeKind;
  document.body.dataset['vscodeThemeId'] = name;
}
