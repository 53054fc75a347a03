import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './root.mjs';
import { say } from './say.mjs';

const RECORD = '.copied.json';

/**
 * Prepares example/ in the checkout from dist/examples. What the user has made or edited there stays; a file that is
 * still as it was copied follows the shipped one.
 * @returns {Promise<string>} the folder
 */
export async function prepareExample() {
  const source = path.join(root, 'dist/examples');
  const target = path.join(root, 'example');
  await mkdir(target, { recursive: true });
  const recordFile = path.join(target, RECORD);
  /** @type {Record<string, string>} hash of every file as it was copied */
  const record = JSON.parse(await readFile(recordFile, 'utf8').catch(() => '{}'));
  const kept = [];
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const from = path.join(entry.parentPath ?? entry.path, entry.name);
    const name = path.relative(source, from).split(path.sep).join('/');
    if (!entry.isFile()) continue;
    const shipped = await readFile(from);
    const to = path.join(target, name);
    const present = await readFile(to).catch(() => undefined);
    if (present === undefined || (hash(present) === record[name] && !present.equals(shipped))) {
      await mkdir(path.dirname(to), { recursive: true });
      await writeFile(to, shipped);
      record[name] = hash(shipped);
    } else if (present.equals(shipped)) {
      record[name] = hash(shipped);
    } else {
      kept.push(name);
    }
  }
  await writeFile(recordFile, `${JSON.stringify(record, null, 2)}\n`);
  say(`Example workspace: ${target}${kept.length > 0 ? ` (kept as you edited them: ${kept.join(', ')})` : ''}`);
  return target;
}

/** @param {Uint8Array} bytes */
function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
