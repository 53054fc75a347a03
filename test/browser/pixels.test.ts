/** Views of models over pixels: colours, which of them hear which, and how far a pixel sees. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { InspectorOptions } from './mock/inspector.ts';
import { asked, button, exported, openPage, tab } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

async function open(view: string, options: InspectorOptions) {
  const inspector = await openPage(browser, options);
  await tab(inspector.page, view).click();
  await inspector.page.locator('.figure .reading').first().waitFor();
  return inspector;
}

const titles = (page: Page) => page.locator('.figure h2').allInnerTexts();
const readings = (page: Page) => page.locator('.reading').allInnerTexts();
const readouts = (page: Page) => page.locator('.readout').allInnerTexts();

async function accessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
  expect(found).toEqual([]);
}

it('shows what each colour depends on, and which colours hear which', async () => {
  const inspector = await open('Dependency map', { scenario: 'colours' });
  const { page } = inspector;
  await expect
    .poll(() => titles(page))
    .toEqual(['What x̂₆₁ (row 4, column 3, red) depends on', 'Which colours see which, at row 4, column 3']);
  const map = page.locator('.dependency-map');
  await expect.poll(() => map.locator('text').allTextContents()).toEqual(['red inputs', 'green inputs', 'blue inputs']);
  await button(page, 'B').click();
  await expect.poll(async () => (await titles(page))[0]).toContain('row 4, column 3, blue');
  await button(page, 'Strongest of a pixel').click();
  await expect.poll(() => map.locator('text').count()).toBe(0);
  await expect.poll(async () => (await readings(page))[1]).toContain('green sees red and blue sees red and green');
  const matrix = page.getByRole('application', { name: /^Which colours see which/ });
  await matrix.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect
    .poll(() => readouts(page))
    .toContainEqual(expect.stringMatching(/^blue ← green of its own pixel: a path; mean/));
  await accessible(page);
});

it('shows how far a pixel sees behind each layer, by keys and pointer, and nothing moves while it trains', async () => {
  const inspector = await open('Receptive field', { scenario: 'pixels' });
  const { page, mock } = inspector;
  await expect
    .poll(async () => (await readings(page))[0])
    .toMatch(/^x̂₇₈ sees 4 of 77 earlier pixels behind the first layer/);
  const field = page.getByRole('application', { name: /^How far/ });
  await field.focus();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect
    .poll(() => readouts(page))
    .toEqual([
      expect.stringMatching(
        /^Behind block 1: 11 of 77 earlier pixels \(14\.3\s%\), 7 more than behind the first layer\.$/,
      ),
    ]);
  const before = (await field.boundingBox())!;
  await page.mouse.move(before.x + before.width - 40, before.y + 60);
  await expect.poll(() => readouts(page)).toEqual([expect.stringMatching(/^Behind block 3:/)]);
  await mock((host) => host.train(30));
  await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain('step 1,264');
  await expect.poll(() => field.boundingBox()).toEqual(before);
  await page.mouse.click(before.x + 20, before.y + 20);
  await expect.poll(() => titles(page)).toEqual([expect.stringMatching(/^How far x̂₁ sees$/)]);
  const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string; options?: { output?: number } }[] }[];
  const wished = pulls.flatMap(({ frames }) => frames.filter(({ kind }) => kind === 'dependency'));
  expect(wished.at(-1)!.options).toMatchObject({ output: 0 });
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => titles(page)).toEqual(['How far x̂₂ sees']);
  await accessible(page);
});

it('writes the receptive field as a picture and as a table', async () => {
  const inspector = await open('Receptive field', { scenario: 'colours' });
  const { page } = inspector;
  await button(page, 'Export How far x̂₆₁ (row 4, column 3, red) sees as SVG').click();
  const { content } = await exported(inspector, 'svg');
  expect(content).toContain('of its past');
  await button(page, 'Show as table').click();
  await expect.poll(() => page.locator('table').innerText()).toContain('first layer');
});

it('shows where one row was surprised, by its number or the costliest, and pins its pixels everywhere', async () => {
  const inspector = await open('Conditional entropy', { scenario: 'colours' });
  const { page } = inspector;
  await expect.poll(async () => (await readings(page))[1]).toMatch(/^Validation row 42 costs [\d.]+ nats, more than/);
  await page.getByRole('textbox', { name: 'Row' }).fill('7');
  await expect.poll(async () => (await readings(page))[1]).toMatch(/^Validation row 7 costs/);
  await button(page, 'The costliest').click();
  await expect.poll(async () => (await readings(page))[1]).toMatch(/^Validation row 42 costs/);
  const maps = page.getByRole('group', { name: /^One row/ });
  await maps.focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await expect.poll(async () => (await readouts(page))[1]).toMatch(/^x₂₅ \(row 2, column 3, red\) = [01] · −log p/);
  await page.keyboard.press('Tab');
  await expect
    .poll(() => readouts(page))
    .toEqual([
      expect.stringMatching(/^Pinned: x₂₅ \(position 25 of 108, row 2, column 3, red\)/),
      expect.stringMatching(/^Pinned: x₂₅ \(row 2, column 3, red\)/),
    ]);
  const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string; options?: { row?: number } }[] }[];
  const wished = pulls.flatMap(({ frames }) => frames.filter(({ kind }) => kind === 'rowSurprise'));
  expect(wished.map(({ options }) => options?.row)).toContain(6);
  await accessible(page);
});

it('shows what a layer makes of one row: any layer, any row, any map', async () => {
  const inspector = await open('Feature maps', { scenario: 'pixels' });
  const { page, mock } = inspector;
  await expect.poll(() => readings(page)).toEqual([expect.stringMatching(/^What layer 3 of 4, layers\.0/)]);
  await page.getByRole('textbox', { name: 'Row' }).fill('3');
  await expect
    .poll(() => readings(page))
    .toEqual([expect.stringContaining('makes of validation row 3: 6 maps of 12 × 12')]);
  const maps = page.getByRole('application', { name: /^Feature maps/ });
  await maps.focus();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => readouts(page)).toEqual([expect.stringMatching(/^Map 2 at row 2, column 1: /)]);
  // The third of the small ones, by a click.
  const tile = await maps.locator('rect').nth(4).boundingBox();
  await page.mouse.click(tile!.x + 10, tile!.y + 10);
  await expect.poll(() => page.getByRole('textbox', { name: 'Map' }).inputValue()).toBe('3');
  await expect.poll(() => readouts(page)).toEqual([expect.stringMatching(/^Map 3 at .*: 0\.25, as everywhere\.$/)]);
  const before = await maps.boundingBox();
  await mock((host) => host.train(30));
  await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain('step 1,264');
  await expect.poll(() => maps.boundingBox()).toEqual(before);
  await accessible(page);
});

it.each(['light', 'dark', 'hc-dark', 'hc-light'] as const)('is there in %s', async (theme) => {
  const { page } = await open('Receptive field', { scenario: 'pixels', theme });
  await expect.poll(async () => (await readings(page)).length).toBe(1);
  await accessible(page);
});
