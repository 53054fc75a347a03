/** The commands about backends in a real VS Code. Pictures are kept in artifacts/e2e. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backendNames } from '../../src/backends/backend.ts';
import { notifications, runCommand, webviewFrame } from '../harness/editor.ts';
import { artifacts, openStage, type Stage } from './stage.ts';

let stage: Stage;
let page: Page;
const picture = (name: string) => page.screenshot({ path: path.join(artifacts, `${name}.png`) });

beforeAll(async () => {
  stage = await openStage();
  ({ page } = stage);
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(async ({ task }) => {
    await picture(`failed ${task.name}`.replace(/\W+/g, '-'));
  });
});

afterAll(async () => {
  await stage.end();
});

describe('Show Backends', () => {
  it('opens a page that tells of every backend whether it is there, and of the others why not', async () => {
    await runCommand(page, 'Likelihood Lens: Show Backends');
    const frame = await webviewFrame(page, 'h1:has-text("Backends on this machine")');
    const rows = await frame.locator('table tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split('\t')[0]!.trim())).toEqual([...backendNames]);
    const there = rows.filter((row) => row.split('\t')[1]!.trim() === 'available');
    expect(there.map((row) => row.split('\t')[0]!.trim())).toContain('wasm');
    const reasons = await frame.locator('h2:has-text("Why not the others") + ul li').allInnerTexts();
    expect(reasons.length).toBe(backendNames.length - there.length);
    for (const reason of reasons) expect(reason).toMatch(/^[a-z-]+: .{10,}/);
    const text = await frame.locator('body').innerText();
    expect(text).toContain('The setting is auto');
    expect(text).toContain('Not set up. The command Likelihood Lens: Set Up Native TensorFlow does it.');
    expect(text).toMatch(/It runs on .+\. The setting likelihoodLens\.nodePath names another Node\./);
    await picture('backends');
  });
});

describe('Set Up Native TensorFlow', () => {
  it('says what it would do and what that takes, and does nothing when it is refused', async () => {
    const before = await everything(stage.home);
    await runCommand(page, 'Likelihood Lens: Set Up Native TensorFlow');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const text = await dialog.innerText();
    expect(text).toContain('Set up native TensorFlow on this machine?');
    // With a card or without one.
    expect(text).toMatch(/For the processor: .+\.|Found .+\./);
    expect(text).toMatch(/(Some 300 MB|Up to 4 GB) are downloaded, and .+ of disk are needed on the way\./);
    expect(text).toContain('Nothing outside this extension’s storage is changed.');
    await picture('set-up-native');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.waitForTimeout(1000);
    await expect.poll(async () => (await notifications(page)).filter((one) => /TensorFlow/.test(one))).toEqual([]);
    const made = [...(await everything(stage.home))].filter((file) => !before.has(file));
    expect(made.filter((file) => /tensorflow/i.test(file))).toEqual([]);
  });

  it('takes Escape for a refusal, and can be asked again', async () => {
    await runCommand(page, 'Likelihood Lens: Set Up Native TensorFlow');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: 'Set Up', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(async () => (await notifications(page)).filter((one) => /TensorFlow/.test(one))).toEqual([]);
  });
});

async function everything(folder: string): Promise<Set<string>> {
  return new Set(await readdir(folder, { recursive: true }));
}
