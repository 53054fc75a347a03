/** Networks in Chromium: what the pointer and the keys find in them, and what stays. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { openNetwork, told, words } from './networkPage.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Nodes as drawn: inputs first, then hidden layers, then outputs, each by degree. */
const node = (page: Page, index: number) => page.locator('.graph svg.base circle').nth(index);
const OUTPUTS = 16 + 64 + 64;

async function centre(page: Page, index: number): Promise<{ x: number; y: number }> {
  const box = (await node(page, index).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function pointAt(page: Page, index: number): Promise<void> {
  const { x, y } = await centre(page, index);
  await page.mouse.move(x, y);
}

const zoomOf = (page: Page) => page.locator('.graph svg.base > g').getAttribute('transform');
const WHOLE = 'translate(0,0) scale(1)';

describe('a small network', () => {
  it('says of the unit pointed at what it depends on, by how many paths, and lights it up', async () => {
    const { page } = await openNetwork(browser, 'connectivity');
    await pointAt(page, OUTPUTS + 2);
    await expect.poll(() => words(page)).toMatch(/^x̂₃ depends on x₁ and x₂: [\d,]+ paths\.$/);
    await expect.poll(() => told(page)).toBe(await words(page));
    // Two inputs, the output itself, and the hidden units between.
    const lit = await page.locator('.graph svg.over circle').count();
    expect(lit).toBeGreaterThan(3);
    expect(lit).toBeLessThan(OUTPUTS);
    await page.mouse.move(5, 5);
    await expect.poll(() => page.locator('.graph svg.over circle').count()).toBe(0);
    await expect.poll(() => told(page)).toContain('Point at a unit');
  });

  it('keeps what is pinned: when the pointer leaves, in the other views, after a reload; and lets go of it', async () => {
    const { page } = await openNetwork(browser, 'connectivity');
    const place = await centre(page, OUTPUTS + 4);
    await page.mouse.click(place.x, place.y);
    await page.mouse.move(5, 5);
    await expect.poll(() => told(page)).toMatch(/^x̂₅ depends on .+ Pinned\.$/);
    await expect.poll(() => page.locator('.unit-details').innerText()).toContain('4 of 16 inputs');

    await page.locator('#tab-masks').click();
    await expect.poll(() => page.locator('.matrix svg.over .highlight').count()).toBe(5);
    await expect.poll(() => told(page)).toContain('x̂₅ depends on');

    await page.reload();
    await page.locator('#tab-connectivity').click();
    await expect.poll(() => told(page)).toMatch(/^x̂₅ depends on .+ Pinned\.$/);
    const again = await centre(page, OUTPUTS + 4);
    await page.mouse.click(again.x, again.y);
    await page.mouse.move(5, 5);
    await expect.poll(() => told(page)).toContain('Point at a unit');
  });

  it('keeps the outline of the pin while another unit is pointed at, and words off the unit itself', async () => {
    const { page } = await openNetwork(browser, 'connectivity');
    const place = await centre(page, OUTPUTS + 4);
    await page.mouse.click(place.x, place.y);
    await expect.poll(() => told(page)).toContain('Pinned.');
    await expect.poll(() => page.locator('.graph svg.over .pin').count()).toBe(0);
    await pointAt(page, 40);
    await expect.poll(() => page.locator('.graph svg.over .pin circle').count()).toBe(2);
    const pin = (await page.locator('.graph svg.over .pin circle').last().boundingBox())!;
    expect(Math.abs(pin.x + pin.width / 2 - place.x)).toBeLessThan(1);
    await expect.poll(() => page.locator('.unit-details').innerText()).toContain('x̂₅');
    const [said, own] = [(await page.locator('.words').boundingBox())!, await centre(page, 40)];
    expect(said.x > own.x || said.x + said.width < own.x).toBe(true);
  });

  it('is walked by the arrow keys, pinned by Enter and let go by Escape', async () => {
    const { page } = await openNetwork(browser, 'connectivity');
    await page.locator('.graph').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => told(page)).toContain('x̂₁ is first in the order');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => told(page)).toMatch(/^x̂₄ depends on x₁ … x₃/);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => told(page)).toMatch(/^h²\S+ \(degree \d+\)/);
    await page.keyboard.press('Enter');
    await expect.poll(() => told(page)).toContain('Pinned.');
    await page.keyboard.press('Home');
    await expect.poll(() => told(page)).not.toContain('Pinned.');
    await page.keyboard.press('Escape');
    await expect.poll(() => told(page)).toContain('Point at a unit');
    await expect.poll(() => page.locator('.told').first().getAttribute('role')).toBe('status');
  });

  it('zooms with Ctrl and the wheel or by buttons, and keeps that through frames, tabs and a reload', async () => {
    const { page, mock } = await openNetwork(browser, 'connectivity');
    const place = await centre(page, 40);
    await page.mouse.move(place.x, place.y);
    await page.mouse.wheel(0, -300);
    await expect.poll(() => zoomOf(page)).toBe(WHOLE);
    await page.evaluate(() => scrollTo(0, 0));
    const figure = (await page.locator('.graph').boundingBox())!;
    await page.mouse.move(figure.x + 300, figure.y + 200);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -60);
    await page.keyboard.up('Control');
    await expect.poll(() => zoomOf(page)).not.toBe(WHOLE);
    await page.mouse.move(5, 5);
    const zoomed = await zoomOf(page);

    const before = await page.locator('.figure .note').innerText();
    await mock((host) => host.train(7));
    await expect.poll(() => page.locator('.figure .note').innerText()).not.toBe(before);
    await expect.poll(() => zoomOf(page)).toBe(zoomed);
    await page.locator('#tab-curves').click();
    await page.locator('#tab-connectivity').click();
    await expect.poll(() => zoomOf(page)).toBe(zoomed);
    await page.waitForTimeout(400);
    await page.reload();
    await expect.poll(() => zoomOf(page)).toBe(zoomed);

    await page.getByRole('button', { name: 'Reset to the whole figure' }).click();
    await expect.poll(() => zoomOf(page)).toBe(WHOLE);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(() => zoomOf(page)).toContain('scale(1.6)');
  });

  it('fits what is pinned into view', async () => {
    const { page } = await openNetwork(browser, 'connectivity');
    const place = await centre(page, OUTPUTS + 1);
    await page.mouse.click(place.x, place.y);
    const fit = page.getByRole('button', { name: 'Fit what is pinned' });
    await expect.poll(() => fit.isDisabled()).toBe(false);
    await fit.click();
    const lit = page.locator('.graph svg.over circle');
    await expect.poll(() => zoomOf(page)).not.toBe(WHOLE);
    const frame = (await page.locator('.graph').boundingBox())!;
    for (let i = 0; i < (await lit.count()); i++) {
      const box = (await lit.nth(i).boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(frame.x - 1);
      expect(box.x + box.width).toBeLessThanOrEqual(frame.x + frame.width + 1);
    }
  });

  it('shows units by degree or as numbered', async () => {
    const { page } = await openNetwork(browser, 'connectivity', { scenario: 'several' });
    const names = () =>
      page
        .locator('.graph svg.base text')
        .filter({ hasText: /^x[₀-₉]+$/ })
        .allTextContents();
    const byDegree = await names();
    await page.locator('vscode-dropdown').first().click();
    await page.locator('vscode-option', { hasText: 'as numbered' }).click();
    await expect.poll(names).toEqual([...byDegree].sort((a, b) => numberOf(a) - numberOf(b)));
    expect(byDegree).not.toEqual(await names());
  });

  it('draws what leaks though the degrees would not have it, and says so', async () => {
    const { page } = await openNetwork(browser, 'connectivity', { scenario: 'leaky' });
    const reading = await page.locator('.figure .reading').first().innerText();
    expect(reading).toMatch(/^\d+ of 136 forbidden pairs are joined, such as x̂\S+ ← x\S+\. /);
    await expect.poll(() => page.locator('.graph svg.base .leaks path').count()).toBe(3 * 2);
    await expect.poll(() => page.locator('.graph svg.base .wrong-outputs circle').count()).toBeGreaterThan(0);
    await pointAt(page, OUTPUTS + 2);
    await expect.poll(() => words(page)).toMatch(/ A leak: it must not depend on x₃\.$/);
  });
});

const numberOf = (name: string) => Number(Array.from(name.slice(1), (digit) => '₀₁₂₃₄₅₆₇₈₉'.indexOf(digit)).join(''));

describe('a large network', () => {
  it('answers on strips and in matrices', async () => {
    const { page } = await openNetwork(browser, 'connectivity', { scenario: 'digits' });
    const graph = (await page.locator('.graph').boundingBox())!;
    // The strip of inputs runs along the top of the first matrix.
    await page.mouse.move(graph.x + 60, graph.y + 26);
    await expect.poll(() => told(page)).toMatch(/^\d+ outputs, x̂\S+ … x̂₇₈₄ depend on x\S+: .+ paths\.$/);
    await page.mouse.move(graph.x + 40, graph.y + 200);
    await expect.poll(() => told(page)).toMatch(/^h¹\S+ \(degree \d+\) sees x\S+ \(degree \d+\): weight .+\.$/);
    await page.mouse.move(graph.x + 250, graph.y + 60);
    await expect.poll(() => told(page)).toContain('the mask is 0');
  });

  it('touches nothing but the highlight when the pointer moves: no canvas painted, no base redrawn', async () => {
    const { page } = await openNetwork(browser, 'connectivity', { scenario: 'digits' });
    await page.waitForTimeout(500);
    const seen = await page.evaluate(async () => {
      const painted = { count: 0 };
      const draw = CanvasRenderingContext2D.prototype.drawImage;
      CanvasRenderingContext2D.prototype.drawImage = function (...args: unknown[]) {
        painted.count++;
        Reflect.apply(draw, this, args);
      };
      let mutations = 0;
      const observer = new MutationObserver((records) => (mutations += records.length));
      for (const still of document.querySelectorAll('.graph > canvas, .graph > svg.base')) {
        observer.observe(still, { childList: true, subtree: true, characterData: true });
      }
      const graph = document.querySelector('.graph')!;
      const { left, top, width, height } = graph.getBoundingClientRect();
      let most = 0;
      const sentences = new Set<string>();
      for (let i = 0; i < 120; i++) {
        const clientX = left + (width * ((i * 37) % 120)) / 120;
        const clientY = top + (height * i) / 120;
        graph.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX, clientY }));
        await new Promise(requestAnimationFrame);
        most = Math.max(most, graph.querySelectorAll('svg.over *').length);
        sentences.add(document.querySelector('.told')!.textContent);
      }
      observer.disconnect();
      return { painted: painted.count, mutations, most, sentences: sentences.size };
    });
    expect(seen.painted).toBe(0);
    expect(seen.mutations).toBe(0);
    expect(seen.most).toBeLessThan(60);
    expect(seen.sentences).toBeGreaterThan(50);
  });

  it('keeps what is pinned in view when zoomed by buttons, with names and units along every matrix', async () => {
    const { page } = await openNetwork(browser, 'connectivity', { scenario: 'digits' });
    const graph = page.locator('.graph');
    const box = (await graph.boundingBox())!;
    // A unit on the strip of inputs, far to the left.
    await page.mouse.click(box.x + 60, box.y + 26);
    await expect.poll(() => told(page)).toContain('Pinned.');
    await page.mouse.move(5, 5);
    for (let i = 0; i < 6; i++) {
      await page.getByRole('button', { name: 'Zoom in' }).click();
      const lit = (await page.locator('.graph svg.over .highlight > path').last().boundingBox())!;
      expect(lit.x).toBeLessThan(box.x + box.width);
      expect(lit.x + lit.width).toBeGreaterThan(box.x);
    }
    const texts = await page.locator('.graph svg.base .rulers text').allTextContents();
    expect(texts.some((text) => /^x[₀-₉]+$/.test(text))).toBe(true);
    expect(texts.some((text) => /^h¹/.test(text))).toBe(true);
    const name = (await page.locator('.graph svg.base text').filter({ hasText: /^W¹$/ }).boundingBox())!;
    const now = (await graph.boundingBox())!;
    expect(name.x).toBeGreaterThan(now.x);
    expect(name.y + name.height).toBeLessThan(now.y + now.height);
  });

  it('zooms into its matrices and finds single units there', async () => {
    const { page } = await openNetwork(browser, 'connectivity', { scenario: 'digits' });
    const graph = (await page.locator('.graph').boundingBox())!;
    await page.mouse.move(graph.x + 100, graph.y + 150);
    await page.keyboard.down('Control');
    for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    const unit = async (dx: number) => {
      await page.mouse.move(graph.x + 100 + dx, graph.y + 150);
      await page.waitForTimeout(50);
      return told(page);
    };
    const here = await unit(0);
    // Zoomed in, a pixel is less than a unit: one step away it is still the same.
    await expect.poll(() => unit(1)).toBe(here);
    await expect.poll(() => unit(120)).not.toBe(here);
  });
});
