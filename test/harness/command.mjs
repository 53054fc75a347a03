import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { Failure } from './say.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [show] print the program's output as it comes, instead of only when it fails
 * @property {number} [timeoutMs] end the program (and fail) after this time
 * @property {string} [remedy] what the reader can do if it fails
 */

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its standard output (empty with `show`)
 * @throws {Failure} when it cannot be started, exits with a status other than 0, or takes too long
 */
export async function run(program, args, options = {}) {
  const { status, output, stdout, reason } = await tryRun(program, args, options);
  if (status === 0) return stdout;
  const lines = output.trim().split('\n');
  // The cause is near the beginning or the end.
  const tail = (lines.length > 50 ? [...lines.slice(0, 25), '…', ...lines.slice(-24)] : lines).join('\n');
  const what = `${path.basename(program)} ${args.join(' ')}`;
  throw new Failure(
    `\`${what}\` failed (${reason}).${tail ? `\n${tail}` : ''}`,
    options.remedy ?? 'read the lines above; they come from that program.',
  );
}

/**
 * Runs a program to its end, whatever the end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ status: number; stdout: string; output: string; reason: string }>}
 */
export function tryRun(program, args, { cwd, env, show = false, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      shell: process.platform === 'win32' && !path.isAbsolute(program),
    });
    let stdout = '';
    let output = '';
    let late = false;
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    });
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            child.kill('SIGKILL');
          }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ status: 127, stdout, output, reason: error.message });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const reason = late
        ? `no end after ${(timeoutMs ?? 0) / 1000} s`
        : signal
          ? `signal ${signal}`
          : `status ${code}`;
      resolve({ status: late ? 124 : (code ?? 128), stdout, output, reason });
    });
  });
}

/**
 * @param {string} name a program's name
 * @returns {string | undefined} the path of the first such program on PATH
 */
export function onPath(name) {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const extension of extensions) {
      const file = path.join(folder, name + extension);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not there: the next one.
      }
    }
  }
  return undefined;
}

/**
 * The environment for a nested `npm`: without what an outer `npm run` told its own child (its package, its project's
 * settings), and with install scripts as asked for.
 * @param {{ scripts: boolean; first?: string }} options `first` is a folder to put first on PATH
 * @returns {NodeJS.ProcessEnv}
 */
export function npmEnvironment({ scripts, first }) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {};
  for (const [key, value] of Object.entries(process.env)) {
    if (
      /^npm_(package|lifecycle|config_(local_prefix|prefix|global|omit|include|ignore_scripts|node_gyp|noproxy$|user_agent$))/i.test(
        key,
      )
    ) {
      continue;
    }
    env[key] = value;
  }
  if (first !== undefined) env.PATH = `${first}${path.delimiter}${process.env.PATH ?? ''}`;
  env.npm_config_ignore_scripts = String(!scripts);
  env.npm_config_audit = 'false';
  env.npm_config_fund = 'false';
  env.npm_config_update_notifier = 'false';
  return env;
}
