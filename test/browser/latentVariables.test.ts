/** The views of latent variables: the manifold, the posteriors, the units, reconstructions. */
import axe from 'axe-core';
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

const names = ['Latent manifold', 'Posteriors', 'Latent units', 'Reconstructions'] as const;

async function open(name: (typeof names)[number], options: InspectorOptions = {}) {
  const inspector = await openPage(browser, { scenario: 'vae', ...options });
  await tab(inspector.page, name).click();
  await inspector.page.locator('.figure').first().waitFor();
  return inspector;
}

const told = (page: Page) => page.locator('.readout').innerText();

describe('the latent manifold', () => {
  it('decodes under the pointer, and cell by cell with the arrow keys', async () => {
    const inspector = await open('Latent manifold');
    const { page } = inspector;
    await expect.poll(() => told(page)).toContain('z₁ = 0.00, z₂ = 0.00. Of the first 2,675 training rows');
    const plane = page.getByRole('application');
    await plane.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => told(page)).toMatch(/^z₁ = 0\.08, z₂ = 0\.00/);
    await page.keyboard.press('End');
    await expect.poll(() => told(page)).toMatch(/^z₁ = 1\.86, z₂ = 0\.00/);
    await page.keyboard.press('PageDown');
    await expect.poll(() => told(page)).toMatch(/^z₁ = 1\.86, z₂ = −1\.86/);
    const box = (await plane.boundingBox())!;
    await page.mouse.move(box.x + 60, box.y + 30);
    await expect.poll(() => told(page)).toMatch(/^z₁ = −[12]\.\d\d, z₂ = [12]\.\d\d/);
    const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string; options?: { u?: number } }[] }[];
    const wished = pulls.flatMap(({ frames }) => frames.filter(({ kind }) => kind === 'manifoldPoint'));
    expect(wished.some(({ options }) => (options?.u ?? 0) < -1)).toBe(true);
  });

  it('holds a place until it is let go, and nothing moves while it trains', async () => {
    const { page, mock } = await open('Latent manifold');
    const plane = page.getByRole('application');
    await plane.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.drawing .note').innerText()).toContain('Held.');
    await expect.poll(() => told(page)).toContain('z₁ = 0.08');
    const before = (await plane.boundingBox())!;
    await page.mouse.move(before.x + 60, before.y + 30);
    await mock((host) => host.train(40));
    await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain('step 1,274');
    await expect.poll(() => told(page)).toContain('z₁ = 0.08');
    await expect.poll(() => plane.boundingBox()).toEqual(before);
    await plane.focus();
    await page.keyboard.press('Escape');
    await page.mouse.move(before.x + 62, before.y + 30);
    await expect.poll(() => told(page)).toMatch(/^z₁ = −/);
  });

  it('takes another pair of coordinates, other cells, and holds the others at a row', async () => {
    const { page } = await open('Latent manifold', { scenario: 'vaeOfMany' });
    const reading = () => page.locator('.reading').innerText();
    await expect.poll(reading).toContain('16 × 16 places of z₁ and z₂ decoded, the other 4 latents at 0');
    await button(page, 'Others at a row’s').click();
    await expect.poll(reading).toContain('the other 4 latents where the encoder puts validation row 1');
    const chosen = page.getByRole('combobox', { name: 'Across' });
    await chosen.click();
    await page.getByRole('option', { name: 'z₂' }).first().click();
    await expect.poll(reading).toContain('places of z₂ and z₁ decoded');
  });
});

describe('the posteriors', () => {
  it('tell a row at the pointer and by the keys, and hold it while training goes on', async () => {
    const { page, mock } = await open('Posteriors');
    const chart = page.locator('.posteriors');
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => told(page)).toMatch(/^Validation row \d+ \(label \d\): z₁ = −[\d.]+ ± [\d.]+, z₂ =/);
    await expect.poll(() => page.locator('.posteriors .ellipse').count()).toBe(1);
    const first = await told(page);
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await expect.poll(() => told(page)).not.toBe(first);
    await expect.poll(() => page.locator('.posteriors .ellipse').count()).toBe(2);
    await page.keyboard.press('Tab');
    await mock((host) => host.train(40));
    await expect.poll(() => told(page)).toBe(`Pinned: ${first}`);
    await chart.focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.posteriors .ellipse').count()).toBe(0);
  });
});

describe('the latent units', () => {
  it('tell each unit, and keep the bars in their places while it trains', async () => {
    const { page } = await open('Latent units', { scenario: 'vaeOfMany' });
    await expect.poll(() => page.locator('.reading').innerText()).toContain('5 of 6 latent units are active');
    const chart = page.locator('.latent-units');
    await chart.focus();
    await page.keyboard.press('End');
    await expect.poll(() => told(page)).toMatch(/^z₆: KL 0 nats; .*: not active\.$/);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect.poll(() => told(page)).toMatch(/^Pinned: z₁: KL 2\.5 nats/);
  });

  it('are files: a line a moment', async () => {
    const inspector = await open('Latent units', { scenario: 'vaeOfMany' });
    await button(inspector.page, 'Export Latent units as CSV').click();
    const rows = csvParse((await exported(inspector, 'csv')).content as string);
    expect(rows).toHaveLength(12);
    expect(Number(rows.at(-1)!['KL of z₁'])).toBeCloseTo(2.5, 5);
  });
});

describe('reconstructions', () => {
  it('name the row at the pointer and by the keys', async () => {
    const { page } = await open('Reconstructions');
    await page.locator('.reconstructions').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => told(page)).toContain('Validation row 1: its reconstruction is off by 0.08');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => told(page)).toContain('Sample 1:');
  });
});

describe('all of them', () => {
  it.each(names)('%s: accessible, a table, and files', async (name) => {
    const inspector = await open(name, { theme: 'hc-dark' });
    const { page } = inspector;
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect(found).toEqual([]);
    await button(page, `Export ${name} as SVG`).click();
    const content = async (format: string) => (await exported(inspector, format)).content;
    await expect.poll(() => content('svg')).toMatch(/^<svg|^<\?xml/);
    await button(page, `Export ${name} as PNG`).click();
    await expect.poll(async () => (await content('png')).slice(1, 4)).toEqual([80, 78, 71]);
    await button(page, `Export ${name} as JSON`).click();
    await expect.poll(async () => JSON.parse((await content('json')) as string) as unknown).toBeTypeOf('object');
    await button(page, 'Show as table').click();
    await expect.poll(() => page.locator('table tbody tr').count()).toBeGreaterThan(1);
  });

  it('are not offered where there are no latent variables', async () => {
    const { page } = await openPage(browser, { scenario: 'small' });
    await tab(page, 'Samples').waitFor();
    for (const name of names) await expect.poll(() => tab(page, name).count()).toBe(0);
  });
});
