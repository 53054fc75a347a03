/**
 * The whole product in a real VS Code, as one story: each part begins where the one before ended. Pictures of it are
 * kept in artifacts/e2e.
 */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hoverPicture, openFile, runCommand, waitForWorkbench } from '../harness/editor.ts';
import {
  answer,
  artifacts,
  asked,
  audit,
  changeSettings,
  epochsDone,
  inspectorFrame,
  openStage,
  openTab,
  runState,
  themes,
  variant,
  type Stage,
} from './stage.ts';

/** Trains for longer than the story lasts, in short epochs. */
const LONG = { epochs: 1_000_000, patience: 1_000_000 };

const BROKEN = `{
  "model": { "type": "made", "hidden": [8], "order": [1, 2, 2, 4] },
  "data": { "train": "digits-small.npz#trian" },
  "training": { "epochs": "many" }
}
`;

let stage: Stage;
let page: Page;

const treeRow = (text: string | RegExp) => page.locator('.pane .monaco-list-row', { hasText: text }).first();
const statusItem = (text: string) => page.locator('.statusbar-item', { hasText: text }).first();
const picture = (name: string) => page.screenshot({ path: path.join(artifacts, `${name}.png`) });

beforeAll(async () => {
  stage = await openStage({
    'story.lens.json': await variant('small-made.lens.json', LONG),
    'broken.lens.json': BROKEN,
  });
  ({ page } = stage);
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(async ({ task }) => {
    await picture(`failed ${task.name}`.replace(/\W+/g, '-'));
    for (const frame of page.frames().slice(1)) {
      const text = await frame
        .locator('body')
        .innerText({ timeout: 1000 })
        .catch(() => '');
      if (text.trim() !== '')
        process.stderr.write(`When "${task.name}" failed, a page said:\n${text.slice(0, 2000)}\n`);
    }
  });
});

afterAll(async () => {
  await stage.end();
});

describe('first sight', () => {
  it('opens on the walkthrough', async () => {
    await page.getByText('Your first MADE in a minute').first().waitFor();
    await picture('walkthrough');
  });

  it('lists the experiments', async () => {
    await showSidePanel();
    // Those further down are not in the page before one scrolls to them.
    for (const name of ['digits-made', 'bars-and-stripes', 'broken']) await treeRow(name).waitFor();
    await expect.poll(() => treeRow('digits-made').innerText()).toContain('no runs yet');
    await picture('experiments');
  });
});

describe('the experiment file', () => {
  it('puts mistakes in the Problems panel, at their line', async () => {
    await openFile(page, 'broken.lens.json');
    await runCommand(page, 'View: Toggle Problems');
    const problem = (text: string | RegExp) =>
      page.locator('.markers-panel .monaco-list-row', { hasText: text }).first();
    await problem(/order has 2 twice/).waitFor();
    await problem(/training.epochs is "many"; a whole number is needed/).waitFor();
    await problem(/no array "trian".*"train", "valid", "test"/s).waitFor();
    await picture('problems');
    await runCommand(page, 'View: Toggle Problems');
  });

  it('offers the values that are allowed', async () => {
    await openFile(page, 'story.lens.json');
    await placeCursor('"relu"');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Control+Space');
    const suggestion = (text: string) => page.locator('.suggest-widget .monaco-list-row', { hasText: text }).first();
    await suggestion('tanh').waitFor();
    await page.keyboard.press('Escape');
  });

  it('draws the model in a hover', async () => {
    const image = await hoverPicture(page, '"hidden"');
    await expect.poll(() => image.getAttribute('src')).toMatch(/^data:image\/svg\+xml;base64,/);
    await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(200);
    await expect.poll(() => page.locator('.monaco-hover').first().innerText()).toContain('0 of 136 forbidden pairs');
    await picture('hover');
    await page.mouse.move(5, 5);
  });
});

describe('a run', () => {
  let frame: Frame;

  it('trains from the palette, beside the file', async () => {
    await runCommand(page, 'Likelihood Lens: Train');
    frame = await inspectorFrame(page);
    await frame.locator('.state', { hasText: 'Training' }).waitFor();
    await statusItem('story: training').waitFor();
  });

  it('draws a curve that grows', async () => {
    await openTab(frame, 'curves');
    const { epochs, points } = await curve(frame);
    await expect.poll(async () => (await curve(frame)).epochs).toBeGreaterThan(epochs + 3);
    await expect.poll(async () => (await curve(frame)).points).not.toBe(points);
    await picture('curves');
  });

  it('tells what a unit depends on when it is pointed at', async () => {
    await openTab(frame, 'connectivity');
    await pointAtUnit(frame, 'x̂₃');
    await frame.locator('.graph .words', { hasText: /^x̂₃ depends on x₁ and x₂: \d+ paths/ }).waitFor();
    await picture('connectivity-pointed');
  });

  it('pauses, steps one batch, and resumes', async () => {
    await runCommand(page, 'Likelihood Lens: Pause');
    await frame.locator('.state', { hasText: 'Paused' }).waitFor();
    await statusItem('story: paused').waitFor();
    const step = async () =>
      Number(/step ([\d,]+)/.exec(await frame.locator('.notice').innerText())?.[1]?.replaceAll(',', ''));
    const before = await step();
    expect(before).toBeGreaterThan(0);
    await runCommand(page, 'Likelihood Lens: Step Batch');
    await expect.poll(step).toBe(before + 1);
    const paused = await epochsDone(frame);
    await runCommand(page, 'Likelihood Lens: Resume');
    await frame.locator('.state', { hasText: 'Training' }).waitFor();
    await expect.poll(() => epochsDone(frame)).toBeGreaterThan(paused + 1);
  });

  it('measures the Jacobian: nothing above the diagonal', async () => {
    await openTab(frame, 'masks');
    await frame
      .getByText(/0 of 136/)
      .first()
      .waitFor();
    await picture('masks');
  });

  it('samples from the palette, into the inspector and into files', async () => {
    await runCommand(page, 'Likelihood Lens: Sample');
    await answer(page, 'New rows', 'Sample: new rows, or rows to complete?');
    for (const [i, value] of ['25', '7', '0.8'].entries()) await answer(page, value, `Sample (${i + 1}/3)`);
    await frame
      .getByText(/25 rows/)
      .first()
      .waitFor();
    await frame
      .getByText(/temperature 0\.8/)
      .first()
      .waitFor();
    await expect
      .poll(async () => (await filesUnder('runs')).filter((file) => /samples\/.*\.npy$/.test(file)))
      .not.toEqual([]);
    await picture('samples');
  });

  it('exports a figure where the dialog says', async () => {
    await openTab(frame, 'connectivity');
    await frame.getByRole('button', { name: /^Export Connectivity.* as SVG$/ }).click();
    // The dialog looks at the folder before it puts its own suggestion in the place of what was typed.
    await expect.poll(() => asked(page).inputValue()).toMatch(/story-connectivity\.svg$/);
    await answer(page, path.join(stage.workspace, 'network.svg'));
    await expect
      .poll(() => readFile(path.join(stage.workspace, 'network.svg'), 'utf8').catch(() => ''))
      .toMatch(/^<svg /);
  });

  it('finds everything again after the window was reloaded', async () => {
    await pointAtUnit(frame, 'x̂₅');
    await page.mouse.down();
    await page.mouse.up();
    await frame.locator('.told', { hasText: 'Pinned.' }).waitFor();
    await frame.getByRole('button', { name: 'Zoom in (Ctrl+wheel)' }).click();
    await expect.poll(() => zoomOf(frame)).toBeGreaterThan(1.05);
    await runCommand(page, 'Likelihood Lens: Pause');
    await frame.locator('.state', { hasText: 'Paused' }).waitFor();
    await page.waitForTimeout(500);
    const before = { zoom: await zoomOf(frame), told: await told(frame), epochs: Math.floor(await epochsDone(frame)) };

    const reloaded = page.waitForEvent('load');
    await runCommand(page, 'Developer: Reload Window');
    await reloaded;
    await waitForWorkbench(page);
    frame = await inspectorFrame(page);
    await frame.locator('.state', { hasText: /Stopped|Interrupted/ }).waitFor();
    await frame.locator('#tab-connectivity[aria-selected="true"]').waitFor();
    await frame.locator('.told', { hasText: 'Pinned.' }).waitFor();
    await expect.poll(() => told(frame)).toBe(before.told);
    await expect.poll(() => zoomOf(frame)).toBeCloseTo(before.zoom, 5);
    await expect.poll(() => epochsDone(frame)).toBeGreaterThanOrEqual(before.epochs);
    await picture('reloaded');
  });

  it('goes on from where it was', async () => {
    const before = await epochsDone(frame);
    await runCommand(page, 'Likelihood Lens: Continue Training');
    await frame.locator('.state', { hasText: 'Training' }).waitFor();
    await expect.poll(() => epochsDone(frame)).toBeGreaterThan(before + 1);
    await runCommand(page, 'Likelihood Lens: Stop');
    await frame.locator('.state', { hasText: 'Stopped' }).waitFor();
    await expect.poll(() => runState(frame)).toBe('Stopped');
  });
});

describe('real digits', () => {
  it('trains 784 – 500 – 784 and finds the pixels that never change', async () => {
    await openFile(page, 'digits-made.lens.json');
    await runCommand(page, 'Likelihood Lens: Train');
    const frame = await inspectorFrame(page);
    await frame.locator('h1', { hasText: 'digits-made' }).waitFor();
    await frame.locator('.state', { hasText: 'Training' }).waitFor();
    await expect.poll(() => epochsDone(frame)).toBeGreaterThan(2);
    await showSidePanel();
    // The first look at all diagnostics waits for its turn between batches.
    await treeRow(/columns with one value only/).waitFor({ timeout: 300_000 });
    await picture('diagnostics');
    for (const tab of ['connectivity', 'masks', 'samples'] as const) {
      await openTab(frame, tab);
      if (tab !== 'samples') await expect.poll(() => stepShown(frame)).toBeGreaterThan(80);
      await page.waitForTimeout(2000);
      await picture(`digits-${tab}`);
    }
    await runCommand(page, 'Likelihood Lens: Stop');
    await frame.locator('.state', { hasText: 'Stopped' }).waitFor();
  });
});

describe.each(themes)('in $name', ({ name, setting, body }) => {
  it('is drawn in the theme’s colours, without barriers', async () => {
    await changeSettings(stage.workspace, { 'workbench.colorTheme': setting });
    await openFile(page, 'story.lens.json');
    await runCommand(page, 'Likelihood Lens: Inspect');
    const frame = await inspectorFrame(page);
    await frame.locator('h1', { hasText: 'story' }).waitFor();
    await frame.locator(`body.${body}`).waitFor();
    const barriers: string[] = [];
    for (const tab of ['curves', 'connectivity', 'masks', 'samples'] as const) {
      await openTab(frame, tab);
      await page.waitForTimeout(1000);
      await picture(`${name}-${tab}`);
      barriers.push(...(await audit(frame)).map((barrier) => `${tab}: ${barrier}`));
    }
    await hoverPicture(page, '"degrees"');
    await picture(`${name}-hover`);
    await page.mouse.move(5, 5);
    expect(barriers).toEqual([]);
  });
});

describe('in the end', () => {
  it('has thrown nothing', () => {
    const ours = stage.console.filter((line) => line.startsWith('uncaught:') || line.includes('likelihood-lens'));
    expect(ours).toEqual([]);
  });
});

async function showSidePanel(): Promise<void> {
  await runCommand(page, 'Likelihood Lens: Focus on Experiments View');
}

/** Puts the cursor into the middle of a piece of text in the open file. */
async function placeCursor(text: string): Promise<void> {
  // The line above the first one comes late and moves all others down.
  await page.locator('.codelens-decoration', { hasText: 'Train' }).first().waitFor();
  const box = await page.locator('.editor-instance .view-line span', { hasText: text }).last().boundingBox();
  if (box === null) throw new Error(`${text} is not in view`);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/** What the curves show: epochs done, and the longest line's shape. */
async function curve(frame: Frame): Promise<{ epochs: number; points: string }> {
  const paths = await frame
    .locator('#view-curves .figure path')
    .evaluateAll((all) => all.map((one) => one.getAttribute('d') ?? ''));
  return { epochs: await epochsDone(frame), points: paths.sort((a, b) => b.length - a.length)[0] ?? '' };
}

/** Moves the pointer to the unit that stands under or over a label, until it is told of. */
async function pointAtUnit(frame: Frame, label: string): Promise<void> {
  const text: Locator = frame.locator('.graph svg.base text', { hasText: label }).first();
  const told = frame.locator('.graph .words', { hasText: new RegExp(`^${label}`) });
  for (let attempt = 1; ; attempt++) {
    // The drawing moves when something above it changes, so the pointer may have to come again.
    const box = await text.boundingBox();
    if (box === null) throw new Error(`no unit called ${label} is in view`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height + 14];
    await page.mouse.move(x, y - 2);
    await page.mouse.move(x, y, { steps: 3 });
    const there = await told.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (there) return;
    if (attempt === 5) throw new Error(`nothing is told of ${label} when it is pointed at`);
  }
}

/** The step whose parameters the open view shows. */
async function stepShown(frame: Frame): Promise<number> {
  const note = await frame.locator('.figure-head .note').first().innerText();
  return Number(/step ([\d,]+)/.exec(note)?.[1]?.replaceAll(',', ''));
}

async function zoomOf(frame: Frame): Promise<number> {
  const transform = await frame.locator('.graph svg.base > g').first().getAttribute('transform');
  return Number(/scale\(([\d.]+)\)/.exec(transform ?? '')?.[1]);
}

function told(frame: Frame): Promise<string> {
  return frame.locator('.told').innerText();
}

async function filesUnder(folder: string): Promise<string[]> {
  return (await readdir(path.join(stage.workspace, folder), { recursive: true })).map((file) =>
    file.split(path.sep).join('/'),
  );
}
