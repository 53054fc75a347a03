/** `npm test`: sets up whatever is missing, then checks and tests everything there is. */
import { build } from './build.mjs';
import { installCodeServer } from './codeServer.mjs';
import { install } from './install.mjs';
import { packageExtension } from './package.mjs';
import { Failure, runMain, say } from './say.mjs';
import { nativeTensorflow } from './setupNative.mjs';
import { checkStep, close, report, testStep } from './steps.mjs';
import { needSystemPackages } from './systemPackages.mjs';

/** @typedef {import('./steps.mjs').Outcome} Outcome */

await runMain(async () => {
  await install();
  /** @type {Outcome[]} */
  const outcomes = [];
  /** @param {Promise<Outcome>} step */
  const run = async (step) => {
    const outcome = await step;
    report(outcome);
    outcomes.push(outcome);
  };

  say('Types and lint …');
  await Promise.all([run(checkStep('types')), run(checkStep('lint')), run(checkStep('format'))]);
  const native = await nativeTensorflow();
  if (native.root === null) process.stdout.write(`  absent: native TensorFlow: ${native.reason}\n`);
  // Chromium brings the software Vulkan on which the webgpu backend is tested where there is no GPU.
  const chromium = await setUp('chromium', () =>
    needSystemPackages(['chromium', 'libvulkan1'], 'Testing in a browser and on WebGPU'),
  );
  say('Unit tests …');
  const env = native.root === null ? {} : { LENS_NATIVE: native.root };
  // vitest leaves a core to itself, of two one half.
  await run(testStep('unit', { env, more: ['--maxWorkers=100%'] }));

  const built = await setUp('build', () => build({ production: true }));
  report(built);
  outcomes.push(built);
  const vsix = built.failed > 0 ? undefined : await packed(outcomes);

  if (chromium.failed > 0) {
    report(chromium);
    outcomes.push(chromium);
  } else {
    say('Browser tests …');
    await run(testStep('browser'));
  }

  const editor = await setUp('editor', installCodeServer);
  if (editor.failed > 0) {
    report(editor);
    outcomes.push(editor);
  } else if (chromium.failed === 0 && vsix !== undefined) {
    say('End-to-end tests in a real VS Code …');
    await run(testStep('e2e', { env: { LENS_VSIX: vsix } }));
  } else {
    process.stdout.write('Not run: the end-to-end tests, for want of what failed above.\n');
  }
  close(outcomes);
});

/**
 * @param {Outcome[]} outcomes
 * @returns {Promise<string | undefined>} the packed extension
 */
async function packed(outcomes) {
  let file;
  const outcome = await setUp('package', async () => {
    file = await packageExtension();
  });
  report(outcome);
  outcomes.push(outcome);
  return file;
}

/**
 * A step of preparation whose failure must not keep the other suites from being counted.
 * @param {string} step
 * @param {() => Promise<unknown>} body
 * @returns {Promise<Outcome>}
 */
async function setUp(step, body) {
  const begun = Date.now();
  const outcome = { step, passed: 1, failed: 0, skipped: [], output: '' };
  try {
    await body();
  } catch (error) {
    outcome.passed = 0;
    outcome.failed = 1;
    const remedy = error instanceof Failure ? `\nWhat to do: ${error.remedy}` : '';
    outcome.output = `${error instanceof Error ? error.message : String(error)}${remedy}`;
  }
  return { ...outcome, seconds: (Date.now() - begun) / 1000 };
}
