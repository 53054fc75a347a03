/** future-leak, lost-dependency and dead-units: what the structure of a network can have wrong. */
import { describe, expect, it } from 'vitest';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import {
  broken,
  datasetOf,
  independentDegrees,
  initialParameters,
  leaky,
  made,
  strictEverywhere,
} from '../specimens.ts';
import type { Model, NamedArrays } from '../../../../src/models/model.ts';
import { factsOf } from '../../../../src/inspection/diagnostics/measurements/structures.ts';
import { maskOf } from '../../../../src/masks/matrix.ts';
import { createModel } from '../../../../src/models/index.ts';
import { autoencoderSpec } from '../../../../src/spec/models/autoencoder.ts';
import { strictTriangleStackSpec } from '../../../../src/spec/models/strictTriangleStack.ts';
import { contextOf, evidenceOf, judge } from './judge.ts';

onEveryBackend('future-leak', (backend) => {
  it('is silent on sound models: several layers, random order, direct connection, several masks', async () => {
    for (const spec of [
      { hidden: [16, 16], order: 'random', direct: true },
      { hidden: [20], masks: 3, orderAgnostic: true },
    ] as const) {
      const context = await contextOf(made(6, { ...spec, hidden: [...spec.hidden] }), backend());
      expect(context.jacobian?.leaks).toBe(0);
      expect(context.totalProbability?.value).toBeCloseTo(1, 5);
      expect(judge('future-leak', context)).toBe('ok');
    }
  });

  it('finds an output mask with ≥: the diagonal leaks and probabilities do not sum to 1', async () => {
    const finding = judge('future-leak', await contextOf(leaky(made(6, { hidden: [32] })), backend()));
    expect(finding).toMatchObject({
      severity: 'error',
      title: '5 of 21 forbidden pairs leak',
      view: 'masks',
      step: 10,
    });
    const evidence = evidenceOf(finding);
    expect(evidence['Forbidden pairs that a path joins']).toBe('5 of 21');
    expect(evidence['Pairs']).toBe('x̂₁ ← x₁, x̂₂ ← x₂, x̂₃ ← x₃, x̂₄ ← x₄, x̂₅ ← x₅');
    expect(evidence['Forbidden entries of the Jacobian over 64 rows']).toMatch(/^5, largest 0\.\d+ at x̂/);
    expect(Math.abs(Number(evidence['Σ p(x) over all 64 rows']) - 1)).toBeGreaterThan(1e-3);
  });

  it('finds output degrees that have nothing to do with those of the inputs', async () => {
    const finding = judge('future-leak', await contextOf(independentDegrees(made(6)), backend()));
    expect(finding).toMatchObject({ severity: 'error' });
  });

  it('finds a path that forgets its mask by the Jacobian alone', async () => {
    const forgetful = broken(made(6), {
      masks: (sound) => ({ ...sound, 'output.weight': { shape: [6, 12], data: new Float32Array(72).fill(1) } }),
    });
    const context = await contextOf(forgetful, backend());
    expect(context.structures![0]!.leaks.count).toBe(0);
    expect(judge('future-leak', context)).toMatchObject({ title: /The Jacobian has \d+ entries where it must be 0/ });
  });

  it('finds probabilities that do not sum to 1 in a model of which nothing else is known', async () => {
    const sound = made(4);
    const doubled = broken(sound, {
      logProb: (x, inputs) => backend().tf.mul(sound.logProb!(x, inputs), 0.5),
    });
    const context = await contextOf({ ...doubled, network: null }, backend());
    expect(context.structures).toBeNull();
    expect(judge('future-leak', context)).toMatchObject({ title: /^Probabilities sum to \d\.\d+, not to 1$/ });
  });

  it('takes what float32 arithmetic adds for a rounding error, and nothing more', () => {
    const sum = (value: number) => judge('future-leak', { totalProbability: { value, rows: 2 ** 16 } });
    expect(sum(1 - 9e-6)).toBe('ok');
    expect(sum(1 + 2e-5)).toMatchObject({ title: 'Probabilities sum to 1.00002, not to 1' });
  });
});

onEveryBackend('a model that is no density', (backend) => {
  it('is an autoencoder, whose outputs are meant to see their own inputs: no leak, and no lost dependency', async () => {
    const spec = autoencoderSpec.parse({ type: 'autoencoder', hidden: [5] });
    const context = await contextOf(createModel(spec, 4, 1), backend());
    expect(context.structures![0]!.leaks).toMatchObject({ count: 10, of: 10 });
    expect(context.jacobian!.leaks).toBeGreaterThanOrEqual(4);
    expect(judge('future-leak', context)).toBe('not-applicable');
    expect(judge('lost-dependency', context)).toBe('ok');
  });
});

onEveryBackend('the stack of strict triangles', (backend) => {
  it('is a density that has lost its nearest dependencies, all of them with two layers and two variables', async () => {
    const stack = (layers: number, dimension: number) =>
      createModel(strictTriangleStackSpec.parse({ type: 'strict-triangle-stack', layers }), dimension, 1);
    const context = await contextOf(stack(3, 6), backend());
    expect(context.totalProbability!.value).toBeCloseTo(1, 5);
    expect(judge('future-leak', context)).toBe('ok');
    expect(judge('lost-dependency', context)).toMatchObject({
      severity: 'warning',
      title: '9 of 15 allowed pairs cannot depend on each other',
    });
    expect(judge('lost-dependency', await contextOf(stack(2, 2), backend()))).toMatchObject({
      // What this model has keys for, and none of MADE's.
      explanation: expect.stringMatching(/^(?!.*degrees).*Take fewer layers/) as unknown,
      title: '1 of 1 allowed pairs cannot depend on each other',
    });
  });
});

onEveryBackend('lost-dependency', (backend) => {
  it('is silent where every pair is joined', async () => {
    expect(judge('lost-dependency', await contextOf(made(6), backend()))).toBe('ok');
  });

  it('finds a strict triangle in every layer', async () => {
    const finding = judge('lost-dependency', await contextOf(strictEverywhere(made(6, { hidden: [6, 6] })), backend()));
    // Three layers: output k sees inputs at a distance of 3 and more only.
    expect(finding).toMatchObject({ severity: 'warning', title: '9 of 15 allowed pairs cannot depend on each other' });
    expect(evidenceOf(finding)['Outputs that see nothing though earlier variables exist']).toBe('2 outputs');
  });

  it('finds that two layers and two variables leave nothing at all', async () => {
    const context = await contextOf(strictEverywhere(made(2, { hidden: [2] })), backend());
    expect(judge('lost-dependency', context)).toMatchObject({
      title: '1 of 1 allowed pairs cannot depend on each other',
    });
  });

  it('finds degree lists that leave values out, and a direct connection that brings the pairs back', async () => {
    const spec = { hidden: [4], degrees: [[1, 1, 4, 5]] };
    const finding = judge('lost-dependency', await contextOf(made(6, spec), backend()));
    expect(evidenceOf(finding)['Lost pairs']).toBe('3 of 15 (20 %)');
    expect(judge('lost-dependency', await contextOf(made(6, { ...spec, direct: true }), backend()))).toBe('ok');
  });

  it('does not apply to a single variable', async () => {
    expect(judge('lost-dependency', await contextOf(made(1, { hidden: [2] }), backend()))).toBe('not-applicable');
  });
});

onEveryBackend('dead-units', (backend) => {
  it('is silent where every unit is reached, heard and sometimes on', async () => {
    for (const activation of ['relu', 'tanh', 'sigmoid'] as const) {
      const model = made(8, { hidden: [20], activation });
      const context = await contextOf(model, backend(), { parameters: withHiddenBiases(model, 1) });
      expect(judge('dead-units', context), activation).toBe('ok');
    }
  });

  it('finds units that degrees cut off, and says from what', async () => {
    const model = made(4, {
      hidden: [5, 4],
      degrees: [
        [0, 1, 2, 3, 4],
        [1, 2, 3, 3],
      ],
      activation: 'tanh',
    });
    const finding = judge('dead-units', await contextOf(model, backend()));
    expect(finding).toMatchObject({
      severity: 'warning',
      title: '2 of 9 hidden units are dead',
      view: 'connectivity',
      select: { kind: 'unit', layer: 1, unit: 0 },
    });
    expect(evidenceOf(finding)['No path from any input']).toBe('1 unit: unit 1 of layer 1');
    expect(evidenceOf(finding)['No path to any output']).toBe('1 unit: unit 5 of layer 1');
  });

  it('calls a layer that is dead as a whole an error', async () => {
    const model = made(4, { hidden: [3], degrees: [[4, 4, 4]] });
    expect(judge('dead-units', await contextOf(model, backend()))).toMatchObject({
      severity: 'error',
      title: 'All 3 units of hidden layer 1 are dead',
    });
  });

  it('finds ReLU units that are on in no row', async () => {
    const model = made(8, { hidden: [20] });
    const parameters = withHiddenBiases(model, 1);
    for (const unit of [3, 11]) parameters['hidden.0.bias']!.data[unit] = -1e3;
    const finding = judge('dead-units', await contextOf(model, backend(), { parameters }));
    expect(finding).toMatchObject({
      title: '2 of 20 hidden units are dead',
      select: { kind: 'unit', layer: 1, unit: 3 },
    });
    expect(evidenceOf(finding)['On in none of 64 rows']).toBe('2 units: unit 4 of layer 1, unit 12 of layer 1');
  });
});

onEveryBackend('dead-units where vectors are drawn for units', (backend) => {
  const judged = async (model: Model, changes: NamedArrays = {}) => {
    const parameters = { ...initialParameters(model), ...changes };
    return judge('dead-units', await contextOf(model, backend(), { parameters }));
  };

  it('finds ReLU units of an EoNADE that are never on, and points at no vector', async () => {
    const model = createModel(modelSpec.parse({ type: 'eonade', hidden: [6, 5], activation: 'relu' }), 4, 1);
    const biases = (units: number, bias: number, dead: readonly number[]) => ({
      shape: [units],
      data: Float32Array.from({ length: units }, (_, k) => (dead.includes(k) ? -1e3 : bias)),
    });
    expect(await judged(model, { 'hidden.0.bias': biases(6, 3, []), 'hidden.1.bias': biases(5, 30, []) })).toBe('ok');
    const finding = await judged(model, { 'hidden.0.bias': biases(6, 3, [2]), 'hidden.1.bias': biases(5, 30, [0, 4]) });
    expect(finding).toMatchObject({ title: '3 of 11 hidden units are dead' });
    expect(finding).not.toHaveProperty('select');
    expect(evidenceOf(finding)['On in none of 64 rows']).toBe(
      '3 units: unit 3 of layer 1, unit 1 of layer 2, unit 5 of layer 2',
    );
  });

  it('does not claim to have looked where a model shows none', async () => {
    expect(await judged(createModel(modelSpec.parse({ type: 'nade', hidden: 6 }), 4, 1))).toBe('not-applicable');
  });
});

onEveryBackend('activation rates', (backend) => {
  it('are taken under all masks: a unit that is off under one may be on under another', async () => {
    const ofSeed = (seed: number) => made(2, { hidden: [1], masks: 2, orderAgnostic: true }, seed);
    const firsts = (model: Model) => [0, 1].map((mask) => model.network!.order(mask).indexOf(1));
    const model = Array.from({ length: 50 }, (_, seed) => ofSeed(seed)).find((one) => new Set(firsts(one)).size === 2)!;
    const initial = initialParameters(model);
    const parameters = {
      ...initial,
      'hidden.0.weight': { shape: [1, 2], data: Float32Array.of(1, 1) },
      'hidden.0.bias': { shape: [1], data: Float32Array.of(-0.5) },
    };
    // The unit sees what comes first in the order: x₁, which is always 0, or x₂, which is always 1.
    const values = Uint8Array.from({ length: 80 }, (_, i) => i % 2);
    const dataset = datasetOf({ rows: 40, columns: 2, values });
    const { activationRates } = await contextOf(model, backend(), { parameters, dataset });
    expect([...activationRates![0]!.rates]).toEqual([0.5]);
  });
});

/** So large a bias that every ReLU is on now and then: with a bias of 0 some that see one input never are. */
function withHiddenBiases(model: Model, bias: number): NamedArrays {
  const parameters = initialParameters(model);
  return { ...parameters, 'hidden.0.bias': { shape: [20], data: new Float32Array(20).fill(bias) } };
}

describe('facts of a structure', () => {
  it('keep the count of violations and a few examples', () => {
    const all = (rows: number, columns: number) => maskOf(rows, columns, () => true);
    const order = Int32Array.from({ length: 40 }, (_, d) => d + 1);
    const facts = factsOf(0, order, { masks: [all(5, 40), all(40, 5)], direct: null });
    expect(facts.leaks).toMatchObject({ count: 820, of: 820 });
    expect(facts.leaks.pairs).toHaveLength(20);
    expect(facts.losses).toEqual({ count: 0, of: 780, pairs: [] });
    expect(facts.sizes).toEqual([40, 5, 40]);
  });
});
