import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { npmEnvironment, run } from './command.mjs';
import { root } from './root.mjs';
import { runMain, say } from './say.mjs';

/**
 * Packs the extension: one VSIX for every platform, with nothing to install beside it.
 * @returns {Promise<string>} the file
 */
export async function packageExtension() {
  await build({ production: true });
  const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(root, 'artifacts', `${name}-${version}.vsix`);
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  // What vsce needs of the tree is built above; its own run of vscode:prepublish would build it again.
  // The read-me's pictures are packed with it: links into the repository would need one that is public.
  const links = ['--allow-missing-repository', '--no-rewrite-relative-links'];
  const args = [vsce, 'package', '--no-dependencies', '--skip-license', ...links, '--out', file];
  const log = await run(process.execPath, args, { cwd: root, env: npmEnvironment({ scripts: false }) });
  const { size } = await stat(file);
  const count = /\((\d+) files, [^)]*\)\s*$/.exec(log)?.[1];
  say(`Packed ${path.relative(root, file)}: ${(size / 1e6).toFixed(2)} MB${count ? `, ${count} files` : ''}`);
  return file;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    await packageExtension();
  });
}
