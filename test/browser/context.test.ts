/** A context in the drawings of networks: reached by the arrow keys, told in words, pinned; in graphs and in quilts. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { openNetwork, told } from './networkPage.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const COLUMN = /^c₁ \(context, degree 0\) leads into hidden layer 1 and the outputs: every output sees it\./;

describe('a context', () => {
  it('stands beside the inputs of a graph for the arrow keys, and is pinned as any unit', async () => {
    const { page } = await openNetwork(browser, 'connectivity', { scenario: 'conditioned' });
    await page.locator('.graph').focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await expect.poll(() => told(page)).toMatch(/x₁₆/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => told(page)).toMatch(COLUMN);
    await page.keyboard.press('Enter');
    await expect.poll(() => told(page)).toContain('Pinned.');
    const details = page.locator('.unit-details');
    await expect
      .poll(() => details.innerText())
      .toMatch(/^c₁[\s\S]*Degree\s+0[\s\S]*16 of 16 outputs[\s\S]*weights out/);
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => told(page)).toMatch(/^h¹/);
    await expect.poll(() => page.locator('.graph svg.over .pin circle').count()).toBe(2);
    // Still there in the other view, and after a reload.
    await page.locator('#tab-masks').click();
    await expect.poll(() => told(page)).toMatch(COLUMN);
    await page.reload();
    await page.locator('#tab-connectivity').click();
    await expect.poll(() => told(page)).toMatch(COLUMN);
  });

  it('has matrices of its own in a quilt, found by pointer and keys', async () => {
    const { page } = await openNetwork(browser, 'connectivity', { scenario: 'conditionedDigits' });
    const graph = (await page.locator('.graph').boundingBox())!;
    await page.mouse.move(graph.x + 40, graph.y + 150);
    await expect
      .poll(() => told(page))
      .toMatch(/^h¹\S+ sees c₅ of the context, as every unit of its layer does, (weight ≈|\|weight\| <) .+\.$/);
    await page.locator('.graph').focus();
    await page.mouse.move(5, 5);
    await page.keyboard.press('Home');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    await expect.poll(() => told(page)).toMatch(/ depend on x₁: /);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => told(page)).toMatch(/^c₁₀ \(context, degree 0\)/);
    await page.keyboard.press('Home');
    await expect.poll(() => told(page)).toMatch(COLUMN);
    await expect.poll(() => page.locator('.graph svg.over .highlight > path').count()).toBeGreaterThan(2);
    await expect.poll(() => page.locator('.figure .legend').first().textContent()).toContain('|context weight|');
  });
});
