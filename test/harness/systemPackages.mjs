import { existsSync } from 'node:fs';
import { onPath, run } from './command.mjs';
import { Failure, say } from './say.mjs';

/** What each system package is wanted for, and how to see that it (or its like) is there without asking apt. */
const WANTED = {
  chromium: () => findChromium() !== undefined,
  'libkrb5-dev': () => existsSync('/usr/include/gssapi/gssapi.h') || process.platform !== 'linux',
  libvulkan1: () =>
    process.platform !== 'linux' ||
    ['x86_64', 'aarch64'].some((name) => existsSync(`/usr/lib/${name}-linux-gnu/libvulkan.so.1`)) ||
    existsSync('/usr/lib64/libvulkan.so.1'),
  python3: () => onPath('python3') !== undefined,
  make: () => onPath('make') !== undefined,
  'g++': () => onPath('g++') !== undefined || onPath('clang++') !== undefined,
};

/** @typedef {keyof typeof WANTED} SystemPackage */

/**
 * @returns {string | undefined} the Chromium to drive in tests: $LENS_CHROMIUM, or the first one on PATH
 */
export function findChromium() {
  const { LENS_CHROMIUM } = process.env;
  if (LENS_CHROMIUM) return LENS_CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const file = onPath(name);
    if (file !== undefined) return file;
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return existsSync(mac) ? mac : undefined;
}

/**
 * Installs the system packages that are missing, by apt.
 * @param {readonly SystemPackage[]} packages
 * @param {string} purpose what they are for, for the message
 * @throws {Failure} when there is no apt, or no right to use it
 */
export async function needSystemPackages(packages, purpose) {
  const missing = packages.filter((name) => !WANTED[name]());
  if (missing.length === 0) return;
  const list = missing.join(' ');
  const apt = onPath('apt-get');
  if (apt === undefined) {
    throw new Failure(
      `${purpose} needs ${list}, and this machine has no apt-get to install it with.`,
      `install ${list} (or what your system calls it), then run this again` +
        (missing.includes('chromium') ? '; $LENS_CHROMIUM can name a Chromium or Chrome that is not on PATH.' : '.'),
    );
  }
  const root = process.getuid?.() === 0;
  if (!root && onPath('sudo') === undefined) {
    throw new Failure(
      `${purpose} needs ${list}; installing it takes root and there is no sudo.`,
      `as root: apt-get install ${list}`,
    );
  }
  say(`Installing system packages for ${purpose}: ${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const remedy = `install them by hand: ${root ? '' : 'sudo '}apt-get update && ${root ? '' : 'sudo '}apt-get install ${list}`;
  /** @param {string[]} args */
  const aptGet = (args) =>
    root
      ? run(apt, args, { env, remedy })
      : run('sudo', ['-n', 'DEBIAN_FRONTEND=noninteractive', apt, ...args], { env, remedy });
  // A source that cannot be reached need not be the one that has the packages: the installation decides.
  await aptGet(['update', '-qq']).catch((error) => say(error instanceof Error ? error.message : String(error)));
  await aptGet(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
  const still = missing.filter((name) => !WANTED[name]());
  if (still.length > 0)
    throw new Failure(`apt-get installed ${list}, but ${still.join(' ')} is still not found.`, remedy);
}
