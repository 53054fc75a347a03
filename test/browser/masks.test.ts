/** Stepping through masks, and the map of one output, in Chromium. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { InspectorOptions } from './mock/inspector.ts';
import { asked, button, openPage } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const note = (page: Page) => page.locator('.figure-head .note').first().innerText();

async function open(tab: 'connectivity' | 'dependency', options: InspectorOptions = {}) {
  const inspector = await openPage(browser, { width: 1000, height: 900, ...options });
  await inspector.page.locator(`#tab-${tab}`).click();
  await inspector.page
    .locator(tab === 'connectivity' ? '.graph' : '.dependency-map')
    .first()
    .waitFor();
  return inspector;
}

describe('masks of an ensemble', () => {
  it('are gone through by buttons and keys, and it is said what changes; what is pinned stays', async () => {
    const { page } = await open('connectivity', { scenario: 'several' });
    await page.locator('.graph').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const pinned = await page.locator('.unit-details h3').innerText();
    await expect.poll(() => note(page)).toContain('mask 1 of 8');
    const degrees = () =>
      page.locator('.graph svg.base circle').evaluateAll((all) => all.map((c) => c.getAttribute('fill')));
    const before = await degrees();
    await button(page, 'Next mask (→)').click();
    await expect.poll(() => note(page)).toContain('mask 2 of 8');
    await expect
      .poll(() => page.locator('.drawing .note').innerText())
      .toBe('Differs from mask 1 of 8 in its order and degrees.');
    await expect.poll(() => degrees()).not.toEqual(before);
    await expect.poll(() => page.locator('.unit-details h3').innerText()).toBe(pinned);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => note(page)).toContain('mask 3 of 8');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => note(page)).toContain('mask 8 of 8');
  });

  it('play on by themselves until they are held', async () => {
    const { page } = await open('connectivity', { scenario: 'several' });
    await button(page, 'Play the masks, one a second (p)').click();
    await expect.poll(() => note(page)).toContain('mask 3 of 8');
    await page.keyboard.press(' ');
    await button(page, 'Play the masks, one a second (p)').waitFor();
    const held = await note(page);
    await page.waitForTimeout(1500);
    await expect.poll(async () => (await note(page)).replace(/ · order.*/, '')).toBe(held.replace(/ · order.*/, ''));
  });

  it('leave the space bar to the button that it is on, and play with a key of their own', async () => {
    const { page } = await open('connectivity', { scenario: 'several' });
    const before = await note(page);
    await button(page, 'Next mask (→)').focus();
    await page.keyboard.press(' ');
    await expect.poll(() => note(page)).not.toBe(before);
    await expect.poll(() => button(page, 'Hold (p)').count()).toBe(0);
    await page.keyboard.press('p');
    await button(page, 'Hold (p)').waitFor();
  });

  it('do not move by themselves where less motion is asked for', async () => {
    const { page } = await open('connectivity', { scenario: 'several' });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const play = page.getByRole('button', { name: /^Play is off/ });
    await play.waitFor();
    await expect.poll(() => play.isDisabled()).toBe(true);
  });
});

describe('dependency map', () => {
  it('is of the last output in the order, and of whichever is chosen by pointer, keys or number', async () => {
    const inspector = await open('dependency', { scenario: 'digits' });
    const { page } = inspector;
    const title = () => page.locator('.figure-head h2').innerText();
    await expect.poll(() => title()).toBe('What x̂₇₈₄ depends on');
    await expect.poll(() => page.locator('.reading').innerText()).toContain('of 783 earlier pixels; strongest');
    const map = page.locator('.dependency-map');
    const box = (await map.boundingBox())!;
    await page.mouse.click(box.x + box.width / 2 + 3, box.y + box.height / 2 + 3);
    await expect.poll(title).toBe('What x̂₄₀₇ depends on');
    await expect.poll(() => page.locator('.reading').innerText()).toContain('of 406 earlier pixels');
    await page.keyboard.press('ArrowUp');
    await expect.poll(title).toBe('What x̂₃₇₉ depends on');
    await page.keyboard.press('Home');
    await expect
      .poll(() => page.locator('.reading').innerText())
      .toBe('x̂₁ is first in the order: it may depend on no pixel.');
    await page.getByRole('textbox', { name: /Output/ }).fill('785');
    await page.getByText('a number from 1 to 784').waitFor();
    await page.getByRole('textbox', { name: /Output/ }).fill('20');
    await expect.poll(title).toBe('What x̂₂₀ depends on');
    const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string; options?: object }[] }[];
    expect(pulls.at(-1)!.frames).toEqual([expect.objectContaining({ kind: 'dependency', options: { output: 19 } })]);
    await page.reload();
    await expect.poll(title).toBe('What x̂₂₀ depends on');
  });

  it('reads the input pointed at, by the pointer or by Shift and an arrow', async () => {
    const { page } = await open('dependency');
    const told = () => page.locator('.told').innerText();
    const box = (await page.locator('.dependency-map').boundingBox())!;
    await page.mouse.move(box.x + 10, box.y + 10);
    await expect.poll(told).toContain('x₁ for x̂₁₆: x₁ comes before it (position 1 in the order), a path leads to it');
    await page.mouse.move(0, 0);
    await page.locator('.dependency-map').focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(told).toContain('x₁₅ for x̂₁₆');
    await expect.poll(() => page.locator('.figure-head h2').innerText()).toBe('What x̂₁₆ depends on');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.figure-head h2').innerText()).toBe('What x̂₁₅ depends on');
  });

  it('names a leak with its pair, in words, in the table and in the picture', async () => {
    const { page } = await open('dependency', { scenario: 'leaky' });
    await page.getByRole('textbox', { name: /Output/ }).fill('10');
    await expect.poll(() => page.locator('.reading').innerText()).toContain('A leak: x̂₁₀ ← x₁₀');
    await expect.poll(() => page.locator('.dependency-map .leaks text').textContent()).toBe('leak x̂₁₀ ← x₁₀');
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.getByRole('row', { name: /x₁₀ 10 leak yes/ }).waitFor();
  });

  it('is a list of bars where rows are no images', async () => {
    const { page } = await open('dependency', { scenario: 'table' });
    const lines = await page.locator('.dependency-map svg').first().locator('text').allTextContents();
    expect(lines.filter((line) => line.startsWith('x'))).toHaveLength(16);
  });
});

describe('a network with a context and companion weights', () => {
  it('shows either weights, tells both, and says of the context whom it reaches', async () => {
    const { page } = await open('connectivity', { scenario: 'conditioned' });
    await expect
      .poll(() => page.locator('.reading').innerText())
      .toContain('The context (3 columns, degree 0) leads into');
    const square = (await page.locator('.graph svg.base .context rect').nth(1).boundingBox())!;
    await page.mouse.move(square.x + square.width / 2, square.y + square.height / 2);
    await expect.poll(() => page.locator('.told').innerText()).toContain('c₂ (context, degree 0) leads into');
    await page.mouse.click(square.x + square.width / 2, square.y + square.height / 2);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.locator('.told').innerText()).toContain('c₁ (context, degree 0) leads into');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.locator('.told').innerText()).toMatch(/^x₁₆/);
    const edges = () =>
      page.locator('.graph svg.base .edges path').evaluateAll((all) => all.map((own) => own.getAttribute('d')));
    const before = await edges();
    await button(page, 'U').click();
    await expect.poll(edges).not.toEqual(before);
    await expect.poll(() => page.locator('svg.legend').first().getAttribute('aria-label')).toContain('positive U');
    await page.locator('#tab-masks').click();
    const titles = () => page.locator('.matrices figcaption b').allInnerTexts();
    await expect
      .poll(titles)
      .toEqual([
        ...['W¹', 'W²', 'V', 'A, direct'],
        ...['U of W¹', 'U of W²', 'U of V', 'U of A, direct'],
        ...['context into hidden layer 1', 'context into outputs'],
      ]);
    const pane = page.locator('.matrices .matrix').last();
    await pane.hover({ position: { x: 70, y: 100 } });
    await expect.poll(() => page.locator('.told').first().innerText()).toMatch(/sees c₁ of the context, .*weight/);
  });
});
