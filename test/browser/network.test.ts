/** Networks and matrices in Chromium: what the pointer and the keys find, what stays, what leaves as a file. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { Inspector, InspectorOptions } from './mock/inspector.ts';
import { openPage } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

async function open(tab: 'connectivity' | 'masks', options: InspectorOptions = {}): Promise<Inspector> {
  const inspector = await openPage(browser, { width: 1000, height: 900, ...options });
  await inspector.page.locator(`#tab-${tab}`).click();
  await inspector.page
    .locator(tab === 'masks' ? '.matrix' : '.graph')
    .first()
    .waitFor();
  return inspector;
}

/** Busy machines take their time over a picture of a million weights. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 15_000 });

const told = (page: Page) => page.locator('.told').first().innerText();
const words = (page: Page) => page.locator('.words').innerText();
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
    const { page } = await open('connectivity');
    await pointAt(page, OUTPUTS + 2);
    await eventually(() => words(page)).toMatch(/^x̂₃ depends on x₁ and x₂: [\d,]+ paths\.$/);
    expect(await told(page)).toBe(await words(page));
    // Two inputs, the output itself, and the hidden units between.
    const lit = await page.locator('.graph svg.over circle').count();
    expect(lit).toBeGreaterThan(3);
    expect(lit).toBeLessThan(OUTPUTS);
    await page.mouse.move(5, 5);
    await eventually(() => page.locator('.graph svg.over circle').count()).toBe(0);
    await eventually(() => told(page)).toContain('Point at a unit');
  });

  it('keeps what is pinned: when the pointer leaves, in the other views, after a reload; and lets go of it', async () => {
    const { page } = await open('connectivity');
    const place = await centre(page, OUTPUTS + 4);
    await page.mouse.click(place.x, place.y);
    await page.mouse.move(5, 5);
    await eventually(() => told(page)).toMatch(/^x̂₅ depends on .+ Pinned\.$/);
    expect(await page.locator('.unit-details').innerText()).toContain('4 of 16 inputs');

    await page.locator('#tab-masks').click();
    await eventually(() => page.locator('.matrix svg.over .highlight').count()).toBe(5);
    await eventually(() => told(page)).toContain('x̂₅ depends on');

    await page.reload();
    await page.locator('#tab-connectivity').click();
    await eventually(() => told(page)).toMatch(/^x̂₅ depends on .+ Pinned\.$/);
    const again = await centre(page, OUTPUTS + 4);
    await page.mouse.click(again.x, again.y);
    await page.mouse.move(5, 5);
    await eventually(() => told(page)).toContain('Point at a unit');
  });

  it('keeps the outline of the pin while another unit is pointed at, and words off the unit itself', async () => {
    const { page } = await open('connectivity');
    const place = await centre(page, OUTPUTS + 4);
    await page.mouse.click(place.x, place.y);
    await eventually(() => told(page)).toContain('Pinned.');
    expect(await page.locator('.graph svg.over .pin').count()).toBe(0);
    await pointAt(page, 40);
    await eventually(() => page.locator('.graph svg.over .pin circle').count()).toBe(2);
    const pin = (await page.locator('.graph svg.over .pin circle').last().boundingBox())!;
    expect(Math.abs(pin.x + pin.width / 2 - place.x)).toBeLessThan(1);
    expect(await page.locator('.unit-details').innerText()).toContain('x̂₅');
    const [said, own] = [(await page.locator('.words').boundingBox())!, await centre(page, 40)];
    expect(said.x > own.x || said.x + said.width < own.x).toBe(true);
  });

  it('is walked by the arrow keys, pinned by Enter and let go by Escape', async () => {
    const { page } = await open('connectivity');
    await page.locator('.graph').focus();
    await page.keyboard.press('ArrowRight');
    await eventually(() => told(page)).toContain('x̂₁ is first in the order');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await eventually(() => told(page)).toMatch(/^x̂₄ depends on x₁ … x₃/);
    await page.keyboard.press('ArrowDown');
    await eventually(() => told(page)).toMatch(/^h²\S+ \(degree \d+\)/);
    await page.keyboard.press('Enter');
    await eventually(() => told(page)).toContain('Pinned.');
    await page.keyboard.press('Home');
    await eventually(() => told(page)).not.toContain('Pinned.');
    await page.keyboard.press('Escape');
    await eventually(() => told(page)).toContain('Point at a unit');
    expect(await page.locator('.told').first().getAttribute('role')).toBe('status');
  });

  it('zooms with Ctrl and the wheel or by buttons, and keeps that through frames, tabs and a reload', async () => {
    const { page, mock } = await open('connectivity');
    const place = await centre(page, 40);
    await page.mouse.move(place.x, place.y);
    await page.mouse.wheel(0, -300);
    expect(await zoomOf(page)).toBe(WHOLE);
    await page.evaluate(() => scrollTo(0, 0));
    const figure = (await page.locator('.graph').boundingBox())!;
    await page.mouse.move(figure.x + 300, figure.y + 200);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -60);
    await page.keyboard.up('Control');
    await eventually(() => zoomOf(page)).not.toBe(WHOLE);
    await page.mouse.move(5, 5);
    const zoomed = await zoomOf(page);

    const before = await page.locator('.figure .note').innerText();
    await mock((host) => host.train(7));
    await eventually(() => page.locator('.figure .note').innerText()).not.toBe(before);
    expect(await zoomOf(page)).toBe(zoomed);
    await page.locator('#tab-curves').click();
    await page.locator('#tab-connectivity').click();
    await eventually(() => zoomOf(page)).toBe(zoomed);
    await page.waitForTimeout(400);
    await page.reload();
    await eventually(() => zoomOf(page)).toBe(zoomed);

    await page.getByRole('button', { name: 'Reset to the whole figure' }).click();
    await eventually(() => zoomOf(page)).toBe(WHOLE);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await eventually(() => zoomOf(page)).toContain('scale(1.6)');
  });

  it('fits what is pinned into view', async () => {
    const { page } = await open('connectivity');
    const place = await centre(page, OUTPUTS + 1);
    await page.mouse.click(place.x, place.y);
    const fit = page.getByRole('button', { name: 'Fit what is pinned' });
    await eventually(() => fit.isDisabled()).toBe(false);
    await fit.click();
    const lit = page.locator('.graph svg.over circle');
    await eventually(() => zoomOf(page)).not.toBe(WHOLE);
    const frame = (await page.locator('.graph').boundingBox())!;
    for (let i = 0; i < (await lit.count()); i++) {
      const box = (await lit.nth(i).boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(frame.x - 1);
      expect(box.x + box.width).toBeLessThanOrEqual(frame.x + frame.width + 1);
    }
  });

  it('shows units by degree or as numbered', async () => {
    const { page } = await open('connectivity', { scenario: 'several' });
    const names = () =>
      page
        .locator('.graph svg.base text')
        .filter({ hasText: /^x[₀-₉]+$/ })
        .allTextContents();
    const byDegree = await names();
    await page.locator('vscode-dropdown').first().click();
    await page.locator('vscode-option', { hasText: 'as numbered' }).click();
    await eventually(names).toEqual([...byDegree].sort((a, b) => numberOf(a) - numberOf(b)));
    expect(byDegree).not.toEqual(await names());
  });

  it('draws what leaks though the degrees would not have it, and says so', async () => {
    const { page } = await open('connectivity', { scenario: 'leaky' });
    const reading = await page.locator('.figure .reading').first().innerText();
    expect(reading).toMatch(/^\d+ of 136 forbidden pairs are joined, such as x̂\S+ ← x\S+\. /);
    await eventually(() => page.locator('.graph svg.base .leaks path').count()).toBe(3 * 2);
    await eventually(() => page.locator('.graph svg.base .wrong-outputs circle').count()).toBeGreaterThan(0);
    await pointAt(page, OUTPUTS + 2);
    await eventually(() => words(page)).toMatch(/ A leak: it must not depend on x₃\.$/);
  });
});

const numberOf = (name: string) => Number(Array.from(name.slice(1), (digit) => '₀₁₂₃₄₅₆₇₈₉'.indexOf(digit)).join(''));

describe('a large network', () => {
  it('answers on strips and in matrices', async () => {
    const { page } = await open('connectivity', { scenario: 'digits' });
    const graph = (await page.locator('.graph').boundingBox())!;
    // The strip of inputs runs along the top of the first matrix.
    await page.mouse.move(graph.x + 60, graph.y + 26);
    await eventually(() => told(page)).toMatch(/^\d+ outputs, x̂\S+ … x̂₇₈₄ depend on x\S+: .+ paths\.$/);
    await page.mouse.move(graph.x + 40, graph.y + 200);
    await eventually(() => told(page)).toMatch(/^h¹\S+ \(degree \d+\) sees x\S+ \(degree \d+\): weight .+\.$/);
    await page.mouse.move(graph.x + 250, graph.y + 60);
    await eventually(() => told(page)).toContain('the mask is 0');
  });

  it('touches nothing but the highlight when the pointer moves: no canvas painted, no base redrawn', async () => {
    const { page } = await open('connectivity', { scenario: 'digits' });
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
    const { page } = await open('connectivity', { scenario: 'digits' });
    const graph = page.locator('.graph');
    const box = (await graph.boundingBox())!;
    // A unit on the strip of inputs, far to the left.
    await page.mouse.click(box.x + 60, box.y + 26);
    await eventually(() => told(page)).toContain('Pinned.');
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
    const { page } = await open('connectivity', { scenario: 'digits' });
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
    expect(await unit(1)).toBe(here);
    expect(await unit(120)).not.toBe(here);
  });
});

describe('matrices', () => {
  it('name the pair pointed at in words, with paths and the measured value, and mark it in each other', async () => {
    const { page } = await open('masks');
    await page.getByLabel(/^Paths from 16 inputs/).scrollIntoViewIfNeeded();
    const paths = (await page.getByLabel(/^Paths from 16 inputs/).boundingBox())!;
    await page.mouse.move(paths.x + 60, paths.y + paths.height - 30);
    await eventually(() => words(page)).toMatch(/^x̂₁\S* depends on x₁: [\d,]+ paths\.$/);
    const lines = page.locator('.told');
    await eventually(() => lines.nth(2).innerText()).toMatch(/^x̂₁\S* ← x₁: mean \|∂\| = .+\.$/);
    expect(await lines.nth(1).getAttribute('aria-live')).toBe('polite');
    expect(await lines.nth(2).getAttribute('aria-live')).toBe('off');
    expect(await page.locator('.matrix svg.over .highlight').count()).toBe(5);
  });

  it.each([520, 760])('compare paths and Jacobian side by side, with one set of tools, %s px wide', async (width) => {
    const { page } = await open('masks', { width });
    const box = async (label: RegExp) => (await page.getByLabel(label).boundingBox())!;
    const [paths, jacobian] = [await box(/^Paths from 16/), await box(/^Measured Jacobian/)];
    expect(jacobian.x).toBeGreaterThanOrEqual(paths.x + paths.width);
    expect([jacobian.y, jacobian.width, jacobian.height]).toEqual([paths.y, paths.width, paths.height]);
    expect(await page.getByRole('button', { name: 'Zoom in' }).count()).toBe(1);
  });

  it('are walked by the arrow keys', async () => {
    const { page } = await open('masks');
    const jacobian = page.getByLabel(/^Measured Jacobian/);
    await jacobian.focus();
    await page.keyboard.press('ArrowDown');
    const line = page.locator('.told').nth(2);
    await eventually(() => line.innerText()).toMatch(/^x̂₉ ← x₉: mean \|∂\| = 0 over 256 rows, as it must be\.$/);
    await page.keyboard.press('ArrowLeft');
    await eventually(() => line.innerText()).toMatch(/^x̂₉ ← x₈: mean/);
    await page.keyboard.press('Enter');
    await eventually(() => line.innerText()).toContain('Pinned.');
    await page.keyboard.press('Escape');
    await eventually(() => line.innerText()).toContain('Point at a pair');
  });

  it('zoom together where they show the same pairs', async () => {
    const { page } = await open('masks');
    const labels = () =>
      page
        .getByLabel(/^Measured Jacobian/)
        .locator('svg text')
        .count();
    await page.getByRole('button', { name: 'Zoom in' }).first().click();
    await expect
      .poll(() =>
        page
          .getByLabel(/^Paths from/)
          .locator('svg text', { hasText: 'x₁' })
          .count(),
      )
      .toBeLessThan(9);
    const zoomed = await labels();
    await page.getByRole('button', { name: 'Reset to the whole figure' }).click();
    await eventually(labels).not.toBe(zoomed);
  });

  it('show what leaks in the colour of errors with an outline, and name the worst pair', async () => {
    const { page } = await open('masks', { scenario: 'leaky' });
    const jacobian = page.getByLabel(/^Measured Jacobian/);
    await eventually(() => jacobian.locator('.violations rect').count()).toBe(3);
    const worst = page.locator('.figure').nth(2).locator('.reading');
    expect(await worst.innerText()).toMatch(
      /^3 of 136 forbidden pairs leak: what must be 0 is not\. The worst is x̂\S+ ← x\S+/,
    );
    expect(await jacobian.locator('.violations').getAttribute('stroke')).toContain('foreground');
  });

  it('mark the weights that let it leak, and say which matrices they are in', async () => {
    const { page } = await open('masks', { scenario: 'leaky' });
    const readings = page.locator('.figure .reading');
    expect(await readings.first().innerText()).toMatch(
      /weights of W¹, [\d,]+ of W² and [\d,]+ of V lie on paths that leak: \d+ of 136 forbidden pairs joined\.$/,
    );
    expect(await readings.nth(1).innerText()).toMatch(/^\d+ of 136 forbidden pairs are joined, such as x̂\S+ ← x\S+/);
    await eventually(() =>
      page
        .getByLabel(/^V, 16 by 64/)
        .locator('.violations rect')
        .count(),
    ).toBeGreaterThan(0);
    await eventually(() =>
      page
        .getByLabel(/^Paths from/)
        .locator('.violations rect')
        .count(),
    ).toBeGreaterThan(0);
  });

  it('show the mask that is chosen, and the one in use again', async () => {
    const { page, mock } = await open('masks', { scenario: 'several' });
    const note = page.locator('.figure .note').first();
    expect(await note.innerText()).toContain('mask 1 of 8');
    await mock((host) => host.train(2));
    await page.waitForTimeout(300);
    expect(await note.innerText(), 'one mask is held still').toContain('mask 1 of 8');
    const choose = async (option: string) => {
      await page.locator('vscode-dropdown').nth(1).click();
      await page.locator('vscode-option', { hasText: option }).click();
    };
    await choose('5 of 8');
    await eventually(() => note.innerText()).toContain('mask 5 of 8');
    await mock((host) => host.train(1));
    await page.waitForTimeout(300);
    expect(await note.innerText()).toContain('mask 5 of 8');
    const wanted = await mock((host) => JSON.stringify(host.requests.at(-1)));
    expect(wanted).toContain('"mask":4');
    // What the header says is in use, whatever is looked at.
    const options = await page.locator('vscode-option', { hasText: 'in use' }).allTextContents();
    const inUse = /Mask (\d) of 8/.exec((await page.locator('.minor-facts').innerText()).replace(/\s+/g, ' '))![1];
    expect(options.map((option) => option.trim())).toEqual([`follow the one in use (${inUse})`]);
    await choose('in use');
    await eventually(() => note.innerText()).not.toContain('mask 5 of 8');
  });
});

describe('frames that cannot be had', () => {
  it('are explained in their place, and what there was stays with a warning', async () => {
    const { page, mock } = await openPage(browser, { width: 1000, height: 900 });
    await mock((host) => host.breakFrames('jacobian', 'the training rows are gone'));
    await page.locator('#tab-masks').click();
    await eventually(() => page.locator('.waiting').innerText()).toBe('No Jacobian: the training rows are gone');
    await eventually(() => page.locator('.matrix').count()).toBe(4);
    await mock((host) => host.breakFrames('jacobian', null));
    await eventually(() => page.locator('.matrix').count()).toBe(5);
    await mock((host) => host.breakFrames('connectivity', 'the worker is out of memory'));
    await mock((host) => host.train(1));
    await eventually(() => page.locator('.notice').allInnerTexts()).toEqual([
      expect.stringContaining('the worker is out of memory'),
    ]);
    expect(await page.locator('.matrix').count()).toBe(5);
  });
});

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
    const inspector = await open(tab, { scenario, theme: 'light' });
    const { page } = inspector;
    await eventually(() => page.getByLabel(label).count()).toBeGreaterThan(3);
    // With something pinned: it is part of the picture.
    const picture = page.locator('.graph, .matrix').last();
    await picture.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await eventually(() => page.locator('.pin-note').count()).toBeGreaterThan(0);
    const save = async (format: string) => {
      await page.getByRole('button', { name: label }).getByText(format, { exact: true }).click();
      await eventually(async () => (await last(inspector))?.format).toBe(format.toLowerCase());
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
    expect(await save('PNG')).toBe(PNG);
    expect((await save('CSV')).split('\n').length).toBeGreaterThan(3);
    expect(Object.keys(JSON.parse(await save('JSON')) as object).length).toBeGreaterThan(1);
  });
});
