/** The steps that `npm test` and `npm run check` are made of. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { tryRun } from './command.mjs';
import { root } from './root.mjs';

/** @typedef {{ name: string; reason: string | null }} Skipped */
/**
 * @typedef {object} Outcome
 * @property {string} step
 * @property {number} passed
 * @property {number} failed
 * @property {readonly Skipped[]} skipped
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

/**
 * @param {'unit' | 'browser' | 'e2e'} project
 * @param {{ env?: Record<string, string>; timeoutMs?: number; more?: readonly string[] }} [options] `more`: for vitest
 * @returns {Promise<Outcome>}
 */
export async function testStep(project, { env = {}, timeoutMs = 45 * 60_000, more = [] } = {}) {
  const begun = Date.now();
  const summaryFile = path.join(root, 'artifacts', `${project}-summary.json`);
  await mkdir(path.dirname(summaryFile), { recursive: true });
  await rm(summaryFile, { force: true });
  const reporters = ['--reporter=default', `--reporter=${path.join(root, 'test/harness/reporter.ts')}`];
  const args = [bin('vitest/vitest.mjs'), 'run', '--project', project, '--passWithNoTests', ...reporters, ...more];
  const { status, output } = await tryRun(process.execPath, args, {
    cwd: root,
    env: { ...process.env, CI: '1', ...env, LENS_TEST_SUMMARY: summaryFile },
    timeoutMs,
  });
  /** @type {{ passed: number; failed: number; skipped: readonly Skipped[] }} */
  const summary = JSON.parse(await readFile(summaryFile, 'utf8').catch(() => '{"passed":0,"failed":0,"skipped":[]}'));
  // vitest can fail without a failed test: it was killed, or something was thrown between two tests.
  const failed = summary.failed === 0 && status !== 0 ? 1 : summary.failed;
  return { step: project, ...summary, failed, output, seconds: (Date.now() - begun) / 1000 };
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
  for (const { name, reason } of skipped) process.stdout.write(`  skipped: ${name}: ${reason ?? 'no reason given'}\n`);
}

/**
 * Prints the closing line and sets the exit status.
 * @param {readonly Outcome[]} outcomes
 */
export function close(outcomes) {
  const sum = (/** @type {'passed' | 'failed'} */ key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  if (sum('failed') > 0) process.exitCode = 1;
}
