import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { asked, button, openPage } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const field = (page: Page, name: string) => page.getByRole('textbox', { name });
async function choose(page: Page, label: string, option: string) {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

describe('completing rows', () => {
  it('asks for the part that is chosen, marks it, and says so', async () => {
    const inspector = await openPage(browser, { scenario: 'small' });
    const { page } = inspector;
    await button(page, 'Sample …').click();
    await button(page, 'Complete').click();
    await choose(page, 'Of the', 'Test rows');
    await choose(page, 'Given', 'Left half');
    await field(page, 'Rows').fill('20');
    await field(page, 'From row').fill('5');
    await field(page, 'From row').press('Enter');
    const keep = [0, 4, 8, 12].map((from) => [from, from + 1]);
    await expect
      .poll(() => asked(inspector, 'sample'))
      .toEqual([{ rows: 20, seed: 1, temperature: 1, given: { split: 'test', keep, first: 4, count: 10 } }]);
    await expect
      .poll(() => page.locator('.reading').innerText())
      .toContain('8 of 16 variables of each row were given and are outlined');
    await expect.poll(() => page.locator('.sample-grid .given path').count()).toBe(2);
    await page.locator('.sample-grid').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('.readout').innerText()).toMatch(/x₁ = [01], given\.$/);
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.readout').innerText()).toMatch(/drawn with probability/);
  });

  it('is not offered for flows, whose temperature is that of their base', async () => {
    const inspector = await openPage(browser, { scenario: 'maf' });
    const { page } = inspector;
    await button(page, 'Sample …').click();
    await expect
      .poll(() => page.locator('.sampling').innerText())
      .toContain('Draws from the base are multiplied by the temperature');
    await expect.poll(() => button(page, 'Complete').count()).toBe(0);
    await button(page, 'Draw').click();
    await expect.poll(() => asked(inspector, 'sample')).toEqual([{ rows: 100, seed: 1, temperature: 1 }]);
    await expect.poll(() => page.locator('.reading').innerText()).toContain('100 rows drawn from the model');
  });

  it('takes a list of variables, and says what is wrong with one', async () => {
    const inspector = await openPage(browser, { scenario: 'table' });
    const { page } = inspector;
    await button(page, 'Sample …').click();
    await button(page, 'Complete').click();
    await choose(page, 'Given', 'Listed variables');
    await field(page, 'Variables').fill('3-40');
    await button(page, 'Draw').click();
    await expect.poll(() => page.locator('.field-problem').innerText()).toContain('Variables from 1 to 16');
    await expect.poll(() => asked(inspector, 'sample')).toEqual([]);
    await field(page, 'Variables').fill('1-2, 16');
    await button(page, 'Draw').click();
    await expect.poll(async () => (await asked(inspector, 'sample')).length).toBe(1);
    await expect
      .poll(async () => (await asked(inspector, 'sample'))[0])
      .toMatchObject({
        given: {
          keep: [
            [0, 1],
            [15, 15],
          ],
        },
      });
  });

  it('offers the labels of a model that is conditioned on them', async () => {
    const inspector = await openPage(browser, { scenario: 'conditioned' });
    const { page } = inspector;
    await button(page, 'Sample …').click();
    await choose(page, 'Label', '2');
    await button(page, 'Draw').click();
    await expect
      .poll(() => asked(inspector, 'sample'))
      .toEqual([{ rows: 100, seed: 1, temperature: 1, context: { label: 2 } }]);
  });
});

/** Name or text of what has the focus. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: at } = document;
    return at === document.body ? 'nothing' : (at?.getAttribute('aria-roledescription') ?? at?.textContent.trim());
  });

describe('the focus', () => {
  it('stays in the form: a list that is closed, a drawing that begins and is given up', async () => {
    const inspector = await openPage(browser);
    const { page, mock } = inspector;
    await mock((host) => host.stickDrawings(0.5));
    await button(page, 'Sample …').click();
    await button(page, 'Complete').click();
    const list = page.locator('.sampling vscode-dropdown').first();
    const isOpen = () => list.evaluate((one) => (one as HTMLElement & { open: boolean }).open);
    await list.focus();
    await page.keyboard.press('Enter');
    await expect.poll(isOpen).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(isOpen).toBe(false);
    await expect
      .poll(() => page.locator('form.sampling').count(), { message: 'the key was meant for the list' })
      .toBe(1);
    await button(page, 'Draw').focus();
    await page.keyboard.press('Enter');
    await page.locator('.being-drawn').waitFor();
    await expect.poll(() => focused(page)).toBe('Drawing …');
    await button(page, 'Cancel').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Draw');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('form.sampling').count()).toBe(0);
    await expect.poll(() => focused(page)).toBe('Sample …');
  });

  it('goes to the samples when a drawing is given up above them', async () => {
    const { page, mock } = await openPage(browser);
    await mock((host) => host.stickDrawings(0.5));
    await button(page, 'Sample …').click();
    await button(page, 'Draw').click();
    await button(page, 'Cancel drawing').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.being-drawn').count()).toBe(0);
    await expect.poll(() => focused(page)).toBe('grid of samples');
  });
});

describe('a drawing that takes its time', () => {
  it('shows how far it is, what there is of it, and is given up', async () => {
    const inspector = await openPage(browser);
    const { page, mock } = inspector;
    await mock((host) => host.stickDrawings(0.5));
    await button(page, 'Sample …').click();
    await button(page, 'Draw').click();
    await expect.poll(() => page.locator('.being-drawn').innerText()).toContain('Drawing 100 rows: 50 %');
    await expect
      .poll(() => page.locator('.being-drawn progress').evaluate((bar: HTMLProgressElement) => bar.value))
      .toBe(0.5);
    await page.locator('.sample-grid').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.readout').innerText()).toContain('x₁₆ is not drawn yet');
    await button(page, 'Cancel drawing').click();
    await expect.poll(() => page.locator('.message').innerText()).toContain('given up: nothing was written');
    await expect.poll(() => page.locator('.being-drawn').count()).toBe(0);
    await expect.poll(() => button(page, 'Draw').isEnabled()).toBe(true);
  });

  it('keeps neither the form nor the outcome of another run waiting', async () => {
    const inspector = await openPage(browser);
    const { page, mock } = inspector;
    await mock((host) => host.stickDrawings(0.5));
    await button(page, 'Sample …').click();
    await button(page, 'Draw').click();
    await page.locator('.being-drawn').waitFor();
    await mock((host) => host.stickDrawings(null));
    await mock((host) => host.reset('table'));
    await expect.poll(() => page.locator('.being-drawn').count()).toBe(0);
    await button(page, 'Sample …').click();
    await field(page, 'Rows').fill('20');
    await button(page, 'Draw').click();
    await expect.poll(async () => (await asked(inspector, 'sample')).length).toBe(2);
    await expect.poll(() => page.locator('.reading').innerText()).toMatch(/^20 rows drawn/);
  });

  it('keeps its form after the page was hidden', async () => {
    const inspector = await openPage(browser);
    const { page } = inspector;
    await button(page, 'Sample …').click();
    await button(page, 'Complete').click();
    await field(page, 'Seed').fill('77');
    await page.reload();
    await expect.poll(() => field(page, 'Seed').inputValue()).toBe('77');
    await expect.poll(() => button(page, 'Complete').getAttribute('aria-pressed')).toBe('true');
  });
});
