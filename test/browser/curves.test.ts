import { csvParse } from 'd3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { asked, button, exported, openPage, tab } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const figure = (page: Page) => page.locator('svg.curves');
const readout = (page: Page) => page.locator('.readout').innerText();
/** The ticks along the bottom, as numbers. */
const xTicks = (page: Page) =>
  page
    .locator('svg.curves g.axis')
    .nth(1)
    .locator('text[text-anchor="middle"]')
    .allTextContents()
    .then((texts) => texts.map(Number));
const path = (page: Page, name: string) => figure(page).locator(`path.${name}`).getAttribute('d');

/** Holds Ctrl and turns the wheel over the middle of the curves. */
async function zoomIn(page: Page, notches: number): Promise<void> {
  const box = (await figure(page).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 100);
  await page.keyboard.down('Control');
  for (let i = 0; i < notches; i++) await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
}

describe('the learning curves', () => {
  it('grow with the run, and say how it stands', async () => {
    const { page, mock } = await openPage(browser);
    const before = await path(page, 'validation');
    await expect.poll(() => page.locator('.reading').innerText()).toContain('Validation NLL is lowest at epoch 11');
    await mock((host) => host.train(300));
    await expect.poll(() => path(page, 'validation')).not.toBe(before);
    await expect.poll(() => xTicks(page)).toContain(14);
  });

  it('are drawn along epochs, steps or time, and logarithmically where that is legal', async () => {
    const { page } = await openPage(browser);
    await button(page, 'Step').click();
    await expect.poll(() => figure(page).textContent()).toContain('steps (minibatches)');
    await button(page, 'Time').click();
    await expect.poll(() => figure(page).textContent()).toContain('training time (s)');
    const linear = await path(page, 'raw');
    await page.getByRole('checkbox', { name: 'Log x' }).click();
    await expect.poll(() => path(page, 'raw')).not.toBe(linear);
  });

  it('are smoothed as much as the slider says', async () => {
    const { page } = await openPage(browser);
    const before = await path(page, 'smoothed');
    await page.getByRole('slider', { name: 'Smoothing' }).focus();
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('.range-value').innerText()).toBe('off');
    await expect.poll(() => path(page, 'smoothed')).not.toBe(before);
    // Without smoothing the two curves are one.
    await expect.poll(() => path(page, 'smoothed')).toBe(await path(page, 'raw'));
  });

  it('are read at the pointer and, the same, by the keyboard', async () => {
    const { page } = await openPage(browser);
    const box = (await figure(page).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 100);
    await expect
      .poll(() => readout(page))
      .toMatch(/^epoch \d+\.\d\d · train \d\.\d\d · smoothed \d\.\d\d · validation/);
    await page.mouse.move(0, 0);
    await figure(page).focus();
    await page.keyboard.press('Home');
    await expect.poll(() => readout(page)).toMatch(/^epoch 0\.01 ·/);
    await page.keyboard.press('End');
    await expect.poll(() => readout(page)).toMatch(/^epoch 12\.34 ·/);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => readout(page)).toMatch(/^epoch 12\.[12]\d ·/);
    await expect.poll(() => figure(page).getAttribute('aria-valuetext')).toBe(await readout(page));
  });
});

describe('zooming', () => {
  it('is by Ctrl and the wheel; the wheel alone scrolls the page', async () => {
    const { page } = await openPage(browser, { height: 500 });
    const all = await xTicks(page);
    const box = (await figure(page).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    await page.mouse.wheel(0, 120);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(120);
    await expect.poll(() => xTicks(page)).toEqual(all);
    await zoomIn(page, 3);
    await expect.poll(() => xTicks(page)).not.toEqual(all);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(120);
  });

  it('survives new data, another tab and a reload, and ends with Fit', async () => {
    const { page, mock } = await openPage(browser);
    const all = await xTicks(page);
    await zoomIn(page, 4);
    await expect.poll(async () => Math.max(...(await xTicks(page)))).toBeLessThan(12);
    const zoomed = await xTicks(page);
    await mock((host) => host.train(200));
    await expect.poll(() => page.locator('.facts').innerText()).toContain('14.3');
    await expect.poll(() => xTicks(page)).toEqual(zoomed);
    await tab(page, 'Samples').click();
    await page.locator('.sample-grid').waitFor();
    await tab(page, 'Curves').click();
    await figure(page).waitFor();
    await expect.poll(() => xTicks(page)).toEqual(zoomed);
    await page.waitForTimeout(300);
    await page.reload();
    await figure(page).waitFor();
    await expect.poll(() => xTicks(page)).toEqual(zoomed);
    await button(page, 'Fit: show the whole axis (0)').click();
    await expect.poll(() => xTicks(page)).toEqual(all);
  });

  it('is by buttons and keys as well', async () => {
    const { page } = await openPage(browser);
    const all = await xTicks(page);
    await button(page, 'Zoom in (Ctrl+wheel, +)').click();
    await expect.poll(() => xTicks(page)).not.toEqual(all);
    await button(page, 'Zoom out (Ctrl+wheel, −)').click();
    await expect.poll(() => xTicks(page)).toEqual(all);
    await figure(page).focus();
    await page.keyboard.press('+');
    await expect.poll(() => xTicks(page)).not.toEqual(all);
    await page.keyboard.press('0');
    await expect.poll(() => xTicks(page)).toEqual(all);
  });
});

describe('exports', () => {
  it('have every measurement in the CSV', async () => {
    const inspector = await openPage(browser);
    await button(inspector.page, 'Export Learning curves as CSV').click();
    const { name, content } = await exported(inspector, 'csv');
    expect(name).toBe('bars-made-curves');
    const rows = csvParse(content as string);
    expect(rows.filter(({ type }) => type === 'batch')).toHaveLength(1234);
    expect(rows.filter(({ type }) => type === 'epoch')).toHaveLength(12);
    expect(Number(rows[0]!['train (nats)'])).toBeGreaterThan(9);
    const saved = inspector.page.locator('.message');
    await expect.poll(() => saved.innerText()).toContain('Saved bars-made-curves.csv');
    // It lies over the page, and is in nobody's way but by its button.
    const under = (locator: typeof saved) =>
      locator.evaluate((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
      });
    await expect.poll(() => under(saved.locator('p'))).toBe(false);
    await expect.poll(() => under(saved.getByRole('button'))).toBe(true);
  });

  it('hold no variables of the editor in the SVG, and the colours of its theme', async () => {
    const inspector = await openPage(browser, { theme: 'light' });
    await button(inspector.page, 'Export Learning curves as SVG').click();
    const { content } = await exported(inspector, 'svg');
    const svg = content as string;
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toContain('var(');
    expect(svg).not.toContain('color-mix');
    expect(svg).toContain('#3b3b3b');
    expect(svg).toContain('Learning curves: bars-made');
    // Parsed on its own, as another program would.
    const parsed = await inspector.page.evaluate((text) => {
      const found = new DOMParser().parseFromString(text, 'image/svg+xml');
      return { root: found.documentElement.nodeName, errors: found.querySelectorAll('parsererror').length };
    }, svg);
    expect(parsed).toEqual({ root: 'svg', errors: 0 });
  });

  it('draw the PNG under the content policy, twice as large', async () => {
    const inspector = await openPage(browser);
    await button(inspector.page, 'Export Learning curves as PNG').click();
    const { content } = await exported(inspector, 'png');
    const bytes = Buffer.from(content as number[]);
    expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
    const width = bytes.readUInt32BE(16);
    const view = (await figure(inspector.page).boundingBox())!.width;
    expect(width).toBe(2 * (view + 32));
    expect(bytes.length).toBeGreaterThan(5000);
  });

  it('say when they could not be saved', async () => {
    const { page, mock } = await openPage(browser);
    await mock((host) => host.failWith('no space left on device'));
    await button(page, 'Export Learning curves as JSON').click();
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('no space left on device');
  });

  it('are beside a table of epochs', async () => {
    const inspector = await openPage(browser);
    const { page } = inspector;
    await button(page, 'Show as table').click();
    const rows = page.locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(12);
    await expect.poll(() => rows.first().innerText()).toMatch(/^12\s+1,200/);
    await button(page, 'Show as picture').click();
    await figure(page).waitFor();
    await button(page, 'Why does this matter?').click();
    await expect.poll(() => asked(inspector, 'explain')).toEqual([{ topic: 'curves' }]);
  });
});
