import { expect, it } from 'vitest';
import { scoresFrame } from '../../../src/inspection/scores.ts';
import { samplesFrame } from '../../../src/inspection/samples.ts';
import { type InspectionSource, snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { datasetOf, made, randomRows, sourceOf } from './specimens.ts';

const frameOf = (source: InspectionSource) => toEnd(scoresFrame(snapshotOf(source, null)));

onEveryBackend('scores of single rows', (backend) => {
  it('are those of the ensemble, and tell whether two runs were given the same rows', async () => {
    const model = made(6, { masks: 3, orderAgnostic: true, order: 'random' });
    const [train, held] = [randomRows(20, 6), randomRows(70, 6, 8)];
    const source = sourceOf(model, backend(), { dataset: datasetOf(train, held) });
    const frame = await frameOf(source);
    const { perRow } = await scoreRows(model, source.parameters, held, { backend: backend() });
    expect(frame).toMatchObject({ split: 'validation', of: 70, maskCount: 3 });
    expect(frame.nats).toHaveLength(70);
    for (const [row, nats] of frame.nats.entries()) expect(nats).toBeCloseTo(-perRow[row]!, 4);
    const same = await frameOf(sourceOf(made(6), backend(), { dataset: datasetOf(randomRows(5, 6), held) }));
    expect(same.data).toBe(frame.data);
    const other = await frameOf(sourceOf(made(6), backend(), { dataset: datasetOf(train, randomRows(70, 6, 9)) }));
    expect(other.data).not.toBe(frame.data);
  });
});

onEveryBackend('samples from a seed', (backend) => {
  it('are the same for the same seed, and say which it was', async () => {
    const source = sourceOf(made(6), backend());
    const drawn = (seed?: number) => toEnd(samplesFrame(snapshotOf(source, null), null, seed));
    const own = await drawn();
    expect(own.seed).toBe(source.seed);
    const asked = await drawn(source.seed + 1);
    expect(asked.seed).toBe(source.seed + 1);
    expect(asked.values).not.toEqual(own.values);
    expect((await drawn(source.seed)).values).toEqual(own.values);
  });
});
