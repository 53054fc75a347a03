import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

/** @returns {string} the folder for what is installed once for all checkouts ($LENS_CACHE overrides it) */
export function cacheFolder() {
  const { LENS_CACHE, XDG_CACHE_HOME } = process.env;
  if (LENS_CACHE) return path.resolve(LENS_CACHE);
  return path.join(XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'likelihood-lens');
}

/**
 * @param {string} file
 * @returns {Promise<boolean>}
 */
export async function exists(file) {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/**
 * Makes a folder of the cache if it is not there: `make` fills a temporary folder beside it, which is renamed when it is
 * whole, so that a folder by that name is always complete. Two scripts that want it at once make it once.
 * @param {string} name the folder's name in the cache
 * @param {(temporary: string) => Promise<void>} make
 * @returns {Promise<string>} the folder
 */
export async function installOnce(name, make) {
  const root = cacheFolder();
  const target = path.join(root, name);
  if (await exists(target)) return target;
  await mkdir(root, { recursive: true });
  return withLock(path.join(root, `${name}.lock`), async () => {
    if (await exists(target)) return target;
    const temporary = await mkdtemp(path.join(root, `${name}.partial-`));
    try {
      await make(temporary);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
    }
    return target;
  });
}

/**
 * Runs `body` while holding a lock file that names its holder. A lock whose holder is gone is taken over.
 * @template T
 * @param {string} lock the lock file
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(lock, body) {
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  let told = false;
  for (;;) {
    try {
      await writeFile(lock, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = await readHolder(lock);
    if (holder === 'gone') {
      await rm(lock, { force: true });
      continue;
    }
    if (!told && holder !== 'released') {
      say(`Waiting for another process (${holder}) that is already doing this; its lock is ${lock}`);
      told = true;
    }
    await sleep(500);
  }
  try {
    return await body();
  } finally {
    await rm(lock, { force: true });
  }
}

/**
 * @param {string} lock
 * @returns {Promise<string>} who holds it: 'gone' if that process has ended, 'released' if the file has just vanished
 */
async function readHolder(lock) {
  let text;
  try {
    text = await readFile(lock, 'utf8');
  } catch {
    return 'released';
  }
  try {
    const { pid, host } = JSON.parse(text);
    if (host !== hostname()) return `process ${pid} on ${host}`;
    process.kill(pid, 0);
    return `process ${pid}`;
  } catch (error) {
    // EPERM: alive, somebody else's. A text that is no JSON: killed between creating and writing, after which age decides.
    if (error instanceof Error && 'code' in error && error.code === 'EPERM') return 'a process of another user';
    if (error instanceof SyntaxError) {
      const age =
        Date.now() -
        (await stat(lock).then(
          (s) => s.mtimeMs,
          () => 0,
        ));
      return age > 10_000 ? 'gone' : 'released';
    }
    return 'gone';
  }
}
