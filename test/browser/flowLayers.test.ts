/** Views of a flow's layers: one variable followed through all of them, and the Jacobian of a layer chosen by hand. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ViewId } from '../../src/inspection/views.ts';
import { launchChromium } from '../harness/chromium.ts';
import type { InspectorOptions } from './mock/inspector.ts';
import { told, words } from './networkPage.ts';
import { asked, button, exported, openPage } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

async function open(tab: ViewId, options: InspectorOptions) {
  const inspector = await openPage(browser, { width: 1000, height: 900, ...options });
  await inspector.page.locator(`#tab-${tab}`).click();
  await inspector.page.locator('.graph, .matrix').first().waitFor();
  return inspector;
}

it('are not offered of a model that is no flow', async () => {
  const { page } = await openPage(browser, { scenario: 'small' });
  await page.locator('#tab-curves').waitFor();
  await expect.poll(() => page.locator('#tab-splits, #tab-flowJacobian').count()).toBe(0);
});

describe('coupling splits', () => {
  it('follow a variable by the keys through all layers, pin it, and keep it while training goes on', async () => {
    const { page, mock } = await open('splits', { scenario: 'realnvp' });
    await page.locator('.graph').focus();
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => told(page))
      .toMatch(/^x₁, transformed by 1 of 3 layers that could: it passes layer 1; layer 2 puts/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect
      .poll(() => told(page))
      .toMatch(/^Layer 1, Affine coupling: x₂ is moved by log-scale .+ x₂, transformed by 2/);
    await expect.poll(() => page.locator('.graph svg.over .highlight path').count()).toBe(2);
    await page.keyboard.press('Enter');
    await expect.poll(() => told(page)).toMatch(/^Pinned\. /);
    const before = await page.locator('.graph').boundingBox();
    await mock((host) => host.train(60));
    await expect.poll(() => page.locator('.figure .note').first().innerText()).toContain('step 1,294');
    await expect.poll(() => page.locator('.graph svg.over .pin rect').count()).toBeGreaterThan(4);
    await expect.poll(() => page.locator('.graph').boundingBox()).toEqual(before);
    // The same variable in the other view.
    await page.locator('#tab-flowJacobian').click();
    await expect.poll(() => told(page)).toMatch(/^x₂ is felt most in u/);
    await page.locator('#tab-splits').click();
    await page.keyboard.press('Escape');
    await page.locator('.graph').focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => told(page)).toContain('Point at a variable');
  });

  it('are read by the pointer, by place or by variable, and mark what is never transformed', async () => {
    const { page } = await open('splits', { scenario: 'faultyFlow' });
    await expect.poll(() => page.locator('.reading').innerText()).toContain('x₆ is never transformed');
    await expect.poll(() => page.locator('.graph .untransformed rect').count()).toBe(1);
    const box = (await page.locator('.graph').boundingBox())!;
    const column = async (x: number) => {
      await page.mouse.move(box.x + x, box.y + box.height - 150);
      return told(page);
    };
    // In the first column after the ring stands x₂; by variable x₁ does.
    await expect.poll(() => column(230)).toMatch(/^Layer 4, Additive coupling: x₂ /);
    await button(page, 'By variable').click();
    await expect.poll(() => column(230)).toMatch(/^Layer \d, \S+.*: x₁ /);
    await expect.poll(() => column(box.width - 30)).toContain('x₆, never transformed, by none of 3 layers that could');
  });

  it('are images where rows are, and files and a table of all there is', async () => {
    const inspector = await open('splits', { scenario: 'nice' });
    const { page } = inspector;
    const box = (await page.locator('.graph').boundingBox())!;
    await page.mouse.move(box.x + 20, box.y + 62);
    await expect.poll(() => told(page)).toMatch(/^Layer 1, Affine coupling: x₁ passes\./);
    await page.keyboard.press('Tab');
    await page.locator('.graph').focus();
    await page.mouse.move(5, 5);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => told(page)).toMatch(/^x₅, /);
    await button(page, 'Shifts').click();
    await expect.poll(() => page.locator('.figure .legend').first().textContent()).toContain('mean shift');
    for (const format of ['SVG', 'PNG', 'CSV', 'JSON'])
      await button(page, `Export Coupling splits as ${format}`).click();
    await expect.poll(async () => (await exported(inspector, 'svg')).content).toContain('times transformed');
    const csv = (await exported(inspector, 'csv')).content as string;
    expect(csv.trim().split('\n')).toHaveLength(1 + 16 * 5);
    expect(csv).toContain('x₁,1,Affine coupling,1,1,passes,,');
    await expect
      .poll(async () => JSON.parse((await exported(inspector, 'json')).content as string) as object)
      .toMatchObject({ kind: 'splits' });
    await exported(inspector, 'png');
    await button(page, 'Show as table').click();
    await page.locator('table').waitFor();
  });
});

describe('the Jacobian of a flow', () => {
  it('is that of the layer that is chosen, in its own order or by place', async () => {
    const inspector = await open('flowJacobian', { scenario: 'realnvp' });
    const { page } = inspector;
    const title = () => page.locator('.figure h2').first().innerText();
    await expect.poll(() => title()).toBe('Jacobian of the whole flow');
    await page.locator('vscode-dropdown').first().click();
    await page.locator('vscode-option', { hasText: 'layer 1,' }).click();
    await expect.poll(title).toBe('Jacobian of layer 1, Affine coupling');
    const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string; options?: unknown }[] }[];
    expect(pulls.at(-1)!.frames).toMatchObject([{ kind: 'flowJacobian', options: { layer: 0 } }]);
    await expect.poll(() => page.locator('.reading').first().innerText()).toContain('2 groups of 3 + 3 variables');
    await expect.poll(() => page.locator('.matrix .outline path').count()).toBe(1);
    await button(page, 'By place').click();
    await expect.poll(() => page.locator('.matrix .outline path').count()).toBe(0);
    await expect.poll(() => page.locator('.reading').nth(1).innerText()).toContain('they are one number');
  });

  it('names leaks, reads entries by the keys, and says which log|det| is wrong', async () => {
    const inspector = await open('flowJacobian', { scenario: 'faultyFlow' });
    const { page } = inspector;
    await expect
      .poll(() => page.locator('.reading').first().innerText())
      .toContain('the worst is u₂ ← x₅ with mean |∂| 0.21');
    await expect.poll(() => page.locator('.reading').nth(1).innerText()).toContain('each layer by itself tells which');
    await page.locator('.matrix').focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await expect.poll(() => told(page)).toMatch(/^u\S ← x\S: mean \|∂\| = /);
    await expect.poll(() => words(page)).toBe(await told(page));
    await button(page, 'Export log|det|, stated and measured as CSV').click();
    const { content } = await exported(inspector, 'csv');
    expect((content as string).split('\n')[0]).toBe('row,stated (nats),measured (nats),difference (nats)');
  });
});
