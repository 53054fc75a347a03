/** Rows as flows are given them: noise is added to levels, and never to the rows of a model whose noise is something else. */
import { expect, it } from 'vitest';
import { picked } from '../../../src/inspection/flowRows.ts';
import { createModel } from '../../../src/models/index.ts';
import { niceSpec } from '../../../src/spec/models/nice.ts';
import { vaeSpec } from '../../../src/spec/models/vae.ts';
import { randomRows } from './specimens.ts';

const matrix = randomRows(20, 4);
const rows = Int32Array.of(3, 17, 0);
const asGiven = [...rows].flatMap((row) => [...matrix.values.subarray(4 * row, 4 * row + 4)]);

it('are levels with a noise of their own on [0, 1), the same wherever a row is met', () => {
  const flow = createModel(niceSpec.parse({ type: 'nice', hidden: [5], dequantise: { levels: 2 } }), 4, 1);
  const { values } = picked(flow, matrix, rows);
  expect([...values].map(Math.floor)).toEqual(asGiven);
  expect(new Set([...values].map((value) => value % 1)).size).toBe(values.length);
  expect([...picked(flow, matrix, rows.subarray(1)).values]).toEqual([...values.subarray(4)]);
});

it('stay what they are of a model with latent variables, whose noise is of the latents', () => {
  for (const latent of [2, 4, 9]) {
    const model = createModel(vaeSpec.parse({ type: 'vae', latent, encoder: { hidden: [3] } }), 4, 1);
    expect([...picked(model, matrix, rows).values]).toEqual(asGiven);
  }
});
