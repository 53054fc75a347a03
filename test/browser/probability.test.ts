/** The views of probabilities: total probability, ensemble curve, conditional entropy. */
import { csvParse } from 'd3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { InspectorOptions } from './mock/inspector.ts';
import { button, exported, openPage, tab } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

type Name = 'Total probability' | 'Ensemble' | 'Conditional entropy';

async function open(name: Name, options: InspectorOptions = {}) {
  const inspector = await openPage(browser, options);
  await tab(inspector.page, name).click();
  await inspector.page.locator('.figure, section.empty').first().waitFor();
  return inspector;
}

// Of images the view of conditional entropies has one row below the means.
const reading = (page: Page) => page.locator('.reading').first().innerText();
const readout = (page: Page) => page.locator('.readout').first().innerText();
const graph = (page: Page) => page.locator('.drawing .graph').first();

describe('total probability', () => {
  it('says the number, how few rows carry it, and reads a row at the pointer and by the keyboard', async () => {
    const { page } = await open('Total probability');
    await expect
      .poll(() => reading(page))
      .toMatch(/^The probabilities of all 65,536 rows add up to 1 to within 6 × 10⁻⁸\./);
    await expect.poll(() => graph(page).locator('svg').textContent()).toContain('Σ p(x) = 1.0000001');
    await graph(page).focus();
    await page.keyboard.press('Home');
    await expect.poll(() => readout(page)).toMatch(/^Row 1 of 12: p = 0\.09, .* of the training rows; x₁ = [01]\.$/);
    await page.keyboard.press('PageDown');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => readout(page)).toMatch(/^Row 2 of 12: .* x₂ =/);
    const box = (await graph(page).locator('canvas').boundingBox())!;
    expect(box.height).toBeGreaterThan(300);
  });

  it('pins a variable, which the other views then mark', async () => {
    const { page } = await open('Total probability');
    await graph(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await tab(page, 'Conditional entropy').click();
    await expect.poll(() => readout(page)).toMatch(/^Pinned: x₂ \(position/);
    await tab(page, 'Samples').click();
    await expect.poll(() => readout(page)).toContain('x₂ is pinned');
  });

  it('is given the label that is chosen', async () => {
    const inspector = await open('Total probability', { scenario: 'conditioned' });
    const { page } = inspector;
    await expect.poll(() => reading(page)).toContain('rows given label 0 add up to 1');
    await page.getByRole('combobox', { name: 'Given' }).click();
    await page.getByRole('option', { name: 'label 2', exact: true }).click();
    await expect.poll(() => reading(page)).toContain('rows given label 2 add up to 1');
  });

  it('says that a sum which is not 1 is none of a density', async () => {
    const { page } = await open('Total probability', { scenario: 'leaky' });
    await expect.poll(() => reading(page)).toContain('add up to 1.84, not 1: this is no density');
    await expect.poll(() => graph(page).locator('svg').textContent()).toContain('≠ 1: no density');
  });

  it('holds values fast where there are too many rows', async () => {
    const { page } = await open('Total probability', { scenario: 'digits' });
    await expect.poll(() => reading(page)).toMatch(/^There are 2⁷⁸⁴ rows, too many to go through\. Instead:/);
  });

  it('is a table, and files', async () => {
    const inspector = await open('Total probability');
    const { page } = inspector;
    await button(page, 'Show as table').click();
    await expect.poll(() => page.locator('tbody tr').first().innerText()).toContain('Σ p(x)');
    await button(page, 'Show as picture').click();
    await button(page, 'Export Total probability as CSV').click();
    const rows = csvParse((await exported(inspector, 'csv')).content as string);
    expect(rows.filter(({ What }) => /^[01]{16}$/.test(What!))).toHaveLength(12);
    await button(page, 'Export Total probability as SVG').click();
    await expect.poll(async () => (await exported(inspector, 'svg')).content as string).toContain('Σ p(x) = 1.0000001');
  });
});

describe('ensemble curve', () => {
  it('reads so many masks by the keyboard', async () => {
    const { page } = await open('Ensemble', { scenario: 'several' });
    await expect
      .poll(() => reading(page))
      .toMatch(/^8 masks together need .* nats a row, .* less than one of them on average/);
    const curve = page.getByRole('slider', { name: 'Number of masks averaged' });
    await curve.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => readout(page)).toMatch(/^1 mask · together/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => curve.getAttribute('aria-valuenow')).toBe('2');
    await page.keyboard.press('End');
    await expect.poll(() => readout(page)).toMatch(/^8 masks/);
  });

  it('follows the unit of likelihoods', async () => {
    const { page } = await open('Ensemble', { scenario: 'several' });
    await button(page, 'bits/dim').click();
    await expect.poll(() => reading(page)).toMatch(/need 0\.\d{4} bits\/dim a row/);
  });

  it('says that one mask is no ensemble', async () => {
    const { page } = await open('Ensemble');
    await expect
      .poll(() => page.locator('section.empty').innerText())
      .toContain('This model has one mask, so there is no ensemble');
  });
});

describe('conditional entropy', () => {
  it('is an image of pixels first, and a chart along the order when asked', async () => {
    const { page } = await open('Conditional entropy', { scenario: 'digits' });
    await expect
      .poll(() => reading(page))
      .toMatch(/^The 784 variables cost .* that is the NLL of 2,000 validation rows of 10,000\./);
    const box = (await graph(page).boundingBox())!;
    await page.mouse.move(box.x + 3, box.y + 24);
    await expect.poll(() => readout(page)).toMatch(/^x₁ \(position \d+ of 784, row 1, column 1\) · −log p/);
    await button(page, 'In the order').click();
    await expect.poll(() => graph(page).locator('svg').textContent()).toContain('position in the model’s order');
    await button(page, 'Costliest first').click();
    await expect.poll(() => graph(page).locator('svg').textContent()).toContain('costliest');
  });

  it('goes from variable to variable by the keyboard, and pins one', async () => {
    const { page } = await open('Conditional entropy', { scenario: 'table' });
    await graph(page).focus();
    await page.keyboard.press('Home');
    await expect.poll(() => readout(page)).toContain('(position 1 of 16)');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => readout(page)).toContain('(position 2 of 16)');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect.poll(() => readout(page)).toMatch(/^Pinned: .*position 2 of 16/);
  });

  it('exports one line a variable', async () => {
    const inspector = await open('Conditional entropy', { scenario: 'table' });
    await button(inspector.page, 'Export Conditional entropy as CSV').click();
    const rows = csvParse((await exported(inspector, 'csv')).content as string);
    expect(rows).toHaveLength(16);
    expect(rows.columns).toContain('Mean entropy (nats)');
  });
});

it.each([
  ['Total probability', 'small', ['probability']],
  ['Ensemble', 'several', ['ensemble']],
  ['Conditional entropy', 'digits', ['entropy', 'rowSurprise']],
] as const)('%s says why it is not there', async (name, scenario, kinds) => {
  const { page, mock } = await openPage(browser, { scenario });
  for (const kind of kinds) await mock((host, broken) => host.breakFrames(broken, 'the data file is gone'), kind);
  await tab(page, name).click();
  await expect.poll(() => page.locator('p.placeholder').innerText()).toContain('the data file is gone');
});
