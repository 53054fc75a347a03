import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import SummaryReporter, { type Reported, type Summary } from '../../harness/reporter.ts';
import { npmEnvironment } from '../../harness/command.mjs';
import { close, farOf, outcomeOf, skippedWords } from '../../harness/steps.mjs';

/** A file as vitest's reporters get it. */
function file(
  name: string,
  tests: readonly { name: string; result: object }[],
  errors: readonly string[] = [],
): Reported {
  return {
    relativeModuleId: name,
    errors: () => errors.map((message) => ({ message })),
    children: {
      allSuites: () => [],
      allTests: () => tests.map(({ name: fullName, result }) => ({ fullName, result: () => result })),
    },
  } as unknown as Reported;
}

const passing = { name: 'adds', result: { state: 'passed' } };
const failing = { name: 'subtracts', result: { state: 'failed', errors: [{ message: 'expected 1 to be 2' }] } };
const skipping = { name: 'divides', result: { state: 'skipped', note: 'no GPU' } };

describe('the summary of a suite', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lens-summary-'));
  const target = path.join(folder, 'summary.json');
  const read = () => JSON.parse(readFileSync(target, 'utf8')) as Summary;
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(target, { force: true });
  });

  it('is there from the beginning, grows with every file, and says when it is whole', () => {
    vi.stubEnv('LENS_TEST_SUMMARY', target);
    const reporter = new SummaryReporter();
    reporter.onTestRunStart([1, 2, 3]);
    expect(read()).toMatchObject({ passed: 0, over: false, files: { done: 0, all: 3 } });
    const first = file('a.test.ts', [passing, failing, skipping]);
    reporter.onTestModuleStart(first);
    reporter.onTestModuleStart(file('b.test.ts', []));
    expect(read().running).toEqual(['a.test.ts', 'b.test.ts']);
    reporter.onTestModuleEnd(first);
    expect(read()).toEqual({
      passed: 1,
      failed: 1,
      failures: [{ name: 'a.test.ts: subtracts', message: 'expected 1 to be 2' }],
      skipped: [{ name: 'a.test.ts: divides', reason: 'no GPU' }],
      running: ['b.test.ts'],
      over: false,
      files: { done: 1, all: 3 },
    });
    const last = file('c.test.ts', [], ['cannot be loaded']);
    reporter.onTestRunEnd([first, file('b.test.ts', [passing]), last], [{ message: 'thrown in passing' }]);
    expect(read()).toMatchObject({ passed: 2, failed: 3, running: [], over: true, files: { done: 3, all: 3 } });
    expect(read().failures.map(({ name }) => name)).toEqual(['between two tests', 'a.test.ts: subtracts', 'c.test.ts']);
  });
});

const partial: Summary = {
  passed: 40,
  failed: 1,
  skipped: [],
  over: false,
  failures: [{ name: 'a.test.ts: subtracts', message: 'expected 1 to be 2' }],
  running: ['slow.test.ts'],
  files: { done: 7, all: 9 },
};

describe('a suite', () => {
  it('that was broken off tells what had passed and failed, and what was under way', () => {
    const end = { status: 124, output: 'RUN v4\n', reason: 'no end after 60 s' };
    const { passed, failed, failures, output } = outcomeOf('unit', partial, end);
    expect([passed, failed]).toEqual([40, 2]);
    expect(failures).toEqual([
      'a.test.ts: subtracts: expected 1 to be 2',
      'unit was broken off (no end after 60 s) after 7 of 9 files',
    ]);
    expect(output.split('\n')).toEqual([
      'RUN v4',
      '✗ a.test.ts: subtracts',
      'expected 1 to be 2',
      'unit was broken off (no end after 60 s) after 7 of 9 files.',
      'Under way: slow.test.ts',
    ]);
  });

  it('that came to its end counts what its tests say, and fails if vitest does', () => {
    const over = { ...partial, over: true, running: [] };
    const ending = { output: 'all', reason: 'status 1' };
    expect(outcomeOf('unit', over, { ...ending, status: 1 })).toMatchObject({ passed: 40, failed: 1, output: 'all' });
    const sound = { ...over, failed: 0, failures: [] };
    expect(outcomeOf('unit', sound, { ...ending, status: 0 })).toMatchObject({ passed: 40, failed: 0 });
    expect(outcomeOf('unit', sound, { ...ending, status: 1 })).toMatchObject({ passed: 40, failed: 1 });
  });

  it('says how far it is', () => {
    expect(farOf('unit', partial)).toBe('  unit: 7 of 9 files, 40 passed, 1 failed; under way: slow.test.ts');
  });
});

it('ends with what failed, and the counts as the last line', () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const before = process.exitCode;
  const outcome = { skipped: [], output: '', seconds: 1 };
  try {
    close([
      { ...outcome, step: 'types', passed: 0, failed: 1 },
      { ...outcome, step: 'unit', passed: 40, failed: 1, failures: ['a.test.ts: subtracts: expected 1 to be 2'] },
      { ...outcome, step: 'browser', passed: 3, failed: 0, failures: [] },
    ]);
    expect(process.exitCode).toBe(1);
  } finally {
    process.exitCode = before;
    vi.restoreAllMocks();
  }
  expect(written.join('').split('\n')).toEqual([
    '✗ types: see above',
    '✗ unit: a.test.ts: subtracts: expected 1 to be 2',
    '43 passed, 2 failed',
    '',
  ]);
});

it('tells a reason once, whatever it keeps from being tested', () => {
  const skipped = [
    { name: 'a', reason: 'the GPU is imitated' },
    { name: 'b', reason: null },
    { name: 'c', reason: 'the GPU is imitated' },
  ];
  expect(skippedWords(skipped)).toBe(
    '  skipped, since the GPU is imitated:\n    a\n    c\n  skipped: b: no reason given\n',
  );
});

describe('the environment of an npm within npm', () => {
  it('does not say which Node and npm the outer one has: packages refuse by that', () => {
    vi.stubEnv('npm_config_user_agent', 'npm/11.19.1 node/v20.20.2 linux x64 workspaces/false');
    vi.stubEnv('npm_config_registry', 'kept');
    const env = npmEnvironment({ scripts: true });
    vi.unstubAllEnvs();
    expect(env['npm_config_user_agent']).toBeUndefined();
    expect(env['npm_config_registry']).toBe('kept');
  });
});
