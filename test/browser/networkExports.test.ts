/** What leaves the views of networks and of matrices as a file. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { Inspector } from './mock/inspector.ts';
import { openNetwork } from './networkPage.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

describe('exports', () => {
  const last = ({ mock }: Inspector) =>
    mock((host) => {
      const file = host.exports.at(-1);
      if (!file) return null;
      const { name, format, content } = file;
      return { name, format, text: typeof content === 'string' ? content : [...content.subarray(0, 8)].join(' ') };
    });
  const PNG = '137 80 78 71 13 10 26 10';

  it.each([
    ['connectivity', 'small', /^Export Connectivity/, 'connectivity'],
    ['connectivity', 'digits', /^Export Connectivity/, 'connectivity'],
    ['masks', 'small', /^Export Masks/, 'masks'],
    ['masks', 'digits', /^Export Jacobian/, 'jacobian'],
    ['masks', 'leaky', /^Export Paths/, 'paths'],
  ] as const)('of %s in %s: %s', async (tab, scenario, label, name) => {
    const inspector = await openNetwork(browser, tab, { scenario, theme: 'light' });
    const { page } = inspector;
    await expect.poll(() => page.getByLabel(label).count()).toBeGreaterThan(3);
    // With something pinned: it is part of the picture.
    const picture = page.locator('.graph, .matrix').last();
    await picture.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.pin-note').count()).toBeGreaterThan(0);
    const save = async (format: string) => {
      await page.getByRole('button', { name: label }).getByText(format, { exact: true }).click();
      await expect.poll(async () => (await last(inspector))?.format).toBe(format.toLowerCase());
      const file = (await last(inspector))!;
      expect(file.name).toContain(name);
      return file.text;
    };
    const svg = await save('SVG');
    expect(svg.startsWith('<svg xmlns')).toBe(true);
    expect(svg.includes('--vscode')).toBe(false);
    const images = svg.split('data:image/png;base64,').length - 1;
    expect(images > 0).toBe(scenario === 'digits' || tab === 'masks');
    // What is left once the pictures in it are gone, whose letters may say anything.
    expect(/NaN|undefined/.test(svg.replaceAll(/base64,[^"]*/g, ''))).toBe(false);
    await expect.poll(() => save('PNG')).toBe(PNG);
    await expect.poll(async () => (await save('CSV')).split('\n').length).toBeGreaterThan(3);
    await expect.poll(async () => Object.keys(JSON.parse(await save('JSON')) as object).length).toBeGreaterThan(1);
  });
});
