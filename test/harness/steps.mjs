/** The steps that `npm test` and `npm run check` are made of. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { tryRun } from './command.mjs';
import { root } from './root.mjs';
import { say } from './say.mjs';

/** @typedef {import('./reporter.ts').Summary} Summary */
/** @typedef {{ name: string; reason: string | null }} Skipped */
/**
 * @typedef {object} Outcome
 * @property {string} step
 * @property {number} passed
 * @property {number} failed
 * @property {readonly Skipped[]} skipped
 * @property {readonly string[]} [failures] what failed, a line each, where that is known
 * @property {string} output what the step printed
 * @property {number} seconds
 */

const bin = (/** @type {string} */ file) => path.join(root, 'node_modules', file);

/** Steps that are one check each: they pass or fail as a whole. */
const CHECKS = {
  types: [bin('typescript/bin/tsc'), '--noEmit'],
  lint: [bin('eslint/bin/eslint.js'), '--max-warnings', '0', '.'],
  format: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
};

/** What makes a check look only at what has changed; what it remembers lies beside the packages. */
const CACHED = {
  types: ['--incremental', '--tsBuildInfoFile', bin('.cache/types.tsbuildinfo')],
  lint: ['--cache', '--cache-strategy', 'content', '--cache-location', bin('.cache/eslint')],
  format: ['--cache', '--cache-strategy', 'content', '--cache-location', bin('.cache/prettier/.prettier-cache')],
};

/**
 * @param {keyof typeof CHECKS} step
 * @param {{ cached?: boolean }} [options] `cached`: quicker, and blind to what a change in one file means for the lint
 *   of another; for while one works
 * @returns {Promise<Outcome>}
 */
export async function checkStep(step, { cached = false } = {}) {
  const begun = Date.now();
  const args = cached ? [...CHECKS[step], ...CACHED[step]] : CHECKS[step];
  const { status, output } = await tryRun(process.execPath, args, { cwd: root, timeoutMs: 10 * 60_000 });
  const failed = status === 0 ? 0 : 1;
  return { step, passed: 1 - failed, failed, skipped: [], output, seconds: (Date.now() - begun) / 1000 };
}

/** After which a suite hangs: machines with two cores differ by four times in what they take. */
const LIMITS_MS = { unit: 60 * 60_000, browser: 40 * 60_000, e2e: 30 * 60_000 };

/** While a suite runs one is told so often how far it is. */
const PROGRESS_MS = 60_000;

/**
 * @param {'unit' | 'browser' | 'e2e'} project
 * @param {{ env?: Record<string, string>; timeoutMs?: number; more?: readonly string[] }} [options] `more`: for vitest
 * @returns {Promise<Outcome>}
 */
export async function testStep(project, { env = {}, timeoutMs = LIMITS_MS[project], more = [] } = {}) {
  const begun = Date.now();
  const summaryFile = path.join(root, 'artifacts', `${project}-summary.json`);
  await mkdir(path.dirname(summaryFile), { recursive: true });
  await rm(summaryFile, { force: true });
  const progress = setInterval(() => void readSummary(summaryFile).then((so) => say(farOf(project, so))), PROGRESS_MS);
  const reporters = ['--reporter=default', `--reporter=${path.join(root, 'test/harness/reporter.ts')}`];
  const args = [bin('vitest/vitest.mjs'), 'run', '--project', project, '--passWithNoTests', ...reporters, ...more];
  const { status, output, reason } = await tryRun(process.execPath, args, {
    cwd: root,
    env: { ...process.env, CI: '1', ...env, LENS_TEST_SUMMARY: summaryFile },
    timeoutMs,
  });
  clearInterval(progress);
  const summary = await readSummary(summaryFile);
  return { ...outcomeOf(project, summary, { status, output, reason }), seconds: (Date.now() - begun) / 1000 };
}

/**
 * What a suite came to, whole or broken off.
 * @param {string} step
 * @param {Summary} summary
 * @param {{ status: number; output: string; reason: string }} end how vitest ended
 * @returns {Omit<Outcome, 'seconds'>}
 */
export function outcomeOf(
  step,
  { passed, failed, skipped, over, failures, running, files },
  { status, output, reason },
) {
  const lines = failures.map(({ name, message }) => `${name}: ${message.split('\n')[0]}`);
  const counted = { step, passed, failed, skipped, failures: lines, output };
  if (over || status === 0) {
    // vitest can fail without a failed test: something was thrown between two tests.
    return { ...counted, failed: failed === 0 && status !== 0 ? 1 : failed };
  }
  const brokenOff = `${step} was broken off (${reason}) after ${files.done} of ${files.all} files`;
  // Its own report comes at the end, which it has not reached.
  const told = [
    output.trimEnd(),
    ...failures.map(({ name, message }) => `✗ ${name}\n${message}`),
    `${brokenOff}.`,
    running.length > 0 ? `Under way: ${running.join(', ')}` : '',
  ];
  return { ...counted, failed: failed + 1, failures: [...lines, brokenOff], output: told.filter(Boolean).join('\n') };
}

/**
 * @param {string} step
 * @param {Summary} summary
 * @returns {string} one line
 */
export function farOf(step, { passed, failed, files, running }) {
  const counts = `${files.done} of ${files.all} files, ${passed} passed, ${failed} failed`;
  return `  ${step}: ${counts}${running.length > 0 ? `; under way: ${running.join(', ')}` : ''}`;
}

/**
 * @param {string} file
 * @returns {Promise<Summary>} what the reporter wrote last; nothing yet, if there is no such file
 */
async function readSummary(file) {
  /** @type {Summary} */
  const none = {
    passed: 0,
    failed: 0,
    skipped: [],
    over: false,
    failures: [],
    running: [],
    files: { done: 0, all: 0 },
  };
  return readFile(file, 'utf8').then(
    (text) => JSON.parse(text),
    () => none,
  );
}

/**
 * Prints one line for a step, and what it printed itself if something in it failed.
 * @param {Outcome} outcome
 */
export function report({ step, passed, failed, skipped, output, seconds }) {
  const counts = [
    `${passed} passed`,
    failed > 0 ? `${failed} failed` : '',
    skipped.length > 0 ? `${skipped.length} skipped` : '',
  ];
  const line = `${failed > 0 ? '✗' : '✓'} ${step.padEnd(8)} ${counts.filter(Boolean).join(', ')} (${seconds.toFixed(1)} s)`;
  if (failed > 0) process.stdout.write(`\n${output.trimEnd()}\n\n`);
  process.stdout.write(`${line}\n`);
  process.stdout.write(skippedWords(skipped));
}

/**
 * Skipped tests, those with one reason together.
 * @param {readonly Skipped[]} skipped
 * @returns {string} lines
 */
export function skippedWords(skipped) {
  /** @type {Map<string, string[]>} */
  const byReason = new Map();
  for (const { name, reason } of skipped) {
    const words = reason ?? 'no reason given';
    byReason.set(words, [...(byReason.get(words) ?? []), name]);
  }
  return [...byReason]
    .map(([reason, names]) =>
      names.length === 1
        ? `  skipped: ${names[0]}: ${reason}\n`
        : `  skipped, since ${reason}:\n${names.map((name) => `    ${name}\n`).join('')}`,
    )
    .join('');
}

/**
 * Prints what failed once more, for who reads a long log from its end, then the closing line; sets the exit status.
 * @param {readonly Outcome[]} outcomes
 */
export function close(outcomes) {
  for (const { step, failed, failures = [] } of outcomes) {
    if (failed === 0) continue;
    const lines = failures.length > 0 ? failures : ['see above'];
    process.stdout.write(lines.map((line) => `✗ ${step}: ${line}\n`).join(''));
  }
  const sum = (/** @type {'passed' | 'failed'} */ key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  if (sum('failed') > 0) process.exitCode = 1;
}
