/** What a model over images makes of one row: what its pixels cost, and its feature maps. */
import { expect, it } from 'vitest';
import { featureMapsFrame } from '../../../src/inspection/featureMaps.ts';
import { frameOf } from '../../../src/inspection/frameOf.ts';
import type { FeatureMapsFrame, RowSurpriseFrame } from '../../../src/inspection/frames.ts';
import { rowSurpriseFrame } from '../../../src/inspection/rowSurprise.ts';
import { snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { createModel } from '../../../src/models/index.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { heldOut } from '../../../src/data/heldOut.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { made, sourceOf } from './specimens.ts';

const IMAGE = [3, 4] as const;
const pixelcnn = () =>
  createModel(
    modelSpec.parse({ type: 'pixelcnn', image: [...IMAGE], features: 6, head: 5, layers: 2, firstKernel: 3 }),
    12,
    1,
  );

onEveryBackend('one row', (backend) => {
  it('costs what its parts add up to, and the costliest is the one that costs most', async () => {
    const source = sourceOf(pixelcnn(), backend());
    const worst = (await toEnd(frameOf({ kind: 'rowSurprise', mask: null }, source))) as RowSurpriseFrame;
    const { matrix } = heldOut(await source.dataset());
    const nllOf = (frame: RowSurpriseFrame) => frame.surprise.reduce((sum, own) => sum + own, 0);
    expect(nllOf(worst)).toBeCloseTo(Math.max(...worst.others), 3);
    const frames = await Promise.all([0, 1, 2].map((row) => toEnd(rowSurpriseFrame(snapshotOf(source, null), row))));
    const { tf } = backend();
    const snapshot = snapshotOf(source, null);
    for (const frame of frames) {
      const x = tf.tensor2d(matrix.values.slice(12 * frame.row, 12 * (frame.row + 1)), [1, 12], 'float32');
      const inputs = { parameters: snapshot.parameters, masks: {}, noise: {}, context: null };
      const masks = Object.fromEntries(
        Object.entries(source.model.masks(0)).map(([name, { shape, data }]) => [
          name,
          tf.tensor(data, [...shape], 'float32'),
        ]),
      );
      const [logProb] = await source.model.logProb!(x, { ...inputs, masks }).data();
      expect(nllOf(frame)).toBeCloseTo(-logProb!, 3);
      expect(nllOf(frame)).toBeLessThanOrEqual(nllOf(worst) + 1e-3);
      expect([...frame.picture.values]).toEqual(
        Array.from(matrix.values.slice(12 * frame.row, 12 * (frame.row + 1)), (v) => v * 255),
      );
      // Of a Bernoulli: H(p) where −log p is known.
      for (const [d, surprise] of frame.surprise.entries()) {
        const p = Math.exp(-surprise);
        expect(frame.entropy![d]).toBeCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), 4);
      }
    }
  });

  it('is refused where it is not there, or where log p has no parts', async () => {
    const source = sourceOf(pixelcnn(), backend());
    const { matrix, split } = heldOut(await source.dataset());
    await expect(toEnd(rowSurpriseFrame(snapshotOf(source, null), matrix.rows))).rejects.toThrow(
      `no row ${matrix.rows}: there are ${matrix.rows} ${split} rows, counted from 0`,
    );
  });
});

onEveryBackend('feature maps', (backend) => {
  it('are those of the layer, map after map, and tell which layers there are', async () => {
    const source = sourceOf(pixelcnn(), backend());
    const first = await toEnd(featureMapsFrame(snapshotOf(source, null), { layer: 0, row: 1 }));
    expect(first.layers.map(({ name }) => name).slice(0, 2)).toEqual(['vertical', 'horizontal']);
    expect(first.layers.at(-1)).toMatchObject({ name: 'output', channels: 1 });
    expect(first.layers[0]).toMatchObject({ role: 'preactivation', channels: 6 });
    expect(first.values).toHaveLength(6 * 12);
    // Nothing is above the first row: there its sums are the biases, 0 at the start.
    const initial = sourceOf(pixelcnn(), backend());
    const maps = await toEnd(featureMapsFrame(snapshotOf(initial, null), { layer: 0, row: 1 }));
    for (let channel = 0; channel < 6; channel++) {
      const row = [...maps.values.subarray(12 * channel, 12 * channel + 4)];
      expect(new Set(row).size, 'one value along the first row').toBe(1);
    }
    const { tf } = backend();
    const snapshot = snapshotOf(initial, null);
    const { matrix } = heldOut(await initial.dataset());
    const x = tf.tensor2d(matrix.values.slice(12, 24), [1, 12], 'float32');
    const masks = Object.fromEntries(
      Object.entries(initial.model.masks(0)).map(([name, { shape, data }]) => [
        name,
        tf.tensor(data, [...shape], 'float32'),
      ]),
    );
    const inputs = { parameters: snapshot.parameters, masks, noise: {}, context: null };
    const found = initial.model.activations(x, inputs).find(({ layer }) => layer === 'horizontal')!;
    const own = await found.value.data();
    const shown = await toEnd(featureMapsFrame(snapshotOf(initial, null), { layer: 1, row: 1 }));
    for (let pixel = 0; pixel < 12; pixel++) {
      for (let channel = 0; channel < 6; channel++) {
        expect(shown.values[12 * channel + pixel]).toBeCloseTo(own[6 * pixel + channel]!, 5);
      }
    }
  });

  it('are of the layer before the last unless one is chosen; others are refused', async () => {
    const source = sourceOf(pixelcnn(), backend());
    const frame = (await toEnd(frameOf({ kind: 'featureMaps', mask: null }, source))) as FeatureMapsFrame;
    expect(frame.layer).toBe(frame.layers.length - 2);
    expect(frame).toMatchObject({ row: 0, size: [3, 4, 1] });
    await expect(toEnd(featureMapsFrame(snapshotOf(source, null), { layer: 99, row: 0 }))).rejects.toThrow(
      'no layer 99',
    );
    const network = sourceOf(made(5), backend());
    await expect(toEnd(featureMapsFrame(snapshotOf(network, null), { layer: 0, row: 0 }))).rejects.toThrow(
      'this model (made) has no maps over the pixels of an image',
    );
  });
});
