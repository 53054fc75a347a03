/** The view of a flow's scaling spectrum. */
import { csvParse } from 'd3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { button, exported, openPage, tab } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

async function open() {
  const inspector = await openPage(browser, { scenario: 'nice' });
  await tab(inspector.page, 'Scaling spectrum').click();
  await inspector.page.locator('.figure').first().waitFor();
  return inspector;
}

const readout = (page: Page) => page.locator('.readout').innerText();
const graph = (page: Page) => page.locator('.drawing .graph');

it('is read at the pointer, on the image, and by the keyboard', async () => {
  const { page } = await open();
  await expect
    .poll(() => page.locator('.reading').innerText())
    .toMatch(/^σ = 1\/S falls from .* PCA of 5,000 training rows/);
  await graph(page).focus();
  await page.keyboard.press('Home');
  await expect.poll(() => readout(page)).toMatch(/^Rank 1 of 16: x\S+, row \d, column \d · σ/);
  await page.keyboard.press('End');
  await expect.poll(() => readout(page)).toMatch(/^Rank 16 of 16: .* up to here 100\.0\s%/);
  const box = (await graph(page).boundingBox())!;
  await page.mouse.move(box.x + box.width - 200, box.y + 60);
  await expect.poll(() => readout(page)).toMatch(/^Rank \d+ of 16: x/);
});

it('pins the variable of a place, which other views then mark', async () => {
  const { page } = await open();
  await graph(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect.poll(() => readout(page)).toMatch(/^Pinned: Rank 1 of 16/);
  const [, name] = /x([₀-₉]+)/.exec(await readout(page))!;
  await tab(page, 'Samples').click();
  await expect.poll(() => readout(page)).toContain(`x${name} is pinned`);
});

it('keeps its axis and what is pointed at when new scales come', async () => {
  const { page, mock } = await open();
  await page.getByText('Log y').click();
  await expect.poll(() => graph(page).locator('svg').textContent()).toContain('0.2');
  await graph(page).focus();
  await page.keyboard.press('Home');
  const before = await readout(page);
  const height = (await graph(page).boundingBox())!.y;
  await mock((host) => host.train(100), null);
  await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain('1,334');
  await expect.poll(() => readout(page)).toBe(before);
  await expect.poll(async () => (await graph(page).boundingBox())!.y).toBe(height);
});

it('is a table, and files', async () => {
  const inspector = await open();
  const { page } = inspector;
  await button(page, 'Show as table').click();
  await expect.poll(() => page.locator('tbody tr').count()).toBe(16);
  await button(page, 'Export Scaling spectrum as CSV').click();
  const rows = csvParse((await exported(inspector, 'csv')).content as string);
  expect(rows).toHaveLength(16);
  expect(rows.columns).toContain('Principal component, √λ');
  await button(page, 'Export Scaling spectrum as JSON').click();
  await expect.poll(async () => (await exported(inspector, 'json')).content as string).toContain('"sigma"');
});

it('is not offered to runs that have no such layer', async () => {
  const { page } = await openPage(browser, { scenario: 'small' });
  await expect.poll(() => tab(page, 'Scaling spectrum').count()).toBe(0);
});
