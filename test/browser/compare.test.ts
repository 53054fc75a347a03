import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { asked, button, exported, openPage, tab } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

describe('two runs side by side', () => {
  it('are chosen, shown with what differs, and left again', async () => {
    const inspector = await openPage(browser);
    const { page } = inspector;
    await tab(page, 'Compare').click();
    await page.getByText('No run to compare with yet').waitFor();
    await button(page, 'Choose a run …').click();
    await expect.poll(() => asked(inspector, 'compare')).toEqual([{}]);
    const verdict = page.locator('.compared .reading');
    await expect.poll(() => verdict.innerText()).toMatch(/on 500 test rows, taken row by row; B has model\.hidden/);
    await expect.poll(() => page.locator('.compared').innerText()).toMatch(/model\.masks\s+1\s+8/);
    const pictures = page.locator('.compared-pair');
    await expect.poll(() => pictures.count()).toBe(2);
    // Each of both runs, drawn from one seed.
    await expect.poll(() => page.getByText('Both from the same random numbers (seed 7)').count()).toBe(1);
    for (const i of [0, 1]) await expect.poll(() => pictures.nth(i).locator('image').count()).toBe(2);
    await expect.poll(() => page.locator('.curves .validation').count()).toBe(2);
    if (process.env['LENS_SHOT']) {
      await page.screenshot({ path: process.env['LENS_SHOT'], fullPage: true });
    }
    await button(page, 'Export Learning curves of both as SVG').click();
    await expect.poll(async () => (await exported(inspector, 'svg')).content).toContain('B train');
    await button(page, 'Stop comparing').click();
    await page.getByText('No run to compare with yet').waitFor();
  });

  it('are asked for nothing while the comparison is out of sight', async () => {
    const inspector = await openPage(browser);
    const { page } = inspector;
    // What the page says it has: it asks for what comes after so many measurements.
    const known = async (method: 'pull' | 'pullCompared') =>
      Math.max(0, ...(await asked(inspector, method)).map((params) => (params as { metrics: number }).metrics));
    const trainBoth = () => inspector.mock((host) => host.train(20));

    await button(page, 'Compare …').click();
    await page.locator('.compared-pair').first().waitFor();
    const beside = await known('pullCompared');
    await trainBoth();
    await expect.poll(() => known('pullCompared')).toBeGreaterThanOrEqual(beside + 20);

    await tab(page, 'Curves').click();
    await page.locator('#tab-curves[aria-selected="true"]').waitFor();
    const before = (await asked(inspector, 'pullCompared')).length;
    const shown = await known('pull');
    await trainBoth();
    await expect.poll(() => known('pull')).toBeGreaterThanOrEqual(shown + 20);
    // The other run's news came at the same moment: a page that listened would have asked for what comes next.
    await trainBoth();
    await expect.poll(() => known('pull')).toBeGreaterThanOrEqual(shown + 40);
    await expect.poll(async () => (await asked(inspector, 'pullCompared')).length).toBe(before);

    const behind = await known('pullCompared');
    await tab(page, 'Compare').click();
    await expect.poll(() => known('pullCompared')).toBeGreaterThanOrEqual(behind + 40);
  });

  it('have curves that are read at the pointer and, the same, by the keyboard', async () => {
    const { page } = await compared();
    const curves = page.locator('svg.curves');
    const readout = page.locator('.readout');
    const box = (await curves.boundingBox())!;
    await page.mouse.move(box.x + box.width / 3, box.y + 100);
    const both = /^epoch \d+\.\d\d · A: train .+ nats; B: train .+ validation .+ nats$/;
    await expect.poll(() => readout.innerText()).toMatch(both);
    // On either run's averaged curve and at the epoch that is told.
    await expect.poll(() => curves.locator('.cursor circle').count()).toBe(4);
    await page.mouse.move(0, 0);
    await curves.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => readout.innerText()).toMatch(/^epoch 0\.00 · A: /);
    await page.keyboard.press('PageUp');
    await expect.poll(() => readout.innerText()).toMatch(both);
    await expect.poll(() => curves.getAttribute('aria-valuetext')).toBe(await readout.innerText());
    await page.keyboard.press('Escape');
    await expect.poll(() => readout.innerText()).toContain('Point at the curves');
  });

  it('have curves against training samples on a logarithmic axis, kept through another tab', async () => {
    const { page } = await compared();
    const curves = page.locator('svg.curves');
    await button(page, 'Samples').click();
    await expect.poll(() => curves.getByText('training samples evaluated (rows)').count()).toBe(1);
    const linear = await ticks(page);
    await page.getByRole('checkbox', { name: 'Log x' }).click();
    await expect.poll(() => ticks(page)).not.toEqual(linear);
    await curves.focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.readout').innerText()).toMatch(/^[\d,]+ training rows · A: train /);
    await tab(page, 'Curves').click();
    await tab(page, 'Compare').click();
    await expect.poll(() => curves.getByText('training samples evaluated (rows)').count()).toBe(1);
    await expect.poll(() => page.getByRole('checkbox', { name: 'Log x' }).isChecked()).toBe(true);
  });

  it('keep a zoom of their curves through new data and another tab, until Fit', async () => {
    const { page, mock } = await compared();
    const curves = page.locator('svg.curves');
    const all = await ticks(page);
    const box = (await curves.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 100);
    await page.keyboard.down('Control');
    for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await expect.poll(() => ticks(page)).not.toEqual(all);
    const zoomed = await ticks(page);
    const drawn = await curves.locator('path.validation').first().getAttribute('d');
    await mock((host) => host.train(400));
    await expect.poll(() => curves.locator('path.validation').first().getAttribute('d')).not.toBe(drawn);
    await expect.poll(() => ticks(page)).toEqual(zoomed);
    await tab(page, 'Curves').click();
    await tab(page, 'Compare').click();
    await expect.poll(() => ticks(page)).toEqual(zoomed);
    await button(page, 'Fit: show the whole axis (0)').click();
    await expect.poll(() => ticks(page)).not.toEqual(zoomed);
    await curves.focus();
    await page.keyboard.press('+');
    await expect.poll(async () => Math.min(...(await ticks(page)))).toBeGreaterThan(0);
  });
});

/** The page on the comparison of two runs, its curves drawn. */
async function compared() {
  const inspector = await openPage(browser);
  await tab(inspector.page, 'Compare').click();
  await button(inspector.page, 'Choose a run …').click();
  await inspector.page.locator('svg.curves').scrollIntoViewIfNeeded();
  await expect.poll(() => inspector.page.locator('.curves .validation').count()).toBe(2);
  return inspector;
}

/** The numbers along the bottom of the curves. */
const ticks = async (page: Page) =>
  (await page.locator('svg.curves g.axis').nth(1).locator('text[text-anchor="middle"]').allTextContents()).map(Number);
