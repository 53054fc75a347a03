/**
 * The visual language's tokens: one theme for all figures, as concrete colours (hovers, the command line, exports) or
 * as the editor's own variables (the webview). Scales of colours are in `colours.ts`.
 */
export const themeKinds = ['light', 'dark', 'hc-dark', 'hc-light'] as const;
export type ThemeKind = (typeof themeKinds)[number];

export interface Theme {
  readonly kind: ThemeKind;
  readonly foreground: string;
  /** Secondary text. */
  readonly muted: string;
  readonly background: string;
  /** Thin rules, ticks and grids. */
  readonly rule: string;
  /** What exists and carries no value of its own. */
  readonly neutral: string;
  /** What is pointed at or pinned. */
  readonly accent: string;
  /** Violations, always with an outline as well. */
  readonly error: string;
  /** Positive and negative numbers. */
  readonly positive: string;
  readonly negative: string;
  readonly font: string;
}

const SYSTEM_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

const concrete: Record<ThemeKind, Theme> = {
  light: {
    kind: 'light',
    foreground: '#2f2f2f',
    muted: '#616161',
    background: '#ffffff',
    rule: '#d0d0d0',
    neutral: '#9c9c9c',
    accent: '#005fb8',
    error: '#c42b1c',
    positive: '#b85400',
    negative: '#1668b8',
    font: SYSTEM_FONT,
  },
  dark: {
    kind: 'dark',
    foreground: '#d4d4d4',
    muted: '#a0a0a0',
    background: '#1f1f1f',
    rule: '#454545',
    neutral: '#7a7a7a',
    accent: '#3f9cf3',
    error: '#f85149',
    positive: '#f59642',
    negative: '#5aa8f2',
    font: SYSTEM_FONT,
  },
  'hc-dark': {
    kind: 'hc-dark',
    foreground: '#ffffff',
    muted: '#ffffff',
    background: '#000000',
    rule: '#6fc3df',
    neutral: '#b8b8b8',
    accent: '#f38518',
    error: '#ff6a5e',
    positive: '#ffb054',
    negative: '#74bcff',
    font: SYSTEM_FONT,
  },
  'hc-light': {
    kind: 'hc-light',
    foreground: '#292929',
    muted: '#292929',
    background: '#ffffff',
    rule: '#0f4a85',
    neutral: '#6a6a6a',
    accent: '#0f4a85',
    error: '#b5200d',
    positive: '#8f3f00',
    negative: '#0b4f95',
    font: SYSTEM_FONT,
  },
};

/** Concrete colours for one kind of theme: for pictures that leave the editor and for hovers, which see no variables. */
export function themeFor(kind: ThemeKind): Theme {
  return concrete[kind];
}

const variable = (name: string, fallback: string) => `var(--vscode-${name}, ${fallback})`;

/** The user's own theme, through the editor's variables; for drawings inside the webview only. */
export function webviewTheme(kind: ThemeKind): Theme {
  const own = concrete[kind];
  const highContrast = isHighContrast(kind);
  return {
    ...own,
    foreground: variable('foreground', own.foreground),
    muted: highContrast
      ? variable('foreground', own.muted)
      : `color-mix(in srgb, ${variable('foreground', own.muted)} 78%, ${variable('editor-background', own.background)})`,
    background: variable('editor-background', own.background),
    rule: highContrast ? variable('contrastBorder', own.rule) : own.rule,
    accent: variable('focusBorder', own.accent),
    error: variable('errorForeground', own.error),
    font: variable('font-family', own.font),
  };
}

/** Sizes of text in figures, px. */
export const textSize = { title: 14, body: 12, label: 11, small: 10 } as const;

export function isDark(kind: ThemeKind): boolean {
  return kind === 'dark' || kind === 'hc-dark';
}

export function isHighContrast(kind: ThemeKind): boolean {
  return kind === 'hc-dark' || kind === 'hc-light';
}
