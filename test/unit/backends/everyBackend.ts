/**
 * Runs a suite on every backend that is present. Which are absent, and why, is told by `rungs.test.ts`, which fails when
 * one is absent that must be there.
 */
import { beforeAll, describe, inject, it } from 'vitest';
import type { Backend, BackendName } from '../../../src/backends/backend.ts';
import { startBackend } from '../../../src/backends/index.ts';

export const presentBackends: readonly BackendName[] = inject('rungs').flatMap((rung) =>
  rung.available ? [rung.name] : [],
);

/** Whether $LENS_RUNGS leaves a backend out of this run, which then says nothing of its being there. */
export function leftOut(name: BackendName): boolean {
  const asked = process.env['LENS_RUNGS']?.split(',');
  return asked !== undefined && !asked.includes(name);
}

/** Whether a backend only imitates a GPU: what is repeated often is repeated less often there. */
export function isSoftware(name: BackendName): boolean {
  return inject('rungs').some((rung) => rung.available && rung.name === name && rung.software);
}

/**
 * Whose operations, one by one, are those of another backend, on which they are tested: its own is what it compiles.
 * `rungs.test.ts` prints it.
 */
export function operatesOn(name: BackendName): BackendName {
  return name.startsWith('onnx') ? 'wasm' : name;
}

/**
 * What a suite is worth running on, where there is a choice. What one leaves out is printed, with the reason: it is a
 * skipped test of that suite.
 */
export interface Suites {
  /**
   * True for the few suites that are run on every backend; false unless told. Where a GPU is imitated every small step takes
   * a hundred times as long, and in plain JavaScript several times. Each kernel (`everyKernel.test.ts`), a step of each type of
   * model, each view and each measurement (`everyFamily.test.ts`) are tested there, and what else holds of a model is proved
   * elsewhere. $LENS_RUNGS that names `cpu` has all of it there, as `npm run check` does.
   */
  readonly everywhere?: boolean;
}

/** Why a large model is not trained on a backend; null where it is. For `context.skip`. */
export function tooSlowToTrain(name: BackendName): string | null {
  return name === 'cpu' ? 'plain JavaScript takes minutes to train it; the rest is proved there' : null;
}

type Suite = (backend: () => Backend, name: BackendName) => void;

export function onEveryBackend(title: string, suite: Suite, o: Suites = {}): void {
  describeOn(
    presentBackends.filter((name) => operatesOn(name) === name),
    { ...o, title, suite },
  );
}

/** For what is about numbers on a device, and quick: also where a GPU is imitated, and in plain JavaScript. */
export function onImitatedToo(title: string, suite: Suite): void {
  onEveryBackend(title, suite, { everywhere: true });
}

/** For suites that train by the steps that a backend compiles: also where it has nothing else of its own. */
export function onEveryTrainingBackend(title: string, suite: Suite, o: Suites = {}): void {
  describeOn(presentBackends, { ...o, title, suite });
}

/** Why a suite is not run on a backend; null where it is. */
function reasonAgainst(name: BackendName, { everywhere = false }: Suites): string | null {
  if (everywhere) return null;
  const rest = 'its kernels and a step of every type of model are tested there';
  if (isSoftware(name)) return `the GPU is imitated, which takes minutes; ${rest}`;
  const asked = process.env['LENS_RUNGS']?.split(',').includes(name) ?? false;
  return name === 'cpu' && !asked ? `plain JavaScript takes several times as long; ${rest}` : null;
}

function describeOn(
  names: readonly BackendName[],
  { title, suite, ...o }: Suites & { readonly title: string; readonly suite: Suite },
): void {
  describe.each(names)(`${title} on %s`, (name) => {
    const reason = reasonAgainst(name, o);
    if (reason !== null) {
      it('is left out', (context) => context.skip(reason));
      return;
    }
    let started: Backend | null = null;
    beforeAll(async () => {
      started = await startBackend(name);
    });
    suite(() => {
      if (started === null) throw new Error('asked for the backend outside a test');
      return started;
    }, name);
  });
}
