/**
 * `npm run check`: types, lint, format and unit tests, for while one works. The tests compute on the backends that are
 * everywhere; `npm test` takes all that are present, and tests them themselves, and the lint rules.
 */
import { install } from './install.mjs';
import { runMain } from './say.mjs';
import { checkStep, close, report, testStep } from './steps.mjs';

await runMain(async () => {
  await install();
  const unit = testStep('unit', {
    env: { LENS_RUNGS: 'wasm,cpu' },
    more: ['--maxWorkers=100%', '--exclude=test/unit/backends/**', '--exclude=test/unit/harness/lint.test.ts'],
  });
  const steps = [
    unit,
    checkStep('types', { cached: true }),
    checkStep('lint', { cached: true }),
    checkStep('format', { cached: true }),
  ];
  for (const step of steps) void step.then(report);
  close(await Promise.all(steps));
});
