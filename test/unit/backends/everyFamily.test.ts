/**
 * A step of every type of model on WebGPU, every kind of frame and what is measured for diagnostics, beside wasm, on which they are proved.
 * Where a GPU is imitated this and `everyKernel.test.ts` stand for the suites that are left out there: what those would
 * find besides is a value that is read before it is there, which fails on WebGPU alone.
 */
import { describe, expect, inject, it } from 'vitest';
import type { Backend, BackendName } from '../../../src/backends/backend.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { ContextGatherer } from '../../../src/inspection/diagnostics/gather.ts';
import type { DiagnosticContext } from '../../../src/inspection/diagnostics/context.ts';
import { frameOf } from '../../../src/inspection/frameOf.ts';
import { type FrameKind, frameKinds } from '../../../src/inspection/frames.ts';
import type { InspectionSource } from '../../../src/inspection/source.ts';
import { disposeTensors } from '../../../src/layers/namedTensors.ts';
import { chainsMoved, lossAndGradients, makeTrainingStep } from '../../../src/training/makeStep.ts';
import { datasetOf, sourceOf } from '../inspection/specimens.ts';
import { type Case, cases } from './onnx/cases.ts';
import { disposeInputs, inputsOf, modelOf, rowsOf, startOf } from './onnx/specimen.ts';
import { readAll } from './read.ts';

/** The first case of every type of model. */
const families = cases.filter(
  ({ experiment }, i) => cases.findIndex((other) => other.experiment.model.type === experiment.model.type) === i,
);
const titled = families.map((specimen) => [specimen.experiment.model.type, specimen] as const);

/** What is compared number by number: the loss, and by the weights its gradients. */
async function stepped(name: BackendName, specimen: Case): Promise<number[][]> {
  await startBackend(name);
  const model = modelOf(specimen);
  const start = startOf(specimen, model);
  const given = inputsOf(specimen, model, 2);
  try {
    const [loss, ...updated] = await readAll(() => {
      const step = makeTrainingStep(model, specimen.experiment.training, { norms: false });
      const after = step({ ...start, ...given });
      return [after.loss, ...Object.values(after.parameters)];
    });
    expect(updated.flat().every(Number.isFinite)).toBe(true);
    const gradients = await readAll(() => {
      const found = lossAndGradients(model, chainsMoved(model, { ...start, ...given }).inputs);
      return Object.values(found.gradients);
    });
    return [loss!, ...gradients];
  } finally {
    disposeInputs(given);
    disposeTensors(start.parameters, start.optimizer);
  }
}

async function ended<T>(work: AsyncGenerator<unknown, T, void>): Promise<T> {
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
  }
}

async function lookedAt<T>(name: BackendName, specimen: Case, look: (source: InspectionSource) => Promise<T>) {
  const backend: Backend = await startBackend(name);
  const model = modelOf(specimen);
  const source = sourceOf(model, backend, { dataset: datasetOf(rowsOf(model, 24, 1), rowsOf(model, 16, 2)) });
  try {
    return await look(source);
  } finally {
    disposeTensors(source.parameters);
  }
}

/** Frames of these kinds, as far as the model has them. */
async function framesOf(
  kinds: readonly FrameKind[],
  source: InspectionSource,
): Promise<Partial<Record<FrameKind, unknown>>> {
  const found: Partial<Record<FrameKind, unknown>> = {};
  for (const kind of kinds) {
    const frame = ended(frameOf({ kind, mask: null }, source, { look: 'glance', part: 1, free: true }));
    found[kind] = await frame.catch((error: unknown) => {
      if (error instanceof RangeError) return undefined;
      throw error;
    });
  }
  return found;
}

const measured = (source: InspectionSource): Promise<DiagnosticContext> => {
  const facts = { metrics: [], norms: null, failure: null, over: true };
  return ended(new ContextGatherer(source, () => facts).gather('full'));
};

/** What a number is told from: its place, so that texts and lists are compared by what is in them. */
function shapeOf(value: unknown): unknown {
  if (typeof value === 'number') return 'number';
  if (ArrayBuffer.isView(value)) return [value.constructor.name, value.byteLength];
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]));
  return value;
}

const OF_TEXT: ReadonlySet<FrameKind> = new Set<FrameKind>(['unitText']);

const rung = inject('rungs').find(({ name }) => name === 'webgpu')!;
if (rung.available) describe('on webgpu', suite);
else it('every type of model on webgpu', (context) => context.skip(rung.reason));

/** Between them they have every kind of frame but those of text, which wants a text among the data. */
const looked = titled
  .filter(([type]) => ['made', 'nice', 'vae', 'pixelcnn'].includes(type))
  // Transport is drawn in the plane.
  .map(([type, specimen]) => [type, type === 'nice' ? { ...specimen, dimension: 2 } : specimen] as const);

function suite(): void {
  it.each(titled)(
    '%s takes the same step',
    async (_type, specimen) => {
      const expected = await stepped('wasm', specimen);
      const found = await stepped('webgpu', specimen);
      for (const [i, values] of expected.entries()) {
        const largest = Math.max(1e-3, ...values.map(Math.abs));
        const furthest = Math.max(...values.map((value, j) => Math.abs(found[i]![j]! - value)));
        expect(furthest, `tensor ${i}`).toBeLessThan(1e-4 * largest);
      }
    },
    300_000,
  );

  const seen = new Set<FrameKind>();
  const unseen = () => frameKinds.filter((kind) => !seen.has(kind));

  it.each(looked)(
    '%s has the same views, of those that none before it had',
    async (_type, specimen) => {
      const kinds = unseen();
      const look = (source: InspectionSource) => framesOf(kinds, source);
      const expected = await lookedAt('wasm', specimen, look);
      expect(shapeOf(await lookedAt('webgpu', specimen, look))).toEqual(shapeOf(expected));
      for (const kind of kinds) if (expected[kind] !== undefined) seen.add(kind);
    },
    300_000,
  );

  it('has drawn every kind of frame', () => {
    expect(unseen().filter((kind) => !OF_TEXT.has(kind))).toEqual([]);
  });

  it.each(looked.filter(([type]) => type !== 'pixelcnn'))(
    '%s is measured alike',
    async (_type, specimen) => {
      const expected = await lookedAt('wasm', specimen, measured);
      expect(shapeOf(await lookedAt('webgpu', specimen, measured))).toEqual(shapeOf(expected));
    },
    300_000,
  );
}
