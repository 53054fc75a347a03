/** That the rules of eslint.config.mjs fire: a rule that never does is a rule that nobody keeps. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { layers, sharedTypes } from '../../../eslint.layers.mjs';
import { root } from '../../harness/root.mjs';

const eslint = new ESLint({ cwd: root });

/** The rules that complain about `code` if it stood in `file` (which must be there: its place decides what it may do). */
async function complaints(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
  const fatal = result!.messages.find((message) => message.fatal);
  if (fatal) throw new Error(`${file}: ${fatal.message}`);
  return result!.messages.map(({ ruleId, message }) => ruleId ?? message);
}

const DIRECTION = 'import-x/no-restricted-paths';
const IMPORTS = '@typescript-eslint/no-restricted-imports';
const use = (from: string) => `import * as things from '${from}';\nexport const all = things;\n`;

describe('import directions', () => {
  it('lists every folder of src/, once', () => {
    const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => !layers.includes(name))).toEqual([]);
    expect(new Set(layers).size).toBe(layers.length);
  });

  it.each([
    ['src/masks/masks.ts', '../training/step.ts'],
    ['src/spec/data.ts', '../random/generator.ts'],
    ['src/models/model.ts', '../inspection/frames.ts'],
    ['src/training/step.ts', '../protocol/rpc.ts'],
    ['src/runs/manifest.ts', '../../test/harness/root.mjs'],
    ['extension/extension.ts', '../src/models/model.ts'],
    ['extension/extension.ts', '../src/training/step.ts'],
    ['extension/extension.ts', '../src/backends/backend.ts'],
    ['webview/inspector.tsx', '../src/training/step.ts'],
    ['webview/inspector.tsx', '../extension/extension.ts'],
  ])('%s may not import %s', async (file, from) => {
    expect(await complaints(file, use(from))).toContain(DIRECTION);
  });

  it.each<[string, string]>([
    ['src/training/step.ts', '../models/model.ts'],
    ['src/masks/masks.ts', '../random/generator.ts'],
    ['extension/extension.ts', '../src/masks/masks.ts'],
    ['webview/inspector.tsx', '../src/masks/masks.ts'],
    ...sharedTypes.map((file) => ['webview/inspector.tsx', `../${file}`] as [string, string]),
    ...sharedTypes.map((file) => ['extension/extension.ts', `../${file}`] as [string, string]),
  ])('%s may import %s', async (file, from) => {
    expect(await complaints(file, use(from))).not.toContain(DIRECTION);
  });
});

describe('packages', () => {
  it.each([
    ['src/masks/masks.ts', 'vscode'],
    ['webview/inspector.tsx', 'vscode'],
    ['webview/inspector.tsx', '@vscode/webview-ui-toolkit'],
    ['webview/inspector.tsx', '@tensorflow/tfjs-core'],
    ['webview/inspector.tsx', 'node:fs'],
    ['extension/extension.ts', '@tensorflow/tfjs-core'],
  ])('%s may not import %s', async (file, from) => {
    expect(await complaints(file, use(from))).toContain(IMPORTS);
  });

  it('lets the extension import vscode', async () => {
    expect(await complaints('extension/extension.ts', use('vscode'))).not.toContain(IMPORTS);
  });
});

describe('the page', () => {
  it('is out of reach for the engine', async () => {
    expect(await complaints('src/masks/masks.ts', 'export const title = document.title;\n')).toContain(
      'no-restricted-globals',
    );
  });

  it('sets no style attribute, which its content policy drops silently', async () => {
    const code = "import { select } from 'd3';\nselect('svg').attr('style', 'color: red');\n";
    expect(await complaints('webview/inspector.tsx', code)).toContain('no-restricted-syntax');
    expect(await complaints('webview/inspector.tsx', code.replace('attr(', 'style('))).not.toContain(
      'no-restricted-syntax',
    );
  });
});
