import { csvParse } from 'd3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { InspectorOptions } from './mock/inspector.ts';
import { asked, button, exported, openPage, tab } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

async function open(options: InspectorOptions = {}) {
  const inspector = await openPage(browser, options);
  await tab(inspector.page, 'Samples').click();
  await inspector.page.locator('.figure').waitFor();
  return inspector;
}

const grid = (page: Page) => page.locator('.sample-grid');
const readout = (page: Page) => page.locator('.readout').innerText();
/** Grey values that occur on the canvas where it is not transparent. */
const greys = (page: Page) =>
  grid(page)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const found = new Set<string>();
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] === 255) found.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
      }
      return [...found].sort();
    });

describe('the sample grid', () => {
  it.each(['light', 'hc-dark'] as const)('keeps its black and white in the theme %s', async (theme) => {
    const { page } = await open({ theme, scenario: 'digits' });
    await expect.poll(() => greys(page)).toEqual(['0,0,0', '255,255,255']);
    await expect
      .poll(() =>
        grid(page)
          .locator('canvas')
          .evaluate((canvas) => getComputedStyle(canvas).imageRendering),
      )
      .toBe('pixelated');
  });

  it('shows conditional means when asked', async () => {
    const { page } = await open();
    await button(page, 'Conditional means').click();
    await expect.poll(async () => (await greys(page)).length).toBeGreaterThan(20);
  });

  it('is drawn anew as the model trains', async () => {
    const { page, mock } = await open();
    await expect.poll(() => page.locator('.reading').innerText()).toContain('step 1,234');
    await mock((host) => host.train(10));
    await expect.poll(() => page.locator('.reading').innerText()).toContain('step 1,244');
  });

  it('reads a pixel at the pointer and by the keyboard, and pins its variable', async () => {
    const { page } = await open();
    const box = (await grid(page).boundingBox())!;
    await page.mouse.move(box.x + 3, box.y + 3);
    await expect
      .poll(() => readout(page))
      .toMatch(/^Sample 1 of 100 samples: x₁ = [01], drawn with probability [01]\.\d\d/);
    await grid(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => readout(page)).toContain('x₆ =');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.keyboard.press('End');
    await expect.poll(() => readout(page)).toContain('Sample 100 of 100 samples: x₁₆');
    await page.keyboard.press('Enter');
    await page.mouse.move(0, 0);
    await page.keyboard.press('Tab');
    await expect.poll(() => readout(page)).toContain('x₁₆ is pinned');
  });

  it('is a table for rows that are no images', async () => {
    const { page } = await open({ scenario: 'table' });
    await expect.poll(() => page.locator('thead th').count()).toBe(17);
    await expect.poll(() => page.locator('tbody tr').count()).toBe(100);
    await button(page, 'Show as picture').click();
    await grid(page).waitFor();
  });

  it('is points over the data for two variables, read at the pointer and by the keyboard', async () => {
    const inspector = await open({ scenario: 'maf' });
    const { page } = inspector;
    const plane = page.getByRole('application');
    await plane.waitFor();
    await expect.poll(() => page.getByText('Conditional means').count()).toBe(0);
    await expect.poll(() => page.locator('.reading').innerText()).toContain('1 draw lies beyond the picture');
    await plane.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => readout(page)).toMatch(/^Sample \d+ of 100 samples: x₁ = .+, x₂ = .+\.$/);
    const first = await readout(page);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => readout(page)).not.toBe(first);
    const second = await readout(page);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect.poll(() => readout(page)).toBe(second);
    await button(page, 'Export Samples as SVG').click();
    await expect
      .poll(async () => (await exported(inspector, 'svg')).content as string)
      .toMatch(/draws from the model.*300 of 1,000 validation rows/s);
  });

  it('exports its rows as CSV and its picture as PNG', async () => {
    const inspector = await open();
    await button(inspector.page, 'Export Samples as CSV').click();
    const rows = csvParse((await exported(inspector, 'csv')).content as string);
    expect(rows).toHaveLength(100);
    expect(rows.columns).toHaveLength(17);
    expect(new Set(rows.map(({ x7 }) => x7))).toEqual(new Set(['0', '1']));
    await button(inspector.page, 'Export Samples as PNG').click();
    await expect
      .poll(async () => ((await exported(inspector, 'png')).content as number[]).slice(1, 4))
      .toEqual([0x50, 0x4e, 0x47]);
  });
});

describe('drawing by hand', () => {
  it('checks what is typed, draws, shows what was drawn, and goes back to the epoch’s', async () => {
    const inspector = await openPage(browser);
    const { page } = inspector;
    await button(page, 'Sample …').click();
    const field = (name: string) => page.getByRole('textbox', { name });
    await field('Rows').fill('0');
    await field('Seed').fill('42');
    await field('Temperature').fill('0.5');
    await button(page, 'Draw').click();
    await expect.poll(() => page.locator('.field-problem').innerText()).toBe('A whole number from 1 to 10,000');
    await expect.poll(() => asked(inspector, 'sample')).toEqual([]);
    await field('Rows').fill('30');
    await field('Rows').press('Enter');
    await expect.poll(() => asked(inspector, 'sample')).toEqual([{ rows: 30, seed: 42, temperature: 0.5 }]);
    await expect.poll(() => tab(page, 'Samples').getAttribute('aria-selected')).toBe('true');
    const reading = page.locator('.reading');
    await expect.poll(() => reading.innerText()).toMatch(/^30 rows drawn .* seed 42, temperature 0\.5\./);
    await button(page, 'Of the epoch').click();
    await expect.poll(() => reading.innerText()).toMatch(/^100 rows drawn/);
    await button(page, 'Drawn by hand').click();
    await expect.poll(() => reading.innerText()).toMatch(/^30 rows drawn/);
  });

  it('outlives a reload of the page', async () => {
    const { page } = await openPage(browser);
    await button(page, 'Sample …').click();
    await page.getByRole('textbox', { name: 'Rows' }).fill('30');
    await button(page, 'Draw').click();
    const reading = page.locator('.reading');
    await expect.poll(() => reading.innerText()).toMatch(/^30 rows drawn/);
    await page.reload();
    await expect.poll(() => reading.innerText()).toMatch(/^30 rows drawn/);
  });

  it('says why it could not', async () => {
    const { page, mock } = await openPage(browser);
    await mock((host) => host.failWith('the run was deleted'));
    await button(page, 'Sample …').click();
    await button(page, 'Draw').click();
    await expect
      .poll(() => page.getByRole('alert').innerText())
      .toContain('Could not draw samples: the run was deleted');
    await expect.poll(() => button(page, 'Draw').isEnabled()).toBe(true);
  });
});
