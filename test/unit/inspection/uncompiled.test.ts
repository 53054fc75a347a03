/** What views say where a backend has programs and a model can have none. */
import { expect, it } from 'vitest';
import { NotCompilable } from '../../../src/backends/compiled.ts';
import { WORTH_COMPILING } from '../../../src/backends/compiledPasses.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { inspected } from '../../../src/cli/views/index.ts';
import type { InspectedRun } from '../../../src/cli/views/inspected.ts';
import { frameOf } from '../../../src/inspection/frameOf.ts';
import type { Frame, FrameChoice } from '../../../src/inspection/frames.ts';
import { toEnd } from '../../../src/inspection/source.ts';
import { createModel } from '../../../src/models/index.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { manifest } from '../webview/runs.ts';
import { datasetOf, made, randomRows, sourceOf } from './specimens.ts';

const reason = 'there is no ONNX translation of the kernel Erf, called at src/models/own.ts:12';

/** A backend that can compile nothing. */
async function refusing() {
  const compile = () => {
    throw new NotCompilable(reason);
  };
  return { ...(await startBackend('cpu')), compile };
}

const vae = createModel(modelSpec.parse({ type: 'vae', latent: 2 }), 4, 1, 0);

it.each([
  ['jacobian', made(4)],
  ['entropy', made(4)],
  ['posteriors', vae],
] as const)('the %s frame says why it took longer, once programs would have paid', async (kind, model) => {
  const source = sourceOf(model, await refusing(), { dataset: datasetOf(randomRows(8, 4)) });
  const choice: FrameChoice = { kind, mask: null, options: undefined };
  // While training goes on, what is looked at again and again would pay at once.
  const look = () => toEnd(frameOf(choice, source, { look: 'thorough', part: 1, free: true }));
  expect(await look()).not.toHaveProperty('uncompiled');
  for (let i = 1; i < WORTH_COMPILING; i++) await look();
  expect((await look()).uncompiled).toBe(reason);
});

it('lens inspect has it among the data', async () => {
  const source = sourceOf(made(4), await startBackend('cpu'));
  const choice: FrameChoice = { kind: 'dependency', mask: null, options: undefined };
  const sound = await toEnd(frameOf(choice, source));
  const runWith = (frame: Frame): InspectedRun => ({
    ...{ manifest, metrics: [], mask: null, output: null, layer: null },
    connection: {
      on: () => undefined,
      request: () => Promise.resolve(frame),
    } as unknown as InspectedRun['connection'],
  });
  const shown = await inspected('dependency', runWith({ ...sound, uncompiled: reason }));
  expect(shown.uncompiled).toBe(reason);
  expect(shown.data).toHaveProperty('uncompiled', reason);
  expect(await inspected('dependency', runWith(sound))).not.toHaveProperty('uncompiled');
});
