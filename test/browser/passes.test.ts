/** What the directions of a flow cost, in the page's head. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { openPage } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

it('tells of a flow what a layer costs in both directions, last in its row, so that nothing else moves', async () => {
  const { page } = await openPage(browser, { scenario: 'maf' });
  const facts = page.locator('.minor-facts .fact');
  await expect
    .poll(async () => (await facts.allInnerTexts()).slice(-2).map((text) => text.replaceAll(/\s+/g, ' ')))
    .toEqual(['Density 1 network pass a layer', 'Sampling 1.0 network passes a layer, not 43']);
});

it('tells nothing of the kind of other models', async () => {
  const { page } = await openPage(browser, { scenario: 'small' });
  await page.locator('.minor-facts .fact').first().waitFor();
  await expect.poll(() => page.locator('.minor-facts').innerText()).not.toContain('pass');
});
