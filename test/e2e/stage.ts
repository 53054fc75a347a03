/** What the end-to-end tests stand on: a workspace made of the examples, and VS Code opened on it. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Frame, Locator, Page } from 'playwright-core';
import { openEditor, root, webviewFrame, type Editor } from '../harness/editor.ts';

export const artifacts = path.join(root, 'artifacts', 'e2e');

export const themes = [
  { name: 'light', setting: 'Default Light Modern', body: 'vscode-light' },
  { name: 'dark', setting: 'Default Dark Modern', body: 'vscode-dark' },
  { name: 'high-contrast', setting: 'Default High Contrast', body: 'vscode-high-contrast' },
  { name: 'high-contrast-light', setting: 'Default High Contrast Light', body: 'vscode-high-contrast-light' },
] as const;

export interface Stage extends Editor {
  readonly workspace: string;
  /** Where the editor keeps its settings and state. */
  readonly home: string;
  /** Ends the editor and removes workspace and state. */
  end(): Promise<void>;
}

/**
 * Opens the example workspace, with more files in it, in a VS Code of its own. The extension is the one that
 * $LENS_VSIX names (as `npm test` does), or else the built checkout.
 */
export async function openStage(files: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lens-stage-'));
  const workspace = path.join(folder, 'examples');
  const home = path.join(folder, 'home');
  await cp(path.join(root, 'dist/examples'), workspace, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(workspace, name), text);
  await mkdir(artifacts, { recursive: true });
  const vsix = process.env['LENS_VSIX'];
  const editor = await openEditor({
    workspace,
    userData: home,
    extension: vsix === undefined ? 'checkout' : { vsix },
    viewport: { width: 1500, height: 1000 },
    settings: { 'workbench.colorTheme': themes[0].setting },
  });
  // The walkthrough opens by itself, late, and would take the place of the file that a test has opened before.
  await editor.page.getByText('Your first MADE in a minute').first().waitFor({ timeout: 120_000 });
  const end = async () => {
    await editor.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { ...editor, workspace, home, end };
}

/** An example experiment with other values: each key's first number is replaced. */
export async function variant(example: string, values: Readonly<Record<string, number>>): Promise<string> {
  let text = await readFile(path.join(root, 'media/examples', example), 'utf8');
  for (const [key, value] of Object.entries(values)) {
    const next = text.replace(new RegExp(`("${key}": )[0-9.]+`), `$1${value}`);
    if (next === text) throw new Error(`${example} has no number called ${key} other than ${value}`);
    text = next;
  }
  return text;
}

/** The inspector's page, once it shows something. */
export function inspectorFrame(page: Page): Promise<Frame> {
  return webviewFrame(page, '.head h1');
}

/** Opens a tab of the inspector and waits for a figure in it. */
export async function openTab(frame: Frame, tab: 'curves' | 'connectivity' | 'masks' | 'samples'): Promise<void> {
  await frame.locator(`#tab-${tab}`).click();
  await frame.locator(`#view-${tab} .figure`).first().waitFor();
}

/** Epochs done, as the progress bar has it: a fraction within an epoch. */
export async function epochsDone(frame: Frame): Promise<number> {
  return Number(await frame.locator('progress.progress').getAttribute('value'));
}

/** The text of the state in the inspector's head: "Training", "Paused" … */
export async function runState(frame: Frame): Promise<string> {
  return (await frame.locator('.head .state').innerText()).replace(/^\W+/, '').trim();
}

/** Changes the workspace's settings while the editor runs. */
export async function changeSettings(workspace: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = path.join(workspace, '.vscode');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
}

/** The box that asks. */
export function asked(page: Page): Locator {
  return page.locator('.quick-input-widget:visible input').first();
}

/** Types into the box that asks, and confirms. @param title of the box: the palette's may still be open. */
export async function answer(page: Page, text: string, title?: string): Promise<void> {
  if (title !== undefined) await page.locator('.quick-input-widget:visible', { hasText: title }).waitFor();
  const input = asked(page);
  await input.waitFor();
  await input.fill(text);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(300);
}

/** What stands in the way of people who do not see, point or tell colours apart as others do. */
export async function audit(frame: Frame): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await frame.evaluate(source);
  const { violations } = await frame.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${impact ?? ''}) ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}
