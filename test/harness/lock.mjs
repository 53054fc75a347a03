/**
 * Completes package-lock.json: `node test/harness/lock.mjs`, after a change of dependencies.
 *
 * npm leaves out of the lock file those optional packages (the native parts of other platforms) that the registry it
 * asked could not show it, and `npm ci` then refuses the file. Such packages are named with an exact version by what
 * wants them, so their entries can be written without asking anybody.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './root.mjs';

/**
 * @typedef {object} Entry
 * @property {string} [version]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {boolean} [dev]
 */
/** @typedef {{ packages: Record<string, Entry> }} Lock */

/**
 * @param {Lock} lock
 * @returns {Record<string, Entry & { optional: true; os?: string[]; cpu?: string[]; libc?: string[] }>} entries that are
 *   wanted and not there, by folder
 * @throws Error when one is wanted by a range instead of an exact version
 */
export function missingEntries(lock) {
  /** @type {ReturnType<typeof missingEntries>} */
  const missing = {};
  for (const [folder, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    if (folder === '') continue;
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const entry = `node_modules/${name}`;
      if (`${folder}/${entry}` in lock.packages || entry in lock.packages) continue;
      if (!/^\d+\.\d+\.\d+\S*$/.test(version)) throw new Error(`${folder} wants ${name} ${version}, no exact version`);
      missing[entry] = { version, ...platform(name), ...(dev ? { dev } : {}), optional: true };
    }
  }
  return missing;
}

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/**
 * @param {string} name ends in system-processor[-abi], as native parts of packages are named by custom
 * @returns {{ os?: string[]; cpu?: string[]; libc?: string[] }}
 * @throws Error for a name that tells no platform
 */
function platform(name) {
  const parts = name.split('-');
  const cpu = parts.filter((part) => PROCESSORS.includes(part));
  const os = parts.filter((part) => SYSTEMS.includes(part));
  if (cpu.length !== 1 || (os.length !== 1 && cpu[0] !== 'wasm32')) throw new Error(`for what platform is ${name}?`);
  const last = parts.at(-1) ?? '';
  const libc = /^gnu/.test(last) ? ['glibc'] : /^musl/.test(last) ? ['musl'] : [];
  return { cpu, ...(os.length > 0 ? { os } : {}), ...(libc.length > 0 ? { libc } : {}) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = path.join(root, 'package-lock.json');
  /** @type {Lock} */
  const lock = JSON.parse(await readFile(file, 'utf8'));
  const missing = missingEntries(lock);
  const { '': top = {}, ...rest } = { ...lock.packages, ...missing };
  const sorted = Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = { '': top, ...Object.fromEntries(sorted) };
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} entries added\n`);
}
