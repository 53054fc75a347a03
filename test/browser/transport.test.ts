/** The views of where a flow carries rows: transport, latent traffic. */
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

async function open(name: 'Transport' | 'Latent traffic', options: InspectorOptions = {}) {
  const inspector = await openPage(browser, { scenario: 'maf', ...options });
  await tab(inspector.page, name).click();
  await inspector.page.locator('.figure').first().waitFor();
  return inspector;
}

const plane = (page: Page) => page.getByRole('application');
const title = async (page: Page) => (await plane(page).getAttribute('aria-label'))!.split('. ')[0];
const stage = (page: Page) => page.getByRole('slider', { name: 'Stage' });

describe('transport', () => {
  it('goes from stage to stage by the slider, the buttons and the keyboard, and says where it is', async () => {
    const { page } = await open('Transport');
    await expect
      .poll(() => page.locator('.reading').innerText())
      .toMatch(/^4 layers carry 120 validation rows to a standard Gaussian/);
    await expect.poll(() => title(page)).toBe('x, as the data are');
    await button(page, 'Stage after').click();
    await expect.poll(() => title(page)).toBe('After layer 1 of 4: Additive coupling, x₁ passes, x₂ moves');
    await stage(page).fill('2.5');
    await expect.poll(() => title(page)).toBe('Layer 3 of 4: Affine coupling, x₁ passes, x₂ moves');
    await plane(page).focus();
    await page.keyboard.press('PageDown');
    await expect.poll(() => title(page)).toMatch(/^After layer 3 of 4/);
    await page.keyboard.press('PageDown');
    await expect.poll(() => title(page)).toMatch(/^u, after layer 4 of 4/);
    await expect.poll(() => page.locator('.stages tr.here').innerText()).toContain('u: Scaling');
    await expect.poll(() => button(page, 'Stage after').isDisabled()).toBe(true);
  });

  it('plays to u and back, and can be stopped', async () => {
    const { page } = await open('Transport');
    const seen = new Set<number>();
    await page.getByText('Play to u').click();
    await expect.poll(async () => seen.add(Number(await stage(page).inputValue())).size).toBeGreaterThan(4);
    // In between stages, and not from one to the next alone.
    expect([...seen].some((at) => !Number.isInteger(at))).toBe(true);
    await page.getByText('Stop playing').click();
    const stopped = await stage(page).inputValue();
    await page.waitForTimeout(300);
    await expect.poll(() => stage(page).inputValue()).toBe(stopped);
    await stage(page).fill('4');
    await page.getByText('Play back to x').click();
    await expect.poll(async () => Number(await stage(page).inputValue())).toBeLessThan(4);
  });

  it('goes in whole stages where motion is not wanted', async () => {
    const { page } = await open('Transport', { reducedMotion: true });
    await page.getByText('Play to u').click();
    const seen: number[] = [];
    await expect
      .poll(
        async () => {
          seen.push(Number(await stage(page).inputValue()));
          return seen.at(-1);
        },
        { interval: 30 },
      )
      .toBe(2);
    expect(seen.every(Number.isInteger)).toBe(true);
  });

  it('reads a row at the pointer and by the keyboard, and holds it while training goes on', async () => {
    const { page, mock } = await open('Transport');
    const told = () => page.locator('.stages caption').innerText();
    await expect.poll(() => told()).toBe('Mean over 120 rows');
    await plane(page).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(told).toMatch(/^Validation row \d+$/);
    const first = await told();
    await page.keyboard.press('ArrowRight');
    await expect.poll(told).not.toBe(first);
    await page.keyboard.press('ArrowLeft');
    const row = await told();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const before = (await plane(page).boundingBox())!;
    await mock((host) => host.train(40));
    await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain('step 1,274');
    await expect.poll(() => told()).toBe(row);
    await expect.poll(async () => (await plane(page).boundingBox())!.y).toBe(before.y);
    await plane(page).focus();
    await page.keyboard.press('Escape');
    await expect.poll(told).toBe('Mean over 120 rows');
    const box = (await plane(page).boundingBox())!;
    for (let x = 60; x < 400 && (await told()).startsWith('Mean'); x += 6) {
      for (let y = 120; y < 380 && (await told()).startsWith('Mean'); y += 12)
        await page.mouse.move(box.x + x, box.y + y);
    }
    await expect.poll(told).toMatch(/^Validation row/);
  });

  it('shows all stages at once, each leading to itself, and keeps what was chosen', async () => {
    const { page } = await open('Transport');
    await button(page, 'All at once').click();
    await expect.poll(() => page.locator('.film svg .stage').count()).toBe(5);
    await page.getByRole('button', { name: /^After layer 2 of 4/ }).click();
    await expect.poll(() => title(page)).toMatch(/^After layer 2 of 4/);
    await page.getByRole('checkbox', { name: 'Density' }).click();
    await expect.poll(() => page.locator('.contours').count()).toBe(0);
    await tab(page, 'Curves').click();
    await tab(page, 'Transport').click();
    await expect.poll(() => title(page)).toMatch(/^After layer 2 of 4/);
    await expect.poll(() => page.locator('.contours').count()).toBe(0);
  });

  it('is a table, and files', async () => {
    const inspector = await open('Transport');
    await button(inspector.page, 'Export Transport as CSV').click();
    const rows = csvParse((await exported(inspector, 'csv')).content as string);
    expect(rows).toHaveLength(120);
    const sum = rows.columns
      .filter((name) => name.startsWith('log|det|'))
      .reduce((all, name) => all + Number(rows[3]![name]), 0);
    expect(Number(rows[3]!['log p(x)'])).toBeCloseTo(sum + Number(rows[3]!['log p(u) in the base']), 4);
    await button(inspector.page, 'Export Transport as SVG').click();
    await expect.poll(async () => (await exported(inspector, 'svg')).content as string).toContain('x, as the data are');
    await button(inspector.page, 'Export Transport as JSON').click();
    await expect
      .poll(async () => JSON.parse((await exported(inspector, 'json')).content as string) as object)
      .toMatchObject({ kind: 'transport' });
  });
});

describe('latent traffic', () => {
  const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

  it('reads one coordinate, and others by the keyboard and the pictures', async () => {
    const { page } = await open('Latent traffic', { scenario: 'nice' });
    const own = section(page, 'Latent traffic');
    const readout = () => own.locator('.readout').innerText();
    await expect
      .poll(() => own.locator('.reading').innerText())
      .toMatch(/^800 validation rows, carried to u, beside the standard Gaussian/);
    const first = await readout();
    const chart = own.locator('.graph');
    await chart.focus();
    await page.keyboard.press('End');
    await expect.poll(readout).not.toBe(first);
    await page.keyboard.press('Home');
    await expect.poll(readout).toBe(first);
    await button(page, 'Coordinate of u: the one before').click();
    await expect.poll(readout).not.toBe(first);
  });

  it('asks for the way between the rows that are chosen', async () => {
    const inspector = await open('Latent traffic');
    const { page } = inspector;
    const own = section(page, 'Between two rows');
    await button(page, 'From row: the one after').click();
    await expect
      .poll(() => own.locator('.reading').innerText())
      .toMatch(/^From validation row 13 to row 402 on a straight line/);
    await button(page, 'Great circle').click();
    await expect.poll(() => own.locator('.reading').innerText()).toContain('on a great circle');
    const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string; options?: object }[] }[];
    const wishes = pulls.flatMap(({ frames }) => frames).filter(({ kind }) => kind === 'walk');
    expect(wishes.at(-1)!.options).toEqual({ first: 12, second: 401, path: 'spherical' });
  });

  it('draws at a temperature, the page staying where it is', async () => {
    const { page } = await open('Latent traffic');
    const own = section(page, 'Draws at a temperature');
    const slider = own.getByRole('slider', { name: 'Temperature' });
    await slider.scrollIntoViewIfNeeded();
    const before = (await slider.boundingBox())!;
    await slider.fill('0.35');
    await expect.poll(() => own.locator('.reading').innerText()).toContain('at temperature 0.35');
    await expect.poll(async () => (await slider.boundingBox())!.y).toBe(before.y);
  });

  it('exports each of its figures', async () => {
    const inspector = await open('Latent traffic');
    for (const name of ['Latent traffic', 'Between two rows', 'Draws at a temperature']) {
      await button(inspector.page, `Export ${name} as SVG`).click();
      await expect
        .poll(async () => (await exported(inspector, 'svg')).content as string)
        .toContain(name.replace(' a temp', ' temp'));
      await button(inspector.page, `Export ${name} as CSV`).click();
    }
    const files = () => inspector.mock((host) => host.exports.map(({ name, format }) => `${name}.${format}`));
    await expect.poll(async () => new Set(await files()).size).toBe(6);
  });
});

it.each(['light', 'hc-dark'] as const)(
  'has nothing seriously in the way of anybody, in the theme %s',
  async (theme) => {
    const { page } = await open('Transport', { theme });
    for (const name of ['Transport', 'Latent traffic']) {
      await tab(page, name).click();
      await page.locator('.figure').first().waitFor();
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<{
        violations: { id: string; impact: string | null; nodes: { html: string }[] }[];
      }>('axe.run(document, { resultTypes: ["violations"] })');
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(
        serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
      ).toEqual([]);
    }
  },
);

it('offers neither to a model that is no flow, and transport only in a plane', async () => {
  const { page } = await openPage(browser, {});
  await expect.poll(() => tab(page, 'Latent traffic').count()).toBe(0);
  const nice = await openPage(browser, { scenario: 'nice' });
  await expect.poll(() => tab(nice.page, 'Latent traffic').count()).toBe(1);
  await expect.poll(() => tab(nice.page, 'Transport').count()).toBe(0);
});
