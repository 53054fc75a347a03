/** The view of KL in x and KL in u. */
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
  const inspector = await openPage(browser, { scenario: 'maf' });
  await tab(inspector.page, 'MAF ↔ IAF').click();
  await inspector.page.locator('.figure').first().waitFor();
  return inspector;
}

const readout = (page: Page) => page.locator('.readout').innerText();
const graph = (page: Page) => page.locator('.drawing .graph');

it('says that both are one number, and reads rows by pointer and keyboard', async () => {
  const { page } = await open();
  await expect
    .poll(() => page.locator('.reading').innerText())
    .toMatch(
      /^KL\(data ‖ model\) in x is .* They are one number, row by row: the largest difference is .* which is rounding\.$/,
    );
  await graph(page).focus();
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => readout(page)).toMatch(/^Row \d+ of the validation split · in x .* · difference/);
  const box = (await graph(page).boundingBox())!;
  await page.mouse.move(box.x + 300, box.y + 100);
  await expect.poll(() => readout(page)).toMatch(/^Step 1,234, epoch/);
});

it('lets both curves grow while it is open, and keeps them over other views', async () => {
  const { page, mock } = await open();
  for (let i = 1; i <= 3; i++) {
    await mock((host) => host.train(100), null);
    await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain(`1,${234 + 100 * i}`);
  }
  const moments = async () => {
    await graph(page).focus();
    await page.keyboard.press('Home');
    const first = await readout(page);
    await page.keyboard.press('End');
    return [first, await readout(page)];
  };
  const [first, last] = await moments();
  expect([first, last].map((text) => /^Step ([\d,]+),/.exec(text!)?.[1])).toEqual(['1,234', '1,534']);
  await tab(page, 'Curves').click();
  await tab(page, 'MAF ↔ IAF').click();
  await page.locator('.figure').first().waitFor();
  await expect
    .poll(async () => (await moments()).map((text) => /^Step ([\d,]+),/.exec(text)?.[1]))
    .toEqual(['1,234', '1,534']);
});

it('is a table of moments, and a file of rows', async () => {
  const inspector = await open();
  const { page } = inspector;
  await button(page, 'Show as table').click();
  await expect.poll(() => page.locator('thead').innerText()).toContain('KL in u (nats)');
  await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  await button(page, 'Export KL in x and KL in u as CSV').click();
  const rows = csvParse((await exported(inspector, 'csv')).content as string);
  expect(rows).toHaveLength(300);
  expect(rows.columns).toContain('Difference (nats)');
});

it('is not offered to flows of couplings', async () => {
  const { page } = await openPage(browser, { scenario: 'nice' });
  await expect.poll(() => tab(page, 'MAF ↔ IAF').count()).toBe(0);
});
