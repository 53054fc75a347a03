/** Long runs must not grow. */
import { expect, it } from 'vitest';
import { growthOver, NATIVE_BYTES } from '../../bench/memory.ts';
import { isSoftware, onEveryTrainingBackend } from '../backends/everyBackend.ts';

/** Theirs is no native code: what they hold is counted, and a single tensor or page would be seen. */
const counted: ReadonlySet<string> = new Set(['cpu', 'wasm']);

onEveryTrainingBackend(
  'a long run',
  (backend, name) => {
    // On a program that imitates a GPU 10,000 steps take ten minutes: `npm run gpu:check -- --memory 10000` takes them.
    const steps = isSoftware(name) ? 300 : counted.has(name) ? 1000 : 10_000;

    it(`holds no more after ${steps} steps than at their beginning`, async () => {
      const { before, after, nativeBytes } = await growthOver(steps, backend());
      expect(after).toEqual(before);
      expect(nativeBytes).toBeLessThan(NATIVE_BYTES);
    }, 300_000);
  },
  { everywhere: true },
);
