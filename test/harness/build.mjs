import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withLock } from './cache.mjs';
import { run } from './command.mjs';
import { install } from './install.mjs';
import { root } from './root.mjs';
import { runMain, say } from './say.mjs';

/** What dist/ is made of. */
const INPUTS = [
  'src',
  'extension',
  'webview',
  'media/examples',
  'package.json',
  'package-lock.json',
  'esbuild.config.mjs',
  'test/harness/assets.mjs',
  'test/harness/notices.mjs',
  'test/harness/splitCjs.mjs',
  'test/harness/tensorflowJs.mjs',
];

/**
 * Builds dist/ if anything it is made of has changed since.
 * @param {{ quiet?: boolean; production?: boolean }} [options] `production`: minified, without source maps
 */
export async function build({ quiet = false, production = false } = {}) {
  await install();
  const stamp = path.join(root, 'dist', '.stamp');
  const inputs = await fingerprint();
  const state = `${production ? 'production' : 'development'} ${inputs}`;
  /** What is built for a package will do for everything else. */
  const fresh = async () => [state, `production ${inputs}`].includes(await readFile(stamp, 'utf8').catch(() => ''));
  if (await fresh()) return;
  await mkdir(path.join(root, 'dist'), { recursive: true });
  await withLock(path.join(root, '.build.lock'), async () => {
    if (await fresh()) return;
    if (!quiet) say('Building …');
    await run(process.execPath, ['esbuild.config.mjs', ...(production ? ['--production'] : [])], {
      cwd: root,
      remedy: 'the lines above name the file and line that does not build.',
    });
    await writeFile(stamp, state);
    if (!quiet) say('Built');
  });
}

/** @returns {Promise<string>} changes whenever an input's name, size or time of change does */
async function fingerprint() {
  const hash = createHash('sha256');
  /** @param {string} entry */
  const visit = async (entry) => {
    const file = path.join(root, entry);
    const info = await stat(file).catch(() => undefined);
    if (info?.isDirectory()) {
      const names = (await readdir(file)).sort();
      for (const name of names) await visit(`${entry}/${name}`);
    } else if (info) {
      hash.update(`${entry}\0${info.size}\0${info.mtimeMs}\n`);
    }
  };
  for (const input of INPUTS) await visit(input);
  return hash.digest('hex');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    if (process.argv.length === 2) {
      await build();
      return;
    }
    await install();
    await run(process.execPath, ['esbuild.config.mjs', ...process.argv.slice(2)], { cwd: root, show: true });
  });
}
