/** `npm run check`: types, lint, format and unit tests, for while one works. */
import { install } from './install.mjs';
import { runMain } from './say.mjs';
import { checkStep, close, report, testStep } from './steps.mjs';

await runMain(async () => {
  await install();
  const steps = [testStep('unit'), checkStep('types'), checkStep('lint'), checkStep('format')];
  for (const step of steps) void step.then(report);
  close(await Promise.all(steps));
});
