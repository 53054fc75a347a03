import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          globalSetup: 'test/unit/rungs.setup.ts',
          // After which a test hangs; how long it takes is no matter of its own.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        // Real pages in Chromium: one file at a time, so that what they measure is theirs.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.{ts,tsx}'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        extends: true,
        // The whole product in a real VS Code: one story, in order.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          sequence: { concurrent: false },
          bail: 0,
          // After which something hangs: the editor of a busy machine answers many times later than that of a free one.
          testTimeout: 400_000,
          hookTimeout: 400_000,
          expect: { poll: { timeout: 90_000 } },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'extension/**', 'webview/**'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'coverage',
    },
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
});
