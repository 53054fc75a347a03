/** Latent traversals, and the way between two posteriors: against the model's own parts and closed forms. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { normalCdf } from '../../../src/distributions/standardNormal.ts';
import { OWN_ROW } from '../../../src/inspection/frames/latent.ts';
import { AT_ZERO } from '../../../src/inspection/frames/manifold.ts';
import { latentUnitsFrame } from '../../../src/inspection/latentUnits.ts';
import { walkFrame } from '../../../src/inspection/latentWalk.ts';
import type { InspectionSource } from '../../../src/inspection/source.ts';
import { traversalsFrame } from '../../../src/inspection/traversals.ts';
import { byCarried } from '../../../src/inspection/unitDivergences.ts';
import { upload } from '../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { D, of, vae as smallVae } from './latentSpecimens.ts';
import { datasetOf, made, randomRows, sourceOf } from './specimens.ts';

const vae = (changes: Readonly<Record<string, unknown>> = {}) => smallVae({ latent: 4, ...changes });

const inputsOf = ({ model, parameters }: InspectionSource) => ({
  ...{ parameters, masks: upload(model.masks(0)), noise: {}, context: null },
});

/** E[x|z] in bytes, of places [n, K] in a row. */
async function bytesAt(source: InspectionSource, z: readonly number[]): Promise<number[]> {
  const latent = source.model.latent!;
  const K = latent.latentDimension;
  const [found] = await readAll(() => [
    latent.output.mean(latent.decode(tf.tensor2d([...z], [z.length / K, K]), inputsOf(source))),
  ]);
  return found!.map((value) => Math.round(255 * value));
}

/** Means of the posteriors of training rows, [n, K] in a row. */
async function meansOf(source: InspectionSource, rows: readonly number[]): Promise<number[]> {
  const { train } = await source.dataset();
  const x = rows.flatMap((row) => [...train.values.subarray(row * D, (row + 1) * D)]);
  const [found] = await readAll(() => [
    source.model.latent!.encode(tf.tensor2d(x, [rows.length, D]), inputsOf(source)).mean,
  ]);
  return found!;
}

onEveryBackend(
  'latent traversals',
  (backend) => {
    const source = (changes = {}) => sourceOf(vae(changes), backend(), { dataset: datasetOf(randomRows(40, D)) });

    it('lead each coordinate through the prior by itself, what carries most first', async () => {
      const own = source();
      const frame = await of(own, (snapshot) => traversalsFrame(snapshot, { row: AT_ZERO }));
      const { units, places, decoded, perUnit, activity } = frame;
      expect([decoded.rows, places.length, frame.rows, frame.complete]).toEqual([44, 11, 40, true]);
      for (const [i, place] of places.entries()) expect(normalCdf(place)).toBeCloseTo((i + 0.5) / 11, 6);
      expect([...units]).toEqual([...byCarried({ perUnit, activity })]);
      expect([...units].sort()).toEqual([0, 1, 2, 3]);
      const z = [...units].flatMap((unit) =>
        [...places].flatMap((place) => Array.from({ length: 4 }, (_, k) => (k === unit ? place : 0))),
      );
      expect([...decoded.values]).toEqual(await bytesAt(own, z));
    });

    it('hold the others where the encoder puts a row', async () => {
      const own = source();
      const frame = await of(own, (snapshot) => traversalsFrame(snapshot, { row: 7 }));
      const held = await meansOf(own, [7]);
      for (const [k, value] of frame.held.entries()) expect(value).toBeCloseTo(held[k]!, 5);
      const [unit, place] = [frame.units[2]!, frame.places[9]!];
      const there = await bytesAt(
        own,
        [...frame.held].map((value, k) => (k === unit ? place : value)),
      );
      expect([...frame.decoded.values.subarray((2 * 11 + 9) * D, (2 * 11 + 10) * D)]).toEqual(there);
      await expect(of(own, (snapshot) => traversalsFrame(snapshot, { row: 40 }))).rejects.toThrow(
        'no row 40: there are 40 train rows',
      );
    });

    it.each([
      ['gaussian', 'gaussian'],
      ['iaf', { type: 'iaf' }],
    ] as const)('measure what units carry as their own view does (%s)', async (_, posterior) => {
      const own = source({ posterior });
      const frame = await of(own, (snapshot) => traversalsFrame(snapshot, { row: AT_ZERO }));
      const units = await of(own, (snapshot) => latentUnitsFrame(snapshot));
      for (const [k, value] of units.perUnit.entries()) expect(frame.perUnit[k]).toBeCloseTo(value, 4);
      for (const [k, value] of units.activity.entries()) expect(frame.activity[k]).toBeCloseTo(value, 5);
    });

    it('are of one latent variable, too, and of no other model', async () => {
      const one = await of(source({ latent: 1 }), (snapshot) => traversalsFrame(snapshot, { row: AT_ZERO }));
      expect([one.latent, [...one.units], one.decoded.rows]).toEqual([1, [0], 11]);
      const other = sourceOf(made(D), backend());
      await expect(of(other, (snapshot) => traversalsFrame(snapshot, { row: AT_ZERO }))).rejects.toThrow(
        'this model (made) has no latent variables',
      );
    });

    it('put dead coordinates last, whatever their KL', () => {
      const perUnit = Float32Array.of(0.4, 0.1, 0.9, 0.3);
      const activity = Float32Array.of(0.001, 0.2, 0.5, 0.9);
      expect([...byCarried({ perUnit, activity })]).toEqual([2, 3, 1, 0]);
    });
  },
  { everywhere: false },
);

onEveryBackend(
  'between two posteriors',
  (backend) => {
    const walk = { first: 3, second: 9, path: 'straight' } as const;
    const source = () => sourceOf(vae(), backend(), { dataset: datasetOf(randomRows(40, D)) });

    it('both paths begin and end at their means, and are decoded place by place', async () => {
      const own = source();
      const frame = await of(own, (snapshot) => walkFrame(snapshot, walk));
      const beside = frame.beside!;
      expect([frame.space, frame.dimension, frame.path, beside.path]).toEqual(['latent', 4, 'spherical', 'straight']);
      expect([frame.first, frame.second, frame.logProb, frame.decoded.rows]).toEqual([3, 9, null, 11]);
      const means = await meansOf(own, [3, 9]);
      const [a, b] = [means.slice(0, 4), means.slice(4)];
      const ends = await bytesAt(own, means);
      for (const { decoded } of [frame, beside]) {
        expect([...decoded.values.subarray(0, D), ...decoded.values.subarray(10 * D)]).toEqual(ends);
      }
      const middle = a.map((value, k) => (value + b[k]!) / 2);
      expect([...beside.decoded.values.subarray(5 * D, 6 * D)]).toEqual(await bytesAt(own, middle));
      const length = (z: readonly number[]) => Math.hypot(...z);
      const turned = middle.map((value) => (value * (length(a) + length(b))) / 2 / length(middle));
      expect(beside.norm[5]).toBeCloseTo(length(middle), 5);
      // Half way on a great circle between directions of unlike lengths: their bisector, as long as both are on average.
      const [unitA, unitB] = [a.map((value) => value / length(a)), b.map((value) => value / length(b))];
      const bisector = unitA.map((value, k) => value + unitB[k]!);
      const there = bisector.map((value) => (value * length(turned)) / length(bisector));
      expect(frame.norm[5]).toBeCloseTo(length(there), 5);
      expect([...frame.decoded.values.subarray(5 * D, 6 * D)]).toEqual(await bytesAt(own, there));
    });

    it('go straight where there is one latent variable: no circle leads through a line', async () => {
      const one = sourceOf(vae({ latent: 1 }), backend(), { dataset: datasetOf(randomRows(40, D)) });
      const frame = await of(one, (snapshot) => walkFrame(snapshot, { ...walk, path: 'spherical' }));
      expect([frame.path, frame.beside, frame.decoded.rows]).toEqual(['straight', null, 11]);
    });

    it('show the rows themselves, and how far decoding is from them', async () => {
      const own = source();
      const frame = await of(own, (snapshot) => walkFrame(snapshot, walk));
      const { train } = await own.dataset();
      const rows = [3, 9].flatMap((row) => [...train.values.subarray(row * D, (row + 1) * D)]);
      expect([...frame.ends!.values]).toEqual(rows.map((value) => 255 * value));
      const ends = await bytesAt(own, await meansOf(own, [3, 9]));
      const most = Math.max(...rows.map((value, i) => Math.abs(value - ends[i]! / 255)));
      expect(Math.abs(frame.error - most)).toBeLessThan(1 / 255);
      await expect(of(own, (snapshot) => walkFrame(snapshot, { ...walk, second: 40 }))).rejects.toThrow('no row 40');
      const chosen = await of(own, (snapshot) => walkFrame(snapshot, { ...walk, first: OWN_ROW, second: OWN_ROW }));
      expect(chosen.first).not.toBe(chosen.second);
    });
  },
  { everywhere: false },
);
