/** Comparing two runs, and completing rows, in a real VS Code with real workers. Pictures are kept in artifacts/e2e. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDataFile, readerOf } from '../../src/data/bytes.ts';
import { readNpy } from '../../src/data/npy.ts';
import { openFile, runCommand } from '../harness/editor.ts';
import { answer, artifacts, audit, changeSettings, inspectorFrame, openStage, themes, type Stage } from './stage.ts';

/** Bars and stripes: the upper half of an image nearly tells the rest. */
const experiment = (model: object, epochs: number) =>
  JSON.stringify({
    model,
    data: { generate: 'bars-and-stripes', rows: 1000, split: { train: 0.8, validation: 0.1, test: 0.1 } },
    training: { epochs, batchSize: 50, optimizer: { type: 'adam', learningRate: 0.01 } },
    seed: 1,
  });

const PIXELS = 16;
const HALF = 8;
/** Rows that are completed before they come again. */
const GIVEN_ROWS = 10;

let stage: Stage;
let page: Page;
const picture = (name: string) => page.screenshot({ path: path.join(artifacts, `${name}.png`) });

beforeAll(async () => {
  stage = await openStage({
    'belief-net.lens.json': experiment({ type: 'fvsbn' }, 3),
    'masked.lens.json': experiment({ type: 'made', hidden: [32], degrees: 'even' }, 5),
    'squeezed.lens.json': experiment({ type: 'autoencoder', hidden: [8] }, 3),
  });
  ({ page } = stage);
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(async ({ task }) => {
    await picture(`failed ${task.name}`.replace(/\W+/g, '-'));
  });
});

afterAll(async () => {
  await stage.end();
});

describe('two finished runs', () => {
  let frame: Frame;

  it('are compared from the palette: scores, keys that differ, curves, pairs and samples of both', async () => {
    await trained('squeezed');
    await trained('belief-net');
    frame = await trained('masked');
    await compareWith('belief-net');
    const verdict = frame.locator('.compared .reading');
    await verdict.filter({ hasText: 'on 100 test rows, taken row by row' }).waitFor();
    // MADE has hidden units, and a curve that is lower after more epochs.
    await expect.poll(() => verdict.innerText()).toMatch(/^B is [\d.]+ ± [\d.]+ nats worse than A/);
    const tables = await frame.locator('.compared').innerText();
    expect(tables).toMatch(/model\.type\s+"made"\s+"fvsbn"/);
    expect(tables).toMatch(/training\.epochs\s+5\s+3/);
    await expect.poll(() => frame.locator('#view-compare .curves .validation').count()).toBe(2);
    const pairs = frame.locator('.compared-pair');
    await expect.poll(() => pairs.count()).toBe(2);
    for (const i of [0, 1]) await expect.poll(() => pairs.nth(i).locator('image').count()).toBe(2);
    await frame.getByText('Both from the same random numbers').first().waitFor();
  });

  it.each(themes)('are drawn in $name without barriers', async ({ name, setting, body }) => {
    await changeSettings(stage.workspace, { 'workbench.colorTheme': setting });
    await frame.locator(`body.${body}`).waitFor();
    await looks(frame, `compare-${name}`);
    await expect.poll(() => audit(frame)).toEqual([]);
  });

  it('are told not to compare where one of them has a loss and no likelihood', async () => {
    await changeSettings(stage.workspace, { 'workbench.colorTheme': themes[0].setting });
    // While the colours change, the box that asks may close.
    await frame.locator(`body.${themes[0].body}`).waitFor();
    await compareWith('squeezed');
    const view = frame.locator('#view-compare');
    await view.locator('.compared .reading', { hasText: 'The scores cannot be compared' }).waitFor();
    await view
      .getByText(/no likelihood/)
      .first()
      .waitFor();
    await view
      .getByText(/B: Validation cross-entropy is lowest at epoch/)
      .first()
      .waitFor();
    await looks(frame, 'compare-loss');
  });

  it('are left again', async () => {
    await frame.getByRole('button', { name: 'Stop comparing' }).click();
    await frame.getByText('No run to compare with yet').waitFor();
    await picture('compare-none');
  });
});

describe('rows', () => {
  it('are completed in the page: what is given stays, the rest is drawn', async () => {
    const frame = await inspectorFrame(page);
    await frame.getByRole('button', { name: 'Sample …' }).click();
    await frame.getByRole('button', { name: 'Complete', exact: true }).click();
    await choose(frame, 'Of the', 'Test rows');
    await choose(frame, 'Given', 'Upper half');
    await frame.getByRole('textbox', { name: 'Rows', exact: true }).fill('40');
    await frame.getByRole('button', { name: 'Draw', exact: true }).click();
    await frame.locator('.reading', { hasText: '8 of 16 variables of each row were given' }).waitFor();
    for (const { name, setting, body } of themes.slice(0, 2)) {
      await changeSettings(stage.workspace, { 'workbench.colorTheme': setting });
      await frame.locator(`body.${body}`).waitFor();
      await picture(`completed-${name}`);
    }
    const { shape, values } = await drawnRows();
    expect(shape).toEqual([40, PIXELS]);
    const half = (row: number, lower: 0 | 1) =>
      values.slice(row * PIXELS + lower * HALF, row * PIXELS + (lower + 1) * HALF).join('');
    const rows = Array.from({ length: 40 }, (_, row) => row);
    for (const row of rows) {
      expect(half(row, 0)).toBe(half(row % GIVEN_ROWS, 0));
      // Bars or stripes: the given images themselves are whole ones.
      const [first, second] = [half(row, 0).slice(0, 4), half(row, 0).slice(4)];
      expect(first === second || [first, second].every((line) => /^(0000|1111)$/.test(line))).toBe(true);
    }
    expect(new Set(rows.map((row) => half(row, 0))).size).toBeGreaterThan(3);
    expect(new Set(rows.map((row) => half(row, 1))).size).toBeGreaterThan(3);
  });
});

describe('in the end', () => {
  it('has thrown nothing', () => {
    expect(stage.console.filter((line) => line.startsWith('uncaught:') || line.includes('likelihood-lens'))).toEqual(
      [],
    );
  });
});

/** Trains an experiment from the palette until it has finished. */
async function trained(name: string): Promise<Frame> {
  await openFile(page, `${name}.lens.json`);
  await runCommand(page, 'Likelihood Lens: Train');
  const frame = await inspectorFrame(page);
  await frame.locator('h1', { hasText: name }).waitFor();
  await frame.locator('.state', { hasText: 'Finished' }).waitFor();
  return frame;
}

/** Compares the run that was last started with that of another experiment. */
async function compareWith(name: string): Promise<void> {
  await runCommand(page, 'Likelihood Lens: Compare Runs');
  await answer(page, name, 'Compare with which run?');
}

async function choose(frame: Frame, label: string, option: string): Promise<void> {
  await frame.getByRole('combobox', { name: label }).click();
  await frame.getByRole('option', { name: option, exact: true }).click();
}

/** Pictures of the comparison from its top to its end. */
async function looks(frame: Frame, name: string): Promise<void> {
  for (const [i, figure] of (await frame.locator('#view-compare .figure').all()).entries()) {
    await figure.evaluate((element) => element.scrollIntoView({ block: 'start' }));
    await page.waitForTimeout(300);
    await picture(`${name}-${i + 1}`);
  }
}

/** The rows that were drawn by hand. */
async function drawnRows(): Promise<{ shape: readonly number[]; values: number[] }> {
  const files = await readdir(path.join(stage.workspace, 'runs'), { recursive: true });
  const [name = '', ...others] = files.filter((one) => /samples.*\.npy$/.test(one));
  expect(others).toEqual([]);
  const file = await openDataFile(path.join(stage.workspace, 'runs', name), name);
  const { shape, values } = await readNpy(readerOf(file), name, 1 << 20);
  return { shape, values: Array.from(values) };
}
