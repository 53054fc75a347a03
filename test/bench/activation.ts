/**
 * How long the extension takes to activate, as the editor itself has it ("Developer: Startup Performance"):
 * `npm run build -- --production && node --import ./test/harness/typescript.mjs test/bench/activation.ts [windows]`
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openEditor, root, runCommand } from '../harness/editor.ts';

const windows = Number(process.argv[2] ?? 3);
for (let i = 0; i < windows; i++) {
  const home = await mkdtemp(path.join(tmpdir(), 'lens-activation-'));
  const workspace = path.join(home, 'examples');
  await cp(path.join(root, 'dist/examples'), workspace, { recursive: true });
  const editor = await openEditor({ workspace });
  try {
    const { page } = editor;
    await page.getByText('Your first MADE in a minute').first().waitFor();
    await page.waitForTimeout(3000);
    await runCommand(page, 'Developer: Startup Performance');
    await page.waitForTimeout(3000);
    await page.keyboard.press('Control+f');
    await page.keyboard.type('likelihood-lens.likelihood-lens');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(1000);
    const line = await page.locator('.view-line', { hasText: 'likelihood-lens.likelihood-lens' }).first().innerText();
    const [load, call, finish] = line.split('|').slice(3).map(Number);
    console.log(`activate ${call! + finish!} ms; loading the code, in turn with all other extensions, ${load} ms`);
  } finally {
    await editor.close();
    await rm(home, { recursive: true, force: true });
  }
}
