/** A real VS Code with the extension in it, driven like a person would; README.md in this folder shows how. */
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { startCodeServer, type Server } from './codeServer.mjs';

/** The checkout's root. */
export const root = path.resolve(import.meta.dirname, '../..');

/** Settings of a window in which nothing but the extension speaks up. */
export const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'files.autoSave': 'off',
} as const;

export interface EditorOptions {
  /** The folder to open. */
  readonly workspace: string;
  readonly port?: number;
  /** Keeps state between two editors; a temporary folder, removed at the end, if not given. */
  readonly userData?: string;
  /** User settings on top of {@link QUIET_SETTINGS}. */
  readonly settings?: Record<string, unknown>;
  /** A packed extension to install, or the built checkout itself (the default; needs no packing). */
  readonly extension?: 'checkout' | { readonly vsix: string } | 'none';
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Editor {
  readonly page: Page;
  readonly browser: Browser;
  readonly server: Server;
  /** What the page and its frames have written to the console, with uncaught errors. */
  readonly console: readonly string[];
  /** Closes everything and removes temporary folders. */
  close(): Promise<void>;
}

/**
 * Opens a folder in a real VS Code and waits for the workbench.
 * @throws Error when the editor or Chromium cannot be started, or no workbench appears within a minute
 */
export async function openEditor(options: EditorOptions): Promise<Editor> {
  const temporary = options.userData === undefined ? await mkdtemp(path.join(tmpdir(), 'lens-editor-')) : null;
  const home = options.userData ?? temporary!;
  const userData = path.join(home, 'data');
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await writeFile(
    path.join(userData, 'User', 'settings.json'),
    JSON.stringify({ ...QUIET_SETTINGS, ...options.settings }, null, 2),
  );
  const extension = options.extension ?? 'checkout';
  const extensions = path.join(home, 'extensions');
  if (extension === 'checkout') await linkCheckout(extensions);
  const server = await startCodeServer({
    workspace: options.workspace,
    userData,
    extensions,
    quiet: true,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(typeof extension === 'object' ? { vsix: extension.vsix } : {}),
  });
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await server.stop();
    if (temporary !== null) await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    browser = await launchChromium();
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1400, height: 900 } });
    // After which the editor hangs; how long a busy machine takes is no matter.
    page.setDefaultTimeout(90_000);
    const console: string[] = [];
    page.on('console', (message) => console.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => console.push(`uncaught: ${error.message}`));
    await page.goto(`${server.url}/?folder=${encodeURIComponent(options.workspace)}`);
    await waitForWorkbench(page);
    return { page, browser, server, console, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Puts the built checkout itself where the editor looks for extensions, so that nothing need be packed. */
async function linkCheckout(extensions: string): Promise<void> {
  const link = path.join(extensions, 'likelihood-lens.likelihood-lens-0.1.0');
  await mkdir(extensions, { recursive: true });
  await symlink(root, link).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}

/** Waits until the workbench stands, also after a reload. */
export async function waitForWorkbench(page: Page): Promise<void> {
  await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 120_000 });
  await page.waitForSelector('.monaco-workbench .activitybar', { timeout: 120_000 });
}

/**
 * Runs a command from the palette by its whole title, e.g. `Likelihood Lens: Train`. The palette lists what there was
 * when it opened, so it is opened again while an extension is still starting.
 */
export async function runCommand(page: Page, title: string, timeoutMs = 90_000): Promise<void> {
  await pick(page, `>${title}`, title, timeoutMs);
}

/** Opens a file of the workspace by its name. */
export async function openFile(page: Page, name: string, timeoutMs = 90_000): Promise<void> {
  const base = path.basename(name);
  await pick(page, name, base, timeoutMs);
  await page.locator('.editor-group-container.active .tab.active', { hasText: base }).waitFor();
}

/** Types into the quick-open box and chooses the first row with a text. */
async function pick(page: Page, typed: string, text: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const input = page.locator('.quick-input-widget input').first();
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  await watchPicks(page);
  for (;;) {
    await page.keyboard.press('F1');
    // The box closes when something else takes the focus, as a window does that is still opening things.
    await input
      .fill(typed, { timeout: 10_000 })
      .then(() => row.waitFor({ state: 'visible', timeout: 5000 }))
      .then(() => row.click({ timeout: 10_000 }))
      .catch(() => undefined);
    // Not whether the click came back in time: a busy machine answers late, and the command would run twice.
    const picked = await page.evaluate(() => globalThis.lensPicked).catch(() => undefined);
    // Undefined is a window that was loaded again since, which only what was picked can have done.
    if (picked === undefined || picked.includes(text)) return;
    const rows = await page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
    await page.keyboard.press('Escape');
    if (Date.now() > deadline) throw new Error(`nothing called "${text}" to pick; there were: ${rows.join(' | ')}`);
  }
}

declare global {
  /** In the editor's page: the text of the row that was clicked on in the quick-open box, '' for none so far. */
  var lensPicked: string | undefined;
}

/** Makes the page remember which row is picked next. */
async function watchPicks(page: Page): Promise<void> {
  await page.evaluate(() => {
    if (globalThis.lensPicked === undefined) {
      const remember = ({ target }: Event) => {
        const picked = target instanceof Element ? target.closest('.quick-input-list .monaco-list-row') : null;
        if (picked) globalThis.lensPicked = picked.textContent;
      };
      // On its way down: the box is gone, and its rows with it, once the editor has heard of the click.
      document.addEventListener('click', remember, { capture: true });
    }
    globalThis.lensPicked = '';
  });
}

/** Rests the pointer on a piece of text in the open file, as one does to read its hover. */
export async function hoverText(page: Page, text: string): Promise<void> {
  const target = page.locator('.editor-instance .view-line span', { hasText: text }).last();
  await target.waitFor();
  // Decorations redraw lines while one looks; the place counts, not the element.
  let box = await target.boundingBox();
  for (let i = 0; box === null && i < 20; i++) {
    await page.waitForTimeout(100);
    box = await target.boundingBox();
  }
  if (box === null) throw new Error(`${text} is not in view`);
  await page.mouse.move(box.x - 40, box.y + box.height * 3);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
}

/** The picture in a text's hover. Lines move while a file is still opening, so the pointer may have to come again. */
export async function hoverPicture(page: Page, text: string): Promise<Locator> {
  const image = page.locator('.monaco-hover img').first();
  for (let attempt = 1; ; attempt++) {
    await hoverText(page, text);
    const there = await image.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (there) return image;
    if (attempt === 5) throw new Error(`no picture in the hover of ${text}`);
  }
}

/** The webview frame in which `selector` can be found; waits for it. */
export async function webviewFrame(page: Page, selector: string, timeoutMs = 90_000): Promise<Frame> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    for (const frame of page.frames()) {
      if (frame === page.mainFrame()) continue;
      const found = await frame
        .locator(selector)
        .count()
        .catch(() => 0);
      if (found > 0) return frame;
    }
    if (Date.now() > deadline) {
      const frames = page.frames().map((frame) => frame.url().slice(0, 120));
      throw new Error(`no webview shows ${selector}; frames: ${frames.join(', ')}`);
    }
    await page.waitForTimeout(100);
  }
}

/** The notifications that stand in the window, as text. */
export async function notifications(page: Page): Promise<readonly string[]> {
  return page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
}
