/** The view of latent traversals: strips of coordinates, and the way between two rows. */
import axe from 'axe-core';
import { csvParse } from 'd3';
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

async function open(options: InspectorOptions = {}) {
  const inspector = await openPage(browser, { scenario: 'vaeOfMany', ...options });
  await tab(inspector.page, 'Latent traversals').click();
  await inspector.page.locator('.traversals').waitFor();
  await inspector.page.locator('.decoded').waitFor();
  return inspector;
}

const told = (page: Page) => page.locator('.readout').innerText();
const readings = (page: Page) => page.locator('.reading').allInnerTexts();

it('reads places of strips by pointer and keys, and nothing moves while it trains', async () => {
  const { page, mock } = await open();
  await expect.poll(async () => (await readings(page))[0]).toContain('5 are active, by 250 validation rows; 1 tells');
  const strips = page.locator('.traversals');
  await strips.focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => told(page)).toMatch(/^z₁ = 0\.00\. KL 2\.5 nats, active, number 1 of 6/);
  await page.keyboard.press('End');
  await page.keyboard.press('PageDown');
  await expect.poll(() => told(page)).toMatch(/^z₆ = 1\.69\. KL 0\.004 nats, not active/);
  const before = (await strips.boundingBox())!;
  await page.mouse.move(before.x + 130, before.y + 50);
  await expect.poll(() => told(page)).toMatch(/^z₁ = −1\.69/);
  await mock((host) => host.train(40));
  await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain('step 1,274');
  await expect.poll(() => strips.boundingBox()).toEqual(before);
  await expect.poll(() => told(page)).toMatch(/^z₁ = −1\.69/);
});

it('holds the others at a row, and asks for the way between two others', async () => {
  const inspector = await open();
  const { page } = inspector;
  await button(page, 'Others at a row’s').click();
  await expect
    .poll(async () => (await readings(page))[0])
    .toContain('the others where the encoder puts validation row 1.');
  await expect.poll(async () => (await readings(page))[1]).toContain('validation row 12 to that of row 302');
  await page.getByRole('textbox', { name: 'To row' }).fill('77');
  await expect.poll(async () => (await readings(page))[1]).toContain('validation row 12 to that of row 77');
  const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string; options?: { second?: number } }[] }[];
  const walks = pulls.flatMap(({ frames }) => frames.filter(({ kind }) => kind === 'walk'));
  expect(walks.at(-1)!.options).toMatchObject({ second: 76 });
  await expect.poll(() => page.getByRole('button', { name: 'Great circle' }).count()).toBe(0);
});

it('shows of fifty coordinates the first, and all on wish; any pair of them makes a plane', async () => {
  const { page } = await open({ scenario: 'vaeOfFifty' });
  const strips = page.locator('.traversals .strip');
  await expect.poll(() => strips.count()).toBe(16);
  await expect.poll(() => page.locator('.traversals').innerText()).toContain('and 34 more');
  await button(page, 'All 50').click();
  await expect.poll(() => strips.count()).toBe(50);
  await expect.poll(() => page.locator('.traversals .dead').textContent()).toContain('they tell nothing of a row');
  await tab(page, 'Latent manifold').click();
  await page.getByRole('textbox', { name: 'Across: coordinate of z' }).fill('50');
  await page.getByRole('textbox', { name: 'Down: coordinate of z' }).fill('17');
  await button(page, 'Others at a row’s').click();
  await expect
    .poll(async () => (await readings(page))[0])
    .toContain('places of z₅₀ and z₁₇ decoded, the other 48 latents where the encoder puts validation row 1');
  await page.getByRole('application').focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => told(page)).toMatch(/^z₅₀ = 0\.08, z₁₇ = 0\.00\. Of the first/);
});

it('is accessible, a table, and files', async () => {
  const inspector = await open({ theme: 'hc-light' });
  const { page } = inspector;
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
  expect(found).toEqual([]);
  await button(page, 'Export Latent traversals as CSV').click();
  const strips = csvParse((await exported(inspector, 'csv')).content as string);
  expect([strips.length, strips[65]!['Coordinate'], strips[65]!['Active']]).toEqual([66, 'z₆', 'no']);
  await button(page, 'Export Between two rows as SVG').click();
  await expect.poll(async () => (await exported(inspector, 'svg')).content).toContain('on the great circle');
  await button(page, 'Export Between two rows as PNG').click();
  await expect.poll(async () => (await exported(inspector, 'png')).content.slice(1, 4)).toEqual([80, 78, 71]);
  await button(page, 'Export Between two rows as JSON').click();
  await expect
    .poll(async () => JSON.parse((await exported(inspector, 'json')).content as string) as object)
    .toMatchObject({ kind: 'walk', space: 'latent' });
});
