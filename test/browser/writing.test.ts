/** Text written by hand in the inspector, and the texts of an epoch. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { asked, button, exported, openPage, tab } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const shown = (page: Page) => page.locator('.written-texts').innerText();

async function open() {
  const inspector = await openPage(browser, { scenario: 'text' });
  await tab(inspector.page, 'Samples').click();
  await inspector.page.locator('.written-texts').waitFor();
  return inspector;
}

it('texts of an epoch are shown as text, accessible, and as files', async () => {
  const inspector = await open();
  const { page } = inspector;
  await expect.poll(() => page.locator('.reading').first().innerText()).toContain('100 texts of 64 characters');
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
  expect(found).toEqual([]);
  await button(page, 'Export Texts of the epoch as SVG').click();
  await expect.poll(async () => (await exported(inspector, 'svg')).content).toContain('Text: verse-lstm');
});

it('a text is written as asked, and says which characters it cannot go on from', async () => {
  const inspector = await open();
  const { page } = inspector;
  await button(page, 'Sample …').click();
  const form = page.getByRole('form', { name: 'Write text' });
  await form.getByLabel('Goes on from').fill('Roméo');
  await expect.poll(() => form.innerText()).toContain('The text that the model learnt never had “é”');
  await form.getByRole('button', { name: 'Write' }).click();
  expect(await asked(inspector, 'sampleText')).toEqual([]);
  await form.getByLabel('Goes on from').fill('ROMEO:\n');
  await form.getByRole('textbox', { name: 'Top k' }).fill('0');
  await form.getByRole('button', { name: 'Write' }).click();
  await expect.poll(() => form.innerText()).toContain('A whole number from 1 to 65,536, or nothing');
  await form.getByRole('textbox', { name: 'Top k' }).fill('5');
  await form.getByRole('textbox', { name: 'Characters' }).fill('40');
  await form.getByRole('button', { name: 'Write' }).click();
  await expect.poll(() => shown(page)).toContain('But, soft! what light');
  expect(await asked(inspector, 'sampleText')).toEqual([
    { prime: 'ROMEO:\n', length: 40, temperature: 1, topK: 5, seed: 1 },
  ]);
  await expect
    .poll(() => page.locator('.reading').first().innerText())
    .toContain(
      '40 characters written after 7 characters that were given (temperature 1, the 5 most probable alone, seed 1): 1.62 nats',
    );
  await button(page, 'Of the epoch').click();
  await expect.poll(() => page.locator('.written-texts pre').count()).toBe(100);
});

it('a text grows while it is written, and can be given up', async () => {
  const inspector = await open();
  const { page, mock } = inspector;
  await mock((host) => host.stickDrawings(0.5));
  await button(page, 'Sample …').click();
  const form = page.getByRole('form', { name: 'Write text' });
  await form.getByRole('textbox', { name: 'Characters' }).fill('40');
  await form.getByRole('button', { name: 'Write' }).click();
  await expect.poll(() => page.locator('.reading').first().innerText()).toContain('Writing 40 characters: 20 so far.');
  await expect.poll(() => shown(page)).toContain('But, soft!');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => page.locator('.written-texts pre').count()).toBe(100);
});
