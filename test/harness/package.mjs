import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { npmEnvironment, run } from './command.mjs';
import { onnxPlatforms, withOnnxRuntime } from './onnxRuntime.mjs';
import { root } from './root.mjs';
import { runMain, say } from './say.mjs';

/**
 * Packs the extension, with nothing to install beside it: for one platform with ONNX Runtime, whose native part has 45 MB
 * and more there; or without it for every platform, which then has all the other backends.
 * @param {string | null} [wanted] "linux-x64"; null for every platform; this one unless told, where ONNX Runtime has it
 * @returns {Promise<string>} the file
 */
export async function packageExtension(wanted) {
  const own = `${process.platform}-${process.arch}`;
  const target = wanted !== undefined ? wanted : (await onnxPlatforms()).includes(own) ? own : null;
  await build({ production: true });
  const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(root, 'artifacts', `${name}-${version}${target === null ? '' : `-${target}`}.vsix`);
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  // What vsce needs of the tree is built above; its own run of vscode:prepublish would build it again.
  // The read-me's pictures are packed with it: links into the repository would need one that is public.
  const links = ['--allow-missing-repository', '--no-rewrite-relative-links'];
  const platform = target === null ? [] : ['--target', target];
  const args = [vsce, 'package', '--no-dependencies', '--skip-license', ...links, ...platform, '--out', file];
  const pack = () => run(process.execPath, args, { cwd: root, env: npmEnvironment({ scripts: false }) });
  const log = await (target === null ? pack() : withOnnxRuntime(target, pack));
  const { size } = await stat(file);
  const count = /\((\d+) files, [^)]*\)\s*$/.exec(log)?.[1];
  say(`Packed ${path.relative(root, file)}: ${(size / 1e6).toFixed(2)} MB${count ? `, ${count} files` : ''}`);
  return file;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    const options = /** @type {const} */ ({ target: { type: 'string' }, universal: { type: 'boolean' } });
    const { target, universal } = parseArgs({ options }).values;
    await packageExtension(universal ? null : target);
  });
}
