/** Writes what a run of vitest came to into the file that $LENS_TEST_SUMMARY names, for test.mjs to add up. */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** Full names of skipped tests, with the reason given in the test. */
  readonly skipped: readonly { readonly name: string; readonly reason: string | null }[];
}

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = errors.length;
    const skipped: { name: string; reason: string | null }[] = [];
    for (const module of modules) {
      // A file that cannot be loaded has no tests to fail, and a hook that throws may leave them all pending.
      if (module.errors().length > 0) failed += 1;
      for (const suite of module.children.allSuites()) failed += suite.errors().length > 0 ? 1 : 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'failed') failed += 1;
        else skipped.push({ name: `${module.relativeModuleId}: ${test.fullName}`, reason: noteOf(result) });
      }
    }
    const file = process.env['LENS_TEST_SUMMARY'];
    if (file !== undefined) writeFileSync(file, JSON.stringify({ passed, failed, skipped } satisfies Summary));
  }
}

function noteOf(result: object): string | null {
  return 'note' in result && typeof result.note === 'string' ? result.note : null;
}
