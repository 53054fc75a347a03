import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from './cache.mjs';
import { npmEnvironment, run } from './command.mjs';
import { root } from './root.mjs';
import { Failure, say } from './say.mjs';

const OLDEST_NODE = 20;

/** @throws {Failure} when this Node is too old to run what comes next */
export function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new Failure(
      `This is Node ${process.versions.node}; Likelihood Lens needs ${OLDEST_NODE} or newer.`,
      'install a current Node (https://nodejs.org, or your system’s package manager) and run this again.',
    );
  }
}

/** Installs the packages that package-lock.json names, if node_modules does not already hold exactly those. */
export async function install() {
  checkNode();
  if (await installed()) return;
  await withLock(path.join(root, '.install.lock'), async () => {
    if (await installed()) return;
    say('Installing packages (npm ci), a minute or so …');
    // Install scripts are off (.npmrc): none is needed, and one of them downloads from a host that may never answer.
    await run('npm', ['ci', '--no-progress', '--loglevel=error'], {
      cwd: root,
      env: npmEnvironment({ scripts: false }),
      timeoutMs: 15 * 60_000,
      remedy: 'look at the lines above; most likely the npm registry could not be reached. Then run this again.',
    });
    say('Packages are installed');
  });
}

/**
 * npm keeps a record of what it has installed beside the packages; it is compared with what the lock file asks for.
 * @returns {Promise<boolean>}
 */
async function installed() {
  const wanted = await readLock('package-lock.json');
  const there = await readLock('node_modules/.package-lock.json');
  if (wanted === undefined)
    throw new Failure('package-lock.json is missing.', 'restore it: git checkout package-lock.json');
  if (there === undefined) return false;
  return Object.entries(wanted).every(([folder, { version, optional, link }]) => {
    const found = there[folder];
    if (folder === '' || link) return true;
    if (found === undefined) return optional === true;
    return found.version === version;
  });
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, { version: string; optional?: boolean; link?: boolean }> | undefined>}
 */
async function readLock(file) {
  try {
    return JSON.parse(await readFile(path.join(root, file), 'utf8')).packages;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
