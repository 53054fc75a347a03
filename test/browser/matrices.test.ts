/** Matrices in Chromium: pairs that are pointed at, zooming together, masks that are chosen, and frames that cannot be had. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { openNetwork, words } from './networkPage.ts';
import { openPage } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

describe('matrices', () => {
  it('name the pair pointed at in words, with paths and the measured value, and mark it in each other', async () => {
    const { page } = await openNetwork(browser, 'masks');
    await page.getByLabel(/^Paths from 16 inputs/).scrollIntoViewIfNeeded();
    const paths = (await page.getByLabel(/^Paths from 16 inputs/).boundingBox())!;
    await page.mouse.move(paths.x + 60, paths.y + paths.height - 30);
    await expect.poll(() => words(page)).toMatch(/^x̂₁\S* depends on x₁: [\d,]+ paths\.$/);
    const lines = page.locator('.told');
    await expect.poll(() => lines.nth(2).innerText()).toMatch(/^x̂₁\S* ← x₁: mean \|∂\| = .+\.$/);
    await expect.poll(() => lines.nth(1).getAttribute('aria-live')).toBe('polite');
    await expect.poll(() => lines.nth(2).getAttribute('aria-live')).toBe('off');
    await expect.poll(() => page.locator('.matrix svg.over .highlight').count()).toBe(5);
  });

  it.each([520, 760])('compare paths and Jacobian side by side, with one set of tools, %s px wide', async (width) => {
    const { page } = await openNetwork(browser, 'masks', { width });
    const box = async (label: RegExp) => (await page.getByLabel(label).boundingBox())!;
    const [paths, jacobian] = [await box(/^Paths from 16/), await box(/^Measured Jacobian/)];
    expect(jacobian.x).toBeGreaterThanOrEqual(paths.x + paths.width);
    expect([jacobian.y, jacobian.width, jacobian.height]).toEqual([paths.y, paths.width, paths.height]);
    await expect.poll(() => page.getByRole('button', { name: 'Zoom in' }).count()).toBe(1);
  });

  it('are walked by the arrow keys', async () => {
    const { page } = await openNetwork(browser, 'masks');
    const jacobian = page.getByLabel(/^Measured Jacobian/);
    await jacobian.focus();
    await page.keyboard.press('ArrowDown');
    const line = page.locator('.told').nth(2);
    await expect.poll(() => line.innerText()).toMatch(/^x̂₉ ← x₉: mean \|∂\| = 0 over 256 rows, as it must be\.$/);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => line.innerText()).toMatch(/^x̂₉ ← x₈: mean/);
    await page.keyboard.press('Enter');
    await expect.poll(() => line.innerText()).toContain('Pinned.');
    await page.keyboard.press('Escape');
    await expect.poll(() => line.innerText()).toContain('Point at a pair');
  });

  it('zoom together where they show the same pairs', async () => {
    const { page } = await openNetwork(browser, 'masks');
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
    await expect.poll(labels).not.toBe(zoomed);
  });

  it('show what leaks in the colour of errors with an outline, and name the worst pair', async () => {
    const { page } = await openNetwork(browser, 'masks', { scenario: 'leaky' });
    const jacobian = page.getByLabel(/^Measured Jacobian/);
    await expect.poll(() => jacobian.locator('.violations rect').count()).toBe(3);
    const worst = page.locator('.figure').nth(2).locator('.reading');
    await expect
      .poll(() => worst.innerText())
      .toMatch(/^3 of 136 forbidden pairs leak: what must be 0 is not\. The worst is x̂\S+ ← x\S+/);
    await expect.poll(() => jacobian.locator('.violations').getAttribute('stroke')).toContain('foreground');
  });

  it('mark the weights that let it leak, and say which matrices they are in', async () => {
    const { page } = await openNetwork(browser, 'masks', { scenario: 'leaky' });
    const readings = page.locator('.figure .reading');
    await expect
      .poll(() => readings.first().innerText())
      .toMatch(
        /weights of W¹, [\d,]+ of W² and [\d,]+ of V lie on paths that leak: \d+ of 136 forbidden pairs joined\.$/,
      );
    await expect
      .poll(() => readings.nth(1).innerText())
      .toMatch(/^\d+ of 136 forbidden pairs are joined, such as x̂\S+ ← x\S+/);
    await expect
      .poll(() =>
        page
          .getByLabel(/^V, 16 by 64/)
          .locator('.violations rect')
          .count(),
      )
      .toBeGreaterThan(0);
    await expect
      .poll(() =>
        page
          .getByLabel(/^Paths from/)
          .locator('.violations rect')
          .count(),
      )
      .toBeGreaterThan(0);
  });

  it('show the mask that is chosen, and the one in use again', async () => {
    const { page, mock } = await openNetwork(browser, 'masks', { scenario: 'several' });
    const note = page.locator('.figure .note').first();
    await expect.poll(() => note.innerText()).toContain('mask 1 of 8');
    await mock((host) => host.train(2));
    await page.waitForTimeout(300);
    await expect.poll(() => note.innerText(), { message: 'one mask is held still' }).toContain('mask 1 of 8');
    const choose = async (option: string) => {
      await page.locator('vscode-dropdown').nth(1).click();
      await page.locator('vscode-option', { hasText: option }).click();
    };
    await choose('5 of 8');
    await expect.poll(() => note.innerText()).toContain('mask 5 of 8');
    await mock((host) => host.train(1));
    await page.waitForTimeout(300);
    await expect.poll(() => note.innerText()).toContain('mask 5 of 8');
    const wanted = await mock((host) => JSON.stringify(host.requests.at(-1)));
    expect(wanted).toContain('"mask":4');
    // What the header says is in use, whatever is looked at.
    const options = await page.locator('vscode-option', { hasText: 'in use' }).allTextContents();
    const inUse = /Mask (\d) of 8/.exec((await page.locator('.minor-facts').innerText()).replace(/\s+/g, ' '))![1];
    expect(options.map((option) => option.trim())).toEqual([`follow the one in use (${inUse})`]);
    await choose('in use');
    await expect.poll(() => note.innerText()).not.toContain('mask 5 of 8');
  });
});

describe('frames that cannot be had', () => {
  it('are explained in their place, and what there was stays with a warning', async () => {
    const { page, mock } = await openPage(browser, { width: 1000, height: 900 });
    await mock((host) => host.breakFrames('jacobian', 'the training rows are gone'));
    await page.locator('#tab-masks').click();
    await expect.poll(() => page.locator('.waiting').innerText()).toBe('No Jacobian: the training rows are gone');
    await expect.poll(() => page.locator('.matrix').count()).toBe(4);
    await mock((host) => host.breakFrames('jacobian', null));
    await expect.poll(() => page.locator('.matrix').count()).toBe(5);
    await mock((host) => host.breakFrames('connectivity', 'the worker is out of memory'));
    await mock((host) => host.train(1));
    await expect
      .poll(() => page.locator('.notice').allInnerTexts())
      .toEqual([expect.stringContaining('the worker is out of memory')]);
    await expect.poll(() => page.locator('.matrix').count()).toBe(5);
  });
});
