/**
 * Runs a suite on every backend that is present. Which are absent, and why, is told by `rungs.test.ts`, which fails when
 * one is absent that must be there.
 */
import { beforeAll, describe, inject } from 'vitest';
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

/** Whether a backend only imitates a GPU: tests that repeat something often do it less often there. */
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

export interface Suites {
  /** False for suites that would take minutes on a backend that imitates a GPU. */
  readonly software: boolean;
}

type Suite = (backend: () => Backend, name: BackendName) => void;

export function onEveryBackend(title: string, suite: Suite, o: Suites = { software: true }): void {
  describeOn(
    presentBackends.filter((name) => operatesOn(name) === name),
    { title, suite, ...o },
  );
}

/** For suites that train by the steps that a backend compiles: also where it has nothing else of its own. */
export function onEveryTrainingBackend(title: string, suite: Suite, o: Suites = { software: true }): void {
  describeOn(presentBackends, { title, suite, ...o });
}

function describeOn(
  names: readonly BackendName[],
  { title, suite, software }: Suites & { readonly title: string; readonly suite: Suite },
): void {
  describe.each(names.filter((name) => software || !isSoftware(name)))(`${title} on %s`, (name) => {
    let started: Backend | null = null;
    beforeAll(async () => {
      started = await startBackend(name);
    }, 60_000);
    suite(() => {
      if (started === null) throw new Error('asked for the backend outside a test');
      return started;
    }, name);
  });
}
