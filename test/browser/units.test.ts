/** The view of units along a text. */
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

async function open(options: InspectorOptions = {}) {
  const inspector = await openPage(browser, { scenario: 'text', ...options });
  await tab(inspector.page, 'Units along the text').click();
  await inspector.page.locator('.unit-text').waitFor();
  return inspector;
}

const told = (page: Page) => page.locator('.readout').first().innerText();
const reading = (page: Page) => page.locator('.reading').first().innerText();

/** What the page last asked of the frame. */
async function chosen(inspector: Awaited<ReturnType<typeof open>>) {
  const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string; options?: object }[] }[];
  return pulls.flatMap(({ frames }) => frames.filter(({ kind }) => kind === 'unitText')).at(-1)?.options;
}

describe('units along a text', () => {
  it('tell a character at the pointer and by the keys, and hold it while training goes on', async () => {
    const { page, mock } = await open();
    await expect.poll(() => reading(page)).toContain('along 149 validation characters (piece 1 of 40)');
    const text = page.locator('.unit-text');
    await text.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => told(page)).toContain('“R”, character 1 of 149 · unit');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => told(page)).toContain('“B”, character 8 of 149');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await expect.poll(() => told(page)).toContain('line break, character 149 of 149');
    await expect.poll(() => page.locator('.unit-text svg').first().textContent()).toContain('the character after B');
    const before = (await text.boundingBox())!;
    await page.mouse.move(before.x + 15, before.y + 8);
    await expect.poll(() => told(page)).toContain('“O”, character 2 of 149');
    await mock((host) => host.train(40));
    await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain('step 1,274');
    await expect.poll(() => text.boundingBox()).toEqual(before);
    await page.keyboard.press('Escape');
    await expect
      .poll(() => page.locator('.unit-text svg').first().textContent())
      .not.toContain('the character after B');
  });

  it('change the unit without asking anybody, and ask for another layer, state and piece', async () => {
    const inspector = await open();
    const { page } = inspector;
    const first = await reading(page);
    await page.getByRole('group', { name: 'Units that vary most along this text' }).getByRole('button').nth(2).click();
    await expect.poll(() => reading(page)).toContain('number 3 of 12');
    expect(await reading(page)).not.toBe(first);
    expect(await chosen(inspector)).toBeUndefined();
    await button(page, 'Memory c').click();
    await expect.poll(() => reading(page)).toContain('its memory c,');
    await page.getByRole('combobox', { name: 'Layer' }).click();
    await page.getByRole('option', { name: '1' }).click();
    await expect.poll(() => reading(page)).toContain('of layer 1');
    await button(page, 'Piece: the one after').click();
    await expect.poll(() => reading(page)).toContain('(piece 2 of 40)');
    expect(await chosen(inspector)).toEqual({ text: '', piece: 1, layer: 0, state: 'c' });
  });

  it('read a text of one’s own, and say which of its characters the model does not know', async () => {
    const { page } = await open();
    await button(page, 'Text of your own').click();
    await page.getByLabel('Text to read').fill('Roméo ß');
    await button(page, 'Read').click();
    await expect.poll(() => reading(page)).toContain('along the typed text of 7 characters');
    expect(await reading(page)).toContain('“é” and “ß” are not among the 36 characters of the model');
    await button(page, 'Held-out text').click();
    await expect.poll(() => reading(page)).toContain('149 validation characters');
  });

  it('are files: a line a character, and pictures of both figures', async () => {
    const inspector = await open();
    await button(inspector.page, 'Export Units along the text as CSV').click();
    const rows = csvParse((await exported(inspector, 'csv')).content as string);
    expect(rows).toHaveLength(149);
    expect(rows[0]).toMatchObject({ Character: 'R', 'Code point': 'U+0052' });
    await button(inspector.page, 'Export Unrolled in time as SVG').click();
    await expect.poll(async () => (await exported(inspector, 'svg')).content).toContain('Inside the LSTM');
    await button(inspector.page, 'Export Units along the text as PNG').click();
    await expect.poll(async () => (await exported(inspector, 'png')).content.slice(1, 4)).toEqual([80, 78, 71]);
  });

  it.each(['light', 'dark', 'hc-dark', 'hc-light'] as const)('have no accessibility faults in %s', async (theme) => {
    const { page } = await open({ theme });
    await button(page, 'Text of your own').click();
    await page.getByLabel('Text to read').waitFor();
    await page.evaluate(axe.source);
    const faults = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect(faults).toEqual([]);
  });

  it('are not offered where the model is none of text', async () => {
    const { page } = await openPage(browser, { scenario: 'small' });
    await tab(page, 'Samples').waitFor();
    expect(await tab(page, 'Units along the text').count()).toBe(0);
  });
});
