/**
 * Writes how far a run of vitest is, and at last what it came to, into the file that $LENS_TEST_SUMMARY names: for
 * steps.mjs to tell and to add up, also of a run that was broken off.
 */
import { renameSync, writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** Full names of skipped tests, with the reason given in the test. */
  readonly skipped: readonly { readonly name: string; readonly reason: string | null }[];
  /** False while it runs, and of a run that was broken off. */
  readonly over: boolean;
  /** What failed, with its first error. */
  readonly failures: readonly { readonly name: string; readonly message: string }[];
  /** Files that have begun and not ended. */
  readonly running: readonly string[];
  readonly files: { readonly done: number; readonly all: number };
}

/** What a reporter looks at of a file with tests. */
export type Reported = Pick<TestModule, 'relativeModuleId' | 'errors' | 'children'>;

/** What one file came to. */
type Part = Pick<Summary, 'passed' | 'failures' | 'skipped'>;

export default class SummaryReporter implements Reporter {
  readonly #running = new Set<string>();
  readonly #parts = new Map<string, Part>();
  #all = 0;

  onTestRunStart(specifications: readonly unknown[]): void {
    this.#all = specifications.length;
    this.#write(false, []);
  }

  onTestModuleStart({ relativeModuleId }: Pick<TestModule, 'relativeModuleId'>): void {
    this.#running.add(relativeModuleId);
    this.#write(false, []);
  }

  onTestModuleEnd(module: Reported): void {
    this.#running.delete(module.relativeModuleId);
    this.#parts.set(module.relativeModuleId, partOf(module));
    this.#write(false, []);
  }

  onTestRunEnd(modules: readonly Reported[], errors: readonly Pick<SerializedError, 'message'>[]): void {
    // Among them those that could not be loaded, and so never began.
    for (const module of modules) this.#parts.set(module.relativeModuleId, partOf(module));
    this.#running.clear();
    this.#write(true, errors);
  }

  #write(over: boolean, errors: readonly Pick<SerializedError, 'message'>[]): void {
    const file = process.env['LENS_TEST_SUMMARY'];
    if (file === undefined) return;
    const parts = [...this.#parts.values()];
    const failures = [
      ...errors.map(({ message }) => ({ name: 'between two tests', message })),
      ...parts.flatMap((part) => part.failures),
    ];
    const summary: Summary = {
      passed: parts.reduce((sum, { passed }) => sum + passed, 0),
      failed: failures.length,
      skipped: parts.flatMap(({ skipped }) => skipped),
      over,
      failures,
      running: [...this.#running],
      files: { done: parts.length, all: Math.max(this.#all, parts.length) },
    };
    // Whole at every moment: it is read meanwhile.
    writeFileSync(`${file}.new`, JSON.stringify(summary));
    renameSync(`${file}.new`, file);
  }
}

function partOf(module: Reported): Part {
  const { relativeModuleId: file, children } = module;
  let passed = 0;
  const failures: { name: string; message: string }[] = [];
  const skipped: { name: string; reason: string | null }[] = [];
  const fail = (name: string, found: readonly Pick<SerializedError, 'message'>[]) =>
    failures.push({ name, message: found[0]?.message ?? 'no error is told' });
  // A file that cannot be loaded has no tests to fail, and a hook that throws may leave them all pending.
  const ofFile = module.errors();
  if (ofFile.length > 0) fail(file, ofFile);
  for (const suite of children.allSuites()) {
    if (suite.errors().length > 0) fail(`${file}: ${suite.fullName}`, suite.errors());
  }
  for (const test of children.allTests()) {
    const result = test.result();
    if (result.state === 'passed') passed += 1;
    else if (result.state === 'failed') fail(`${file}: ${test.fullName}`, result.errors);
    else skipped.push({ name: `${file}: ${test.fullName}`, reason: noteOf(result) });
  }
  return { passed, failures, skipped };
}

function noteOf(result: object): string | null {
  return 'note' in result && typeof result.note === 'string' ? result.note : null;
}
