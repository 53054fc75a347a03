/**
 * `npm run setup:native`: native TensorFlow in the cache folder, for the command line and the tests. What follows `--`
 * goes to `lens setup-native`; straight from the sources, nothing has to be built first.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder, exists, withLock } from './cache.mjs';
import { tryRun } from './command.mjs';
import { install } from './install.mjs';
import { root } from './root.mjs';
import { runMain, say } from './say.mjs';

/** The set-up's folder, as src/native/root.ts has it. */
const folder = () => path.join(cacheFolder(), 'native-tensorflow');
/** Reached hosts answer within minutes; what takes longer keeps the other tests waiting. */
const PATIENCE_MIN = 10;

/** @param {readonly string[]} args */
const lens = (args) => [
  '--import',
  pathToFileURL(path.join(root, 'test/harness/typescript.mjs')).href,
  path.join(root, 'src/cli/main.ts'),
  'setup-native',
  ...args,
];

/**
 * Native TensorFlow for tests: what an earlier run has set up, else set up now. Never throws: where it cannot be had
 * (no network, no compiler), that is a reason and no failure.
 * @returns {Promise<{ root: string; version: string } | { root: null; reason: string }>} the folder for LENS_NATIVE
 */
export async function nativeTensorflow() {
  const place = folder();
  const there = await current(place);
  if (there !== undefined) return there;
  await mkdir(place, { recursive: true });
  return withLock(path.join(place, '.lock'), async () => {
    const meanwhile = await current(place);
    if (meanwhile !== undefined) return meanwhile;
    say('Setting up native TensorFlow, some minutes, once …');
    const { status, output, reason } = await tryRun(
      process.execPath,
      lens(['--folder', place, '--minutes', String(PATIENCE_MIN)]),
      {
        cwd: root,
        timeoutMs: (PATIENCE_MIN + 1) * 60_000,
      },
    );
    const made = await current(place);
    if (status === 0 && made !== undefined) return made;
    if (status === 130) return { root: null, reason: `not set up within ${PATIENCE_MIN} minutes` };
    const said = output.split('\n').find((line) => line.startsWith('lens: '));
    return { root: null, reason: said?.slice('lens: '.length) ?? reason };
  });
}

/**
 * @param {string} place
 * @returns {Promise<{ root: string; version: string } | undefined>}
 */
async function current(place) {
  try {
    const { version, binding } = JSON.parse(await readFile(path.join(place, 'current.json'), 'utf8'));
    return (await exists(path.join(place, binding))) ? { root: place, version } : undefined;
  } catch {
    return undefined;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    await install();
    // Ctrl+C reaches the child by itself; here it only must not end this process before the child has cleaned up.
    process.on('SIGINT', () => undefined);
    const cwd = process.env.INIT_CWD ?? root;
    process.exitCode = (await tryRun(process.execPath, lens(process.argv.slice(2)), { cwd, show: true })).status;
  });
}
