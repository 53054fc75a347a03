/** What is kept of a drawing that was interrupted. */
import { expect, it } from 'vitest';
import { finishedRows } from '../../../src/cli/interruptible.ts';

it('rows with all of their values are kept, with what they are conditioned on and completed from', () => {
  const values = Float32Array.of(1, 2, NaN, 4, 5, 6, 7, NaN);
  const given = Uint8Array.of(0, 1, 0, 1, 1, 0, 1, 0);
  const context = Float32Array.of(0, 1, 2, 3);
  const drawn = { rows: 4, dimension: 2, values, means: values, given, context };
  expect(finishedRows(drawn)).toEqual({
    ...{ rows: 2, dimension: 2, means: null },
    values: Float32Array.of(1, 2, 5, 6),
    given: Uint8Array.of(0, 1, 1, 0),
    context: Float32Array.of(0, 2),
  });
  expect(finishedRows({ ...drawn, given: null, context: null })).toMatchObject({ rows: 2, given: null, context: null });
  expect(finishedRows({ ...drawn, values: values.fill(NaN) })).toBeNull();
});
