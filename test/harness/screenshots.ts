/** The pictures of README.md: a MADE on 4 × 4 digits while it trains, then one on real digits. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame, Page, PageScreenshotOptions } from 'playwright-core';
import { hoverPicture, openEditor, openFile, root, runCommand, webviewFrame } from './editor.ts';

const folder = path.join(root, 'media/screenshots');
const settings = { 'editor.minimap.enabled': false, 'breadcrumbs.enabled': false, 'window.commandCenter': false };

const home = await mkdtemp(path.join(tmpdir(), 'lens-screenshots-'));
const workspace = path.join(home, 'examples');
await cp(path.join(root, 'dist/examples'), workspace, { recursive: true });
await mkdir(folder, { recursive: true });
const small = path.join(workspace, 'small-made.lens.json');
await writeFile(small, (await readFile(small, 'utf8')).replace(/("epochs|"patience)": \d+/g, '$1": 400'));

const editor = await openEditor({ workspace, settings, viewport: { width: 1440, height: 940 } });
try {
  const { page } = editor;
  await page.getByText('Your first MADE in a minute').first().waitFor();
  await runCommand(page, 'View: Close Editor');

  await runCommand(page, 'Likelihood Lens: Focus on Experiments View');

  await openFile(page, 'small-made.lens.json');
  await runCommand(page, 'Likelihood Lens: Train');
  let frame = await inspector(page, 'small-made');
  await show(frame, 'connectivity');
  await pointAt(page, frame, 'x̂₉');
  await picture(page, 'connectivity');
  await page.mouse.move(5, 5);
  await runCommand(page, 'Likelihood Lens: Stop');
  await runCommand(page, 'View: Close All Editors');

  await openFile(page, 'digits-made-direct.lens.json');
  await hoverPicture(page, '"hidden"');
  const box = await page.locator('.editor-instance').first().boundingBox();
  await picture(page, 'hover', box === null ? undefined : { ...box, height: 470, width: 780 });
  await page.mouse.move(5, 5);
  await runCommand(page, 'Likelihood Lens: Train');
  frame = await inspector(page, 'digits-made-direct');
  await frame.locator('.state', { hasText: 'Finished' }).waitFor({ timeout: 600_000 });
  await show(frame, 'masks');
  const jacobian = frame.locator('#view-masks .figure', { hasText: 'Jacobian:' }).first();
  await jacobian.waitFor({ timeout: 120_000 });
  await jacobian.scrollIntoViewIfNeeded();
  await picture(page, 'jacobian');
  await show(frame, 'samples');
  await picture(page, 'samples');
} finally {
  await editor.close();
  await rm(home, { recursive: true, force: true });
}

async function inspector(page: Page, name: string): Promise<Frame> {
  const frame = await webviewFrame(page, '.head h1');
  await frame.locator('h1', { hasText: new RegExp(`^${name}$`) }).waitFor();
  return frame;
}

async function show(frame: Frame, tab: string): Promise<void> {
  await frame.locator(`#tab-${tab}`).click();
  await frame.locator(`#view-${tab} .figure`).first().waitFor();
  await frame.waitForTimeout(4000);
}

async function pointAt(page: Page, frame: Frame, label: string): Promise<void> {
  const box = await frame.locator('.graph svg.base text', { hasText: label }).first().boundingBox();
  if (box === null) throw new Error(`${label} is not in view`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height + 10);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height + 14, { steps: 3 });
  await frame.locator('.graph .words').waitFor();
}

async function picture(page: Page, name: string, clip?: NonNullable<PageScreenshotOptions['clip']>): Promise<void> {
  await page.waitForTimeout(500);
  await page.screenshot({ path: path.join(folder, `${name}.png`), ...(clip && { clip }) });
}
