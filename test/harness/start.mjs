/**
 * `npm start [-- --check] [-- --port N]`: from a fresh clone to VS Code with the extension and an example in it.
 * The desktop VS Code if its `code` is on PATH (LENS_EDITOR=browser says otherwise), a real one in the browser if not.
 */
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { freePort, startCodeServer } from './codeServer.mjs';
import { onPath, run, tryRun } from './command.mjs';
import { prepareExample } from './example.mjs';
import { install } from './install.mjs';
import { root } from './root.mjs';
import { Failure, runMain, say } from './say.mjs';
import { findChromium } from './systemPackages.mjs';

const EXTENSION = 'likelihood-lens.likelihood-lens';
const DEFAULT_PORT = 8765;

/** What a first window looks like; later changes are the user's own. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
};

await runMain(async () => {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, port: { type: 'string' } } });
  const check = values.check ?? false;
  await install();
  await build();
  const workspace = await prepareExample();
  const code = desktopCode();
  if (code !== undefined) await openDesktop(code, workspace, check);
  else await openInBrowser(workspace, check, values.port === undefined ? undefined : Number(values.port));
  if (check) say('Everything is in order');
});

/** @returns {string | undefined} the desktop VS Code's command, where there is a desktop to show it on */
function desktopCode() {
  const { LENS_EDITOR, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (LENS_EDITOR === 'browser') return undefined;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return undefined;
  return onPath('code');
}

/**
 * @param {string} code
 * @param {string} workspace
 * @param {boolean} check
 */
async function openDesktop(code, workspace, check) {
  const remedy = 'LENS_EDITOR=browser npm start uses a VS Code in the browser instead.';
  const version = (await run(code, ['--version'], { timeoutMs: 30_000, remedy })).split('\n')[0] ?? '';
  const { engines } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const oldest = String(engines.vscode).replace(/^\D+/, '');
  if (version.localeCompare(oldest, 'en', { numeric: true }) < 0) {
    throw new Failure(
      `The desktop VS Code is ${version}; Likelihood Lens needs ${oldest}.`,
      `update it, or: ${remedy}`,
    );
  }
  if (check) {
    say(`The desktop VS Code ${version} would open it (its window is not opened by a check)`);
    return;
  }
  await run(code, [`--extensionDevelopmentPath=${root}`, '--new-window', workspace], { remedy });
  say(`VS Code ${version} opens ${workspace}`);
}

/**
 * @param {string} workspace
 * @param {boolean} check
 * @param {number | undefined} port
 */
async function openInBrowser(workspace, check, port) {
  // A check has a window of its own, so that it says what a first start would be like.
  const home = path.join(root, '.vscode-test', check ? 'check' : 'window');
  if (check) await rm(home, { recursive: true, force: true });
  const extensions = path.join(home, 'extensions');
  await linkCheckout(extensions);
  const server = await startCodeServer({
    workspace,
    userData: path.join(home, 'data'),
    extensions,
    settings: SETTINGS,
    port: port ?? (check ? await freePort() : await portNear(DEFAULT_PORT)),
  });
  const url = `${server.url}/?folder=${encodeURIComponent(workspace)}`;
  if (check) {
    try {
      await checkWindow(url, server.extensions);
    } finally {
      await server.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    }
    return;
  }
  process.on('SIGINT', () => void server.stop());
  process.on('SIGTERM', () => void server.stop());
  process.on('SIGHUP', () => void server.stop());
  say('VS Code with Likelihood Lens is ready, for this machine only. Open in a browser:');
  process.stdout.write(`\n    ${url}\n\nCtrl+C ends it.\n`);
  await server.ended;
}

/**
 * Looks at what the server shows: the page, the extension's place in the list, and, where there is a Chromium to look
 * with, the window itself.
 * @param {string} url
 * @param {() => Promise<string>} extensions
 */
async function checkWindow(url, extensions) {
  const page = await fetch(url);
  const html = await page.text();
  if (!page.ok || !html.includes('workbench')) {
    throw new Failure(`${url} answered with status ${page.status} and no workbench.`, 'run this again.');
  }
  say('The workbench answers');
  if (!(await extensions()).split('\n').includes(EXTENSION)) {
    throw new Failure('VS Code does not list the extension.', 'remove .vscode-test and run this again.');
  }
  say('The extension is listed');
  if (findChromium() === undefined) {
    say('Not looked at: the window itself, for want of a Chromium on PATH (npm test installs one)');
    return;
  }
  const look = path.join(root, 'test/harness/lookAtWindow.ts');
  const { status, output } = await tryRun(process.execPath, ['--import', './test/harness/typescript.mjs', look, url], {
    cwd: root,
    timeoutMs: 180_000,
  });
  if (status !== 0) throw new Failure(`The window does not show the extension.\n${output}`, 'see the lines above.');
  say('The window shows the extension and its walkthrough');
}

/**
 * Puts the checkout itself where the editor looks for extensions, so that a rebuild and a reload show a change.
 * @param {string} extensions
 */
async function linkCheckout(extensions) {
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const link = path.join(extensions, `${EXTENSION}-${version}`);
  await mkdir(extensions, { recursive: true });
  await rm(link, { force: true });
  await symlink(root, link, 'dir');
}

/**
 * @param {number} wanted the same address every time lets the browser remember what it knows of it
 * @returns {Promise<number>} that port, or a free one when it is taken
 */
async function portNear(wanted) {
  const port = await freePort(wanted).catch(() => freePort());
  if (port !== wanted) say(`Port ${wanted} is taken; using ${port}`);
  return port;
}
