import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { TextFacts } from '../../../src/data/dataset.ts';
import type { Conditional } from '../../../src/distributions/conditional.ts';
import { binaryEntropy, entropyFrame, entropyRows } from '../../../src/inspection/entropy.ts';
import { Marginals } from '../../../src/inspection/entropyMarginals.ts';
import { drawRows } from '../../../src/inspection/samples.ts';
import { type InspectionSource, snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { broken, datasetOf, initialParameters, made, randomRows, sourceOf } from './specimens.ts';

const textOf = (characters: readonly string[]): TextFacts => ({
  ...{ characters, name: 'verse.txt', files: [], length: 200, notes: [] },
  splits: { train: null, validation: null, test: null },
});

const frameOf = (source: InspectionSource, mask: number | null = null) => toEnd(entropyFrame(snapshotOf(source, mask)));

onEveryBackend('conditional entropy', (backend) => {
  it('has surprises that sum to the NLL, and the entropies of the conditionals', async () => {
    const model = made(7, { order: 'random', hidden: [20], direct: true });
    const validation = randomRows(90, 7, 4);
    const source = sourceOf(model, backend(), { dataset: datasetOf(randomRows(30, 7), validation) });
    const frame = await frameOf(source);
    const { score } = await scoreRows(model, source.parameters, validation, { backend: backend() });
    expect(frame).toMatchObject({ rows: 90, split: 'validation', complete: true, real: false, reason: null });
    expect(frame.order).toEqual(model.network!.order(0));
    expect(frame.surprise.reduce((sum, own) => sum + own, 0)).toBeCloseTo(score.nats, 4);
    expect(frame.nll).toBeCloseTo(score.nats, 4);
    expect(frame.nllError).toBeCloseTo(score.standardError, 4);
    const snapshot = snapshotOf(source, null);
    const [logits] = await readAll(() => {
      const masks = Object.fromEntries(
        Object.entries(model.masks(0)).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
      );
      const x = tf.tensor2d(Float32Array.from(validation.values), [90, 7]);
      return [
        model.network!.conditionalParameters(x, { parameters: snapshot.parameters, masks, noise: {}, context: null }),
      ];
    });
    for (let d = 0; d < 7; d++) {
      let sum = 0;
      for (let n = 0; n < 90; n++) {
        const p = 1 / (1 + Math.exp(-logits![n * 7 + d]!));
        sum -= p * Math.log(p) + (1 - p) * Math.log(1 - p);
      }
      expect(frame.entropy![d]).toBeCloseTo(sum / 90, 5);
    }
  });

  it('is that of the conditionals where a model does not trace their terms', async () => {
    const model = createModel(modelSpec.parse({ type: 'eonade', hidden: [8], orders: 2 }), 6, 1);
    const rows = randomRows(60, 6);
    const source = sourceOf(model, backend(), { dataset: datasetOf(rows) });
    for (const mask of [0, 1]) {
      const frame = await frameOf(source, mask);
      expect(frame.reason).toBeNull();
      expect(frame.order).toEqual(model.network!.order(mask));
      const alone = model.withBuffers({ order: { shape: [1, 6], data: model.network!.order(mask) } });
      const { score } = await scoreRows(alone, source.parameters, rows, { backend: backend() });
      expect(frame.nll).toBeCloseTo(score.nats, 4);
      expect(frame.surprise.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score.nats, 4);
    }
  });

  it('agrees with the surprises on rows that the model itself has drawn', async () => {
    const model = made(10, { hidden: [30] });
    const parameters = initialParameters(model);
    const drawn = await toEnd(drawRows(model, parameters, { rows: 4000, seed: 3, temperature: 1, mask: 0 }));
    const train = { rows: 4000, columns: 10, values: Uint8Array.from(drawn.values) };
    const frame = await frameOf(sourceOf(model, backend(), { parameters, dataset: datasetOf(train) }));
    expect(Math.abs(frame.gap)).toBeLessThan(4 * frame.gapError);
    for (let d = 0; d < 10; d++) {
      const away = Math.abs(frame.surprise[d]! - frame.entropy![d]!);
      expect(away, `variable ${d}`).toBeLessThanOrEqual(4.5 * frame.error![d]! + 1e-6);
    }
  });

  it('is that of the mask asked for', async () => {
    const model = made(6, { masks: 2, orderAgnostic: true, order: 'random' });
    const source = sourceOf(model, backend());
    const [first, second] = [await frameOf(source, 0), await frameOf(source, 1)];
    expect(second.order).toEqual(model.network!.order(1));
    expect(first.order).not.toEqual(second.order);
  });

  it('asks a conditional that is not Bernoulli for its entropy', async () => {
    const sound = made(3);
    const seen: number[] = [];
    const conditional = {
      entropy: (parameters: Float64Array, at: number) => {
        seen.push(parameters[at]!);
        return parameters[at]! ** 2;
      },
    } as Conditional;
    const model: Model = {
      ...broken(sound, {}),
      support: 'real',
      network: Object.assign(Object.create(sound.network) as NonNullable<Model['network']>, {
        order: (mask: number) => sound.network!.order(mask),
        conditional,
        conditionalParameters: (x: tf.Tensor2D) => x,
      }),
    };
    const values = Float32Array.of(1, 0, 1, 0, 0, 1);
    const frame = await frameOf(sourceOf(model, backend(), { dataset: datasetOf({ rows: 2, columns: 3, values }) }));
    expect(seen).toHaveLength(6);
    expect(frame).toMatchObject({ real: true });
    expect([...frame.entropy!]).toEqual([0.5, 0, 1]);
  });

  it('of a text tells what each character costs wherever it stands', async () => {
    const model = createModel(modelSpec.parse({ type: 'char-rnn', hidden: [6] }), 5, 1, 0, 3);
    const random = RandomGenerator.seeded(3, 'text');
    const values = Uint8Array.from({ length: 200 }, () => (random.uniform() < 0.6 ? 0 : 2));
    const rows = { rows: 40, columns: 5, values };
    const source = sourceOf(model, backend(), { dataset: { ...datasetOf(rows), text: textOf(['a', 'b', '\n']) } });
    const { text, nll, surprise, marginal } = await frameOf(source);
    const counts = [0, 2].map((place) => values.filter((value) => value === place).length);
    expect(text!.characters).toEqual(['a', '\n']);
    expect([...text!.counts]).toEqual(counts);
    // What the characters cost and what the places cost is the same sum.
    const sum = text!.counts.reduce((all, count, i) => all + count * text!.surprise[i]!, 0);
    expect(sum / 40).toBeCloseTo(nll, 4);
    const { logProb } = model;
    const [whole] = await readAll(() => {
      const inputs = { parameters: source.parameters, masks: {}, noise: {}, context: null };
      return [logProb!.call(model, tf.tensor2d(Float32Array.from(values), [40, 5]), inputs)];
    });
    expect(sum).toBeCloseTo(-whole!.reduce((all, own) => all + own, 0), 2);
    const unigram = -counts.reduce((all, count) => all + (count / 200) * Math.log(count / 200), 0);
    expect([...text!.alone].map((own) => own.toFixed(9))).toEqual(
      counts.map((own) => (-Math.log(own / 200)).toFixed(9)),
    );
    for (const own of marginal) expect(own).toBeCloseTo(unigram, 12);
    expect(surprise).toHaveLength(5);
  });

  it('says why there is none', async () => {
    const quantity = { kind: 'loss', name: 'cross-entropy', unit: 'nats' } as const;
    const objective = () => tf.zeros<tf.Rank.R1>([1]);
    const frame = await frameOf(sourceOf({ ...broken(made(4), {}), quantity, objective }, backend()));
    expect(frame.reason).toContain('no conditionals');
  });
});

describe('entropies', () => {
  it.each([0.5, 0.9, 1e-9, 1 - 1e-9])('of a coin that fell on the side of probability %d', (p) => {
    const exact = -p * Math.log(p) - (1 - p) * Math.log1p(-p);
    expect(binaryEntropy(Math.log(p)) / exact).toBeCloseTo(1, 5);
  });
  it('of certainties are 0', () => {
    expect([binaryEntropy(0), binaryEntropy(-Infinity)]).toEqual([0, 0]);
  });
  it('of variables on their own', () => {
    const bits = new Marginals(2, 'binary');
    bits.add({ rows: 4, columns: 2, values: Uint8Array.of(0, 1, 1, 1, 0, 1, 1, 1) });
    expect(bits.entropies()[0]).toBeCloseTo(Math.LN2, 12);
    expect(bits.entropies()[1]).toBe(0);
    const reals = new Marginals(2, 'real');
    reals.add({ rows: 2, columns: 2, values: Float32Array.of(-3, 5, 3, 5) });
    expect(reals.entropies()[0]).toBeCloseTo(0.5 * Math.log(2 * Math.PI * Math.E * 9), 12);
    expect(reals.entropies()[1]).toBeNaN();
    const levels = new Marginals(1, { levels: 4 });
    levels.add({ rows: 4, columns: 1, values: Uint8Array.of(0, 1, 2, 3) });
    expect(levels.entropies()[0]).toBeCloseTo(Math.log(4), 12);
  });
  it('are averaged over fewer rows the more variables there are, and the dearer they are', () => {
    expect(entropyRows({ dimension: 784, support: 'binary' })).toBe(5102);
    expect(entropyRows({ dimension: 784, support: 'binary' }, 'quick')).toBe(255);
    expect(entropyRows({ dimension: 784, support: { levels: 256 } }, 'quick')).toBe(100);
  });
});
