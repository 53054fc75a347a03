import { expect, it } from 'vitest';
import { contextKindOf, contextOf } from '../../../src/cli/sampleInputs.ts';
import type { Experiment } from '../../../src/spec/experiment.ts';
import { sampleInputs } from '../../../src/worker/sampleInputs.ts';
import { datasetOf, made, randomRows } from '../inspection/specimens.ts';

const model = made(3, {}, 3, 4);
const source = (kind: 'labels' | 'values') => {
  const train = { ...randomRows(10, 3), context: randomRows(10, 4, 8) };
  return { model, dataset: async () => ({ ...datasetOf(train), context: { kind, size: 4 } }) };
};
const refusal =
  '2 is a label; this model is conditioned on 4 columns of values and knows no labels: give values [n, 4]';

it('takes a label of a model that is conditioned on classes, and of no other', async () => {
  const wish = { rows: 2, context: { label: 2 } };
  expect((await sampleInputs(source('labels'), wish)).context).toEqual({ values: Float32Array.of(0, 0, 1, 0) });
  await expect(sampleInputs(source('values'), wish)).rejects.toThrow(refusal);
  const values = { values: Float32Array.of(0, 0, 2, 0) };
  expect((await sampleInputs(source('values'), { rows: 2, context: values })).context).toEqual(values);
});

it('is told so on the command line before any data is read', async () => {
  const of = (context: Experiment['data']['context']) => contextKindOf({ context });
  const kinds = [
    of({ labels: { train: 'y.npy' } }),
    of({ labelColumn: 0 }),
    of({ values: { train: 'c.npy' } }),
    of({ columns: [0, 1] }),
  ];
  expect(kinds).toEqual(['labels', 'labels', 'values', 'values']);
  expect(await contextOf({ context: '2' }, model, 'labels')).toEqual({ label: 2 });
  await expect(contextOf({ context: '2' }, model, 'values')).rejects.toThrow(`--context ${refusal} in a file`);
  const gone = { model, contextKind: 'labels' as const, dataset: () => Promise.reject(new Error('gone')) };
  expect((await sampleInputs(gone, { rows: 2, context: { label: 0 } })).context!.values).toHaveLength(4);
});
