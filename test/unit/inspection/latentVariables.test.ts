/** The frames of latent variables, against the model's own parts and closed forms. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { normalCdf } from '../../../src/distributions/standardNormal.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import type { Model, NamedArrays } from '../../../src/models/model.ts';
import type { EpochMetric } from '../../../src/runs/metrics.ts';
import { AT_ZERO, MOST_CELLS } from '../../../src/inspection/frames/manifold.ts';
import { latentUnitsFrame, withMoment } from '../../../src/inspection/latentUnits.ts';
import { manifoldFrame, manifoldPointFrame } from '../../../src/inspection/manifold.ts';
import { posteriorsFrame } from '../../../src/inspection/posteriors.ts';
import { reconstructionsFrame } from '../../../src/inspection/reconstructions.ts';
import type { InspectionSource } from '../../../src/inspection/source.ts';
import { boundMoment } from '../../../src/training/boundHistory.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { D, of, vae } from './latentSpecimens.ts';
import { datasetOf, initialParameters, made, randomRows, sourceOf } from './specimens.ts';

async function means(model: Model, parameters: NamedArrays, z: readonly (readonly number[])[]): Promise<number[]> {
  const tensors = upload(parameters);
  const { decode, output } = { decode: model.latent!.decode.bind(model.latent), output: model.latent!.output };
  const [found] = await readAll(() => [
    output.mean(decode(tf.tensor2d(z.map((row) => [...row])), { parameters: tensors })),
  ]);
  disposeTensors(tensors);
  return found!;
}

const plane = { across: 0, down: 1, row: AT_ZERO };

onEveryBackend(
  'the latent manifold',
  (backend) => {
    it('decodes a grid that is even in the prior’s probability, the second coordinate rising upwards', async () => {
      const model = vae();
      const source = sourceOf(model, backend());
      const frame = await of(source, (snapshot) => manifoldFrame(snapshot, { ...plane, side: 3 }));
      expect([frame.columns, frame.rows, frame.decoded.rows]).toEqual([3, 3, 9]);
      for (const [i, z] of frame.places.entries()) expect(normalCdf(z)).toBeCloseTo((i + 0.5) / 3, 6);
      const [left, , right] = frame.places;
      const expected = await means(model, initialParameters(model), [
        [left!, right!],
        [right!, left!],
      ]);
      const bytes = (from: number) => [...frame.decoded.values.subarray(from * D, (from + 1) * D)];
      expect([...bytes(0), ...bytes(8)]).toEqual(expected.map((value) => Math.round(255 * value)));
    });

    it('takes any pair of coordinates, the others at 0 or where a row is', async () => {
      const model = vae({ latent: 4 });
      const source = sourceOf(model, backend());
      const at0 = await of(source, (snapshot) =>
        manifoldFrame(snapshot, { across: 3, down: 1, row: AT_ZERO, side: 2 }),
      );
      expect([...at0.held]).toEqual([0, 0, 0, 0]);
      const parameters = initialParameters(model);
      const [low, high] = at0.places;
      const first = await means(model, parameters, [[0, high!, 0, low!]]);
      expect([...at0.decoded.values.subarray(0, D)]).toEqual(first.map((value) => Math.round(255 * value)));
      const atRow = await of(source, (snapshot) => manifoldFrame(snapshot, { across: 3, down: 1, row: 7, side: 2 }));
      expect(atRow.held.every((value) => value !== 0)).toBe(true);
      const here = await means(model, parameters, [[atRow.held[0]!, high!, atRow.held[2]!, low!]]);
      expect([...atRow.decoded.values.subarray(0, D)]).toEqual(here.map((value) => Math.round(255 * value)));
      await expect(of(source, (snapshot) => manifoldFrame(snapshot, { ...plane, row: 64, side: 2 }))).rejects.toThrow(
        'no row 64: there are 64 train rows',
      );
    });

    it('is a line of one latent variable, and of no more cells than there may be', async () => {
      const one = sourceOf(vae({ latent: 1 }), backend());
      const frame = await of(one, (snapshot) => manifoldFrame(snapshot, { ...plane, side: 5 }));
      expect([frame.columns, frame.rows, frame.plane.down]).toEqual([5, 1, 0]);
      const many = await of(one, (snapshot) => manifoldFrame(snapshot, { ...plane, side: 1000 }));
      expect(many.columns).toBe(MOST_CELLS);
      const same = sourceOf(vae({ latent: 3 }), backend());
      const other = await of(same, (snapshot) => manifoldFrame(snapshot, { ...plane, across: 9, down: 9, side: 2 }));
      expect(other.plane).toMatchObject({ across: 2, down: 1 });
    });

    it('decodes one place, and finds the training row that is nearest to it', async () => {
      const model = vae();
      const train = randomRows(50, D);
      const source = sourceOf(model, backend(), { dataset: datasetOf(train) });
      const frame = await of(source, (snapshot) => manifoldPointFrame(snapshot, { ...plane, u: 0.7, v: -1.2 }));
      const [decoded] = [await means(model, initialParameters(model), [[0.7, -1.2]])];
      const distances = Array.from({ length: 50 }, (_, row) =>
        Math.sqrt(decoded.reduce((sum, value, d) => sum + (value - train.values[row * D + d]!) ** 2, 0) / D),
      );
      const least = Math.min(...distances);
      expect(frame.nearest).toMatchObject({ row: distances.indexOf(least), among: 50, of: 50 });
      expect(frame.nearest.distance).toBeCloseTo(least, 5);
      expect([...frame.z]).toEqual([Math.fround(0.7), Math.fround(-1.2)]);
    });

    it('is of no other model', async () => {
      const source = sourceOf(made(D), backend());
      await expect(of(source, (snapshot) => manifoldFrame(snapshot, { ...plane, side: 2 }))).rejects.toThrow(
        'this model (made) has no latent variables',
      );
    });
  },
  { everywhere: false },
);

onEveryBackend(
  'the posteriors',
  (backend) => {
    it('are those of the encoder, and their draws are told beside the prior', async () => {
      const model = vae();
      const validation = randomRows(300, D, 9);
      const dataset = datasetOf(randomRows(20, D), validation);
      const frame = await of(sourceOf(model, backend(), { dataset }), (snapshot) => posteriorsFrame(snapshot));
      expect([frame.rows, frame.allRows, frame.split, frame.draws, frame.complete]).toEqual([
        300,
        300,
        'validation',
        null,
        true,
      ]);
      const tensors = upload(initialParameters(model));
      const row = frame.row[4]!;
      const [mean, scale] = await readAll(() => {
        const x = tf.tensor2d(Float32Array.from(validation.values.subarray(row * D, (row + 1) * D)), [1, D]);
        const encoded = model.latent!.encode(x, { parameters: tensors, masks: {}, noise: {}, context: null });
        return [encoded.mean, tf.exp(encoded.logScale)];
      });
      disposeTensors(tensors);
      for (const k of [0, 1]) {
        expect(frame.mean[2 * 4 + k]).toBeCloseTo(mean![k]!, 5);
        expect(frame.deviation[2 * 4 + k]).toBeCloseTo(scale![k]!, 5);
        // Draws lie around the means by as much as the deviations say.
        const [at, spread] = [frame.mean, frame.deviation].map((all) => all.filter((_, i) => i % 2 === k));
        const middle = at!.reduce((sum, value) => sum + value, 0) / 300;
        const noise = Math.sqrt(spread!.reduce((sum, value) => sum + value * value, 0)) / 300;
        expect(Math.abs(frame.aggregateMean[k]! - middle)).toBeLessThan(4 * noise);
        const shares = frame.histogram.subarray(k * frame.bins, (k + 1) * frame.bins);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThan(1 + 1e-5);
        expect(Math.max(...shares)).toBeGreaterThan(0);
      }
      expect(frame.expected.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
      expect(frame.labels).toBeNull();
    });

    it('reach as far as rows are encoded', async () => {
      const model = vae();
      const far = sourceOf(model, backend(), {
        parameters: {
          ...initialParameters(model),
          'encoder.mean.bias': { shape: [2], data: Float32Array.of(7, -1) },
        },
      });
      const frame = await of(far, (snapshot) => posteriorsFrame(snapshot));
      expect(frame.high).toBeGreaterThan(7);
      expect([frame.low, frame.bins]).toEqual([-frame.high, 10 * frame.high]);
      for (const k of [0, 1]) {
        const shares = frame.histogram.subarray(k * frame.bins, (k + 1) * frame.bins);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      }
      expect(frame.expected).toHaveLength(frame.bins);
    });

    it('have the labels of the same rows, where the data have some', async () => {
      const train = randomRows(40, D);
      const labels = {
        train: Int32Array.from({ length: 40 }, (_, i) => i % 3),
        validation: null,
        test: null,
        count: 3,
      };
      const dataset = { ...datasetOf(train), labels };
      const frame = await of(sourceOf(vae(), backend(), { dataset }), (snapshot) => posteriorsFrame(snapshot));
      expect([...frame.labels!.of]).toEqual([...frame.row].map((row) => row % 3));
      expect(frame.labels!.count).toBe(3);
    });

    it('of a flow behind the Gaussian are told by draws', async () => {
      const model = vae({ posterior: { type: 'iaf', steps: 2, hidden: [6], context: 3 } });
      const frame = await of(sourceOf(model, backend()), (snapshot) => posteriorsFrame(snapshot));
      expect(frame.draws).toBe(16);
      expect(frame.deviation.every((value) => value > 0)).toBe(true);
    });

    it('behind steps that do nothing are those of the Gaussian, and the same for rows that are encoded alike', async () => {
      const model = vae({ posterior: { type: 'iaf', steps: 2, hidden: [6], context: 3 } });
      const all = initialParameters(model);
      // A gate that lets everything through, and an encoder that is deaf in its second unit.
      const set = (name: string, value: (i: number) => number) => ({
        [name]: { shape: all[name]!.shape, data: Float32Array.from(all[name]!.data, (_, i) => value(i)) },
      });
      const parameters: NamedArrays = { ...all };
      for (const name of Object.keys(all).filter((one) => one.startsWith('posterior.'))) {
        const gate = name.endsWith('output.bias');
        Object.assign(
          parameters,
          set(name, () => (gate ? 30 : 0)),
        );
      }
      for (const head of ['mean', 'logScale']) {
        const weight = all[`encoder.${head}.weight`]!;
        const width = weight.shape[1]!;
        Object.assign(
          parameters,
          set(`encoder.${head}.weight`, (i) => (i >= width ? 0 : weight.data[i]!)),
        );
      }
      const frame = await of(sourceOf(model, backend(), { parameters }), (snapshot) => posteriorsFrame(snapshot));
      const gaussian = vae();
      const own = Object.fromEntries(Object.keys(initialParameters(gaussian)).map((name) => [name, parameters[name]!]));
      const exact = await of(sourceOf(gaussian, backend(), { parameters: own }), (snapshot) =>
        posteriorsFrame(snapshot),
      );
      for (const [i, value] of exact.mean.entries()) {
        expect(frame.mean[i]).toBeCloseTo(value, 4);
        expect(frame.deviation[i]).toBeCloseTo(exact.deviation[i]!, 4);
      }
      const units = await of(sourceOf(model, backend(), { parameters }), (snapshot) => latentUnitsFrame(snapshot));
      expect(units.activity[1]).toBeLessThan(1e-6);
      expect(units.activity[0]).toBeGreaterThan(0.01);
    });
  },
  { everywhere: false },
);

onEveryBackend(
  'the latent units',
  (backend) => {
    it('add up to the bound, and both estimators agree on it', async () => {
      const model = vae();
      const source = sourceOf(model, backend());
      const frame = await of(source, (snapshot) => latentUnitsFrame(snapshot));
      const posteriors = await of(source, (snapshot) => posteriorsFrame(snapshot));
      const kl = [0, 1].map((k) => {
        let sum = 0;
        for (let i = 0; i < posteriors.rows; i++) {
          const [m, s] = [posteriors.mean[2 * i + k]!, posteriors.deviation[2 * i + k]!];
          sum += (m * m + s * s - 1 - 2 * Math.log(s)) / 2 / posteriors.rows;
        }
        return sum;
      });
      expect(frame.perUnit[0]).toBeCloseTo(kl[0]!, 4);
      expect(frame.perUnit[1]).toBeCloseTo(kl[1]!, 4);
      expect(frame.divergence).toBeCloseTo(kl[0]! + kl[1]!, 4);
      const { A, B } = frame.estimators;
      expect(B!.mean).toBeCloseTo(frame.reconstruction - frame.divergence, 4);
      const noise = Math.sqrt((A!.variance + B!.variance) / (frame.rows * frame.samples));
      expect(Math.abs(A!.mean - B!.mean)).toBeLessThan(4 * noise);
      expect(A!.variance).toBeGreaterThan(0);
      const { difference } = frame.estimators;
      expect(difference!.mean).toBeCloseTo(A!.mean - B!.mean, 5);
      expect(Math.abs(difference!.mean)).toBeLessThan(4 * difference!.standardError);
      // What both have in common is not in it: reconstructions, and which rows there are.
      expect(difference!.standardError).toBeGreaterThan(0);
      expect(difference!.standardError).toBeLessThan(A!.standardError);
      const covariance = [0, 1].map((k) => {
        const column = Array.from({ length: posteriors.rows }, (_, i) => posteriors.mean[2 * i + k]!);
        const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
        return column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (column.length - 1);
      });
      expect(frame.activity[0]).toBeCloseTo(covariance[0]!, 4);
      expect(frame.activity[1]).toBeCloseTo(covariance[1]!, 4);
    });

    it('remember what looks between epochs have found, beside what the run keeps of every epoch', async () => {
      const model = vae();
      const at = (step: number, look: 'glance' | 'quick', o: Partial<InspectionSource> = {}) =>
        of({ ...sourceOf(model, backend(), { step, epoch: step / 10 }), ...o }, (snapshot) =>
          latentUnitsFrame(snapshot, look),
        );
      const steps = ({ moments }: { readonly moments: readonly { readonly step: number }[] }) =>
        moments.map(({ step }) => step);
      const early = await at(5, 'quick');
      const later = await at(9, 'quick');
      expect([steps(early), steps(later)]).toEqual([[5], [5, 9]]);
      const dataset = await sourceOf(model, backend()).dataset();
      const parameters = upload(initialParameters(model));
      const kept = await boundMoment({
        ...{ model, parameters, dataset, backend: backend(), seed: 1, epoch: 1 },
        yieldNow: () => Promise.resolve(),
      });
      disposeTensors(parameters);
      // Looked at alike: nothing moves where a look meets an epoch.
      const { step, epoch, perUnit, ...found } = later.moments[1]!;
      expect([step, epoch]).toEqual([9, 0.9]);
      expect(found).toEqual({ ...kept, perUnit: undefined, ...found, rows: kept!.rows });
      for (const key of ['reconstruction', 'divergence', 'varianceA', 'varianceB', 'active'] as const) {
        expect(found[key]).toBeCloseTo(kept![key]!, 4);
      }
      expect([...perUnit!].map((own) => Number(own.toPrecision(3)))).toEqual(
        kept!.perUnit!.map((own) => Number(own.toPrecision(3))),
      );
      const epochs = [10, 20].map((step): EpochMetric => ({
        ...{ type: 'epoch', step, epoch: step / 10, seconds: 1, train: 3, validation: 3, best: true, rowsPerSecond: 1 },
        bound: kept!,
      }));
      expect(steps(await at(20, 'quick', { epochs: () => epochs }))).toEqual([10, 20]);
      expect(steps(await at(23, 'quick', { epochs: () => epochs }))).toEqual([10, 20, 23]);
      expect(steps(await at(10, 'quick', { epochs: () => epochs }))).toEqual([10, 20, 23]);
      const all = Array.from({ length: 450 }, (_, step) => ({ ...later.moments[0]!, step }));
      const few = all.reduce<typeof later.moments>((known, moment) => withMoment(known, moment), []);
      expect(few.length).toBeLessThanOrEqual(200);
      expect(few.at(-1)!.step).toBe(449);
      expect(few[0]!.step).toBe(0);
    });

    it('have no estimator B where the posterior is no Gaussian', async () => {
      const model = vae({ posterior: { type: 'iaf', steps: 1, hidden: [6], context: 3 } });
      const frame = await of(sourceOf(model, backend()), (snapshot) => latentUnitsFrame(snapshot, 'glance'));
      expect(frame.estimators.B).toBeNull();
      expect(frame.moments[0]!.varianceB).toBeNull();
      expect(frame.estimators).not.toHaveProperty('difference');
      // All of it by one noise: what is told of the parts is what estimator A is.
      expect(frame.estimators.A!.mean).toBeCloseTo(frame.reconstruction - frame.divergence, 4);
      expect(frame.divergence).toBeCloseTo(
        frame.perUnit.reduce((sum, own) => sum + own, 0),
        5,
      );
    });

    it('and posteriors are the same however many rows the clock lets through at a time', async () => {
      const model = vae({ posterior: { type: 'iaf', steps: 2, hidden: [6], context: 3 } });
      const dataset = datasetOf(randomRows(20, D), randomRows(1500, D, 9));
      const at = (free: boolean) =>
        of(sourceOf(model, backend(), { dataset }), (snapshot) => posteriorsFrame(snapshot, 'thorough', free));
      const [slow, fast] = [await at(false), await at(true)];
      for (const key of ['mean', 'deviation', 'histogram'] as const) {
        const apart = slow[key].reduce((most, value, i) => Math.max(most, Math.abs(value - fast[key][i]!)), 0);
        expect(apart, key).toBeLessThan(2e-3);
      }
    });
  },
  { everywhere: false },
);

onEveryBackend(
  'reconstructions',
  (backend) => {
    it('are decoded from the means of the posteriors, and samples from the prior’s draws', async () => {
      const model = vae();
      const source = sourceOf(model, backend());
      const frame = await of(source, (snapshot) => reconstructionsFrame(snapshot));
      const posteriors = await of(source, (snapshot) => posteriorsFrame(snapshot));
      expect([...frame.row]).toEqual([...posteriors.row.subarray(0, frame.row.length)]);
      const [first] = [await means(model, initialParameters(model), [[...posteriors.mean.subarray(0, 2)]])];
      expect([...frame.reconstructions.values.subarray(0, D)]).toEqual(first.map((value) => Math.round(255 * value)));
      const original = [...frame.originals.values.subarray(0, D)].map((value) => value / 255);
      const error = Math.sqrt(first.reduce((sum, value, d) => sum + (value - original[d]!) ** 2, 0) / D);
      expect(frame.error[0]).toBeCloseTo(error, 5);
      const again = await of(source, (snapshot) => reconstructionsFrame(snapshot));
      expect([...again.samples.values]).toEqual([...frame.samples.values]);
      // The spread of random bits.
      const ones = frame.originals.values.reduce((sum, value) => sum + value / 255, 0) / frame.originals.values.length;
      expect(frame.baseline).toBeLessThanOrEqual(Math.sqrt(ones * (1 - ones)) + 1e-6);
    });
  },
  { everywhere: false },
);
