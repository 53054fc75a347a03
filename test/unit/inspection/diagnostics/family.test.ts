/** order-inverse, ignored-condition, mask-overwrites-weights, ensemble-space and degenerate-dimension. */
import * as tf from '@tensorflow/tfjs-core';
// Specimens are put together from the library's own operations, whose gradients the engine does without.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../../src/data/dataset.ts';
import { generateLabelledRows } from '../../../../src/data/generated/index.ts';
import { oneHot } from '../../../../src/data/context.ts';
import { bernoulliNll } from '../../../../src/distributions/bernoulli.ts';
import { diagnose, findingsOf } from '../../../../src/inspection/diagnostics/index.ts';
import { ensemble, ensembleFacts } from '../../../../src/inspection/diagnostics/measurements/ensemble.ts';
import type { Scorer } from '../../../../src/inspection/diagnostics/measurements/scoring.ts';
import { inverseOf, isInvolution } from '../../../../src/inspection/diagnostics/measurements/orders.ts';
import { snapshotOf, toEnd } from '../../../../src/inspection/source.ts';
import { vectorJacobianProducts } from '../../../../src/inspection/vectorJacobian.ts';
import { createModel } from '../../../../src/models/index.ts';
import type { Model } from '../../../../src/models/model.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import { scoreRows } from '../../../../src/training/evaluate.ts';
import { upload } from '../../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { broken, datasetOf, made, randomRows, sourceOf } from '../specimens.ts';
import { contextOf, evidenceOf, judge } from './judge.ts';

/** Three variables in a circle, then two that stay. */
const cycle = [2, 3, 1, 4, 5];
const inverted = [3, 1, 2, 4, 5];

it('inverts orders', () => {
  expect([...inverseOf(Int32Array.from(cycle))]).toEqual(inverted);
  expect(
    [cycle, inverted, [1, 2, 3], [3, 2, 1], [2, 1, 3]].map((order) => isInvolution(Int32Array.from(order))),
  ).toEqual([...[false, false, true, true, true]]);
});

onEveryBackend('order-inverse', (backend) => {
  it('is silent for a circle of three, and for other orders', async () => {
    for (const order of [cycle, inverted, 'reversed', 'random'] as const) {
      const model = made(5, { order: typeof order === 'string' ? order : [...order] });
      expect(judge('order-inverse', await contextOf(model, backend()))).toBe('ok');
    }
  });

  it('finds masks that follow the inverse', async () => {
    const other = made(5, { order: inverted });
    const wrong = broken(made(5, { order: cycle }), { network: () => other.network!.connections(0) });
    const context = await contextOf(wrong, backend());
    const finding = judge('order-inverse', context);
    expect(finding).toMatchObject({ severity: 'error', title: 'The masks follow the inverse of the order' });
    expect(evidenceOf(finding)['Order, position of each variable']).toBe('2, 3, 1, 4, 5');
    expect(judge('future-leak', context)).toMatchObject({ severity: 'error' });
  });

  it('finds a sampler that walks along the inverse, though every row is scored right', async () => {
    const [model, other] = [made(5, { order: cycle }), made(5, { order: inverted })];
    const wrong: Model = { ...broken(model, {}), sample: (parameters, request) => other.sample(parameters, request) };
    const context = await contextOf(wrong, backend());
    expect(judge('future-leak', context)).toBe('ok');
    const finding = judge('order-inverse', context);
    expect(finding).toMatchObject({
      severity: 'error',
      title: /^Rows are drawn from other conditionals/,
      view: 'samples',
    });
    expect(finding).toMatchObject({ explanation: /along its inverse/ });
    const evidence = evidenceOf(finding);
    expect(evidence['E[x | earlier] as drawn']).not.toBe(evidence['The same by a density pass']);
  });

  it('finds a sampler at another temperature', async () => {
    const model = made(5);
    const wrong: Model = {
      ...broken(model, {}),
      sample: (parameters, request) => model.sample(parameters, { ...request, temperature: 0.5 }),
    };
    expect(judge('order-inverse', await contextOf(wrong, backend()))).toMatchObject({ explanation: /its temperature/ });
  });
});

/** Bars and stripes with their labels. */
function labelled(rows: number): Matrix {
  const { matrix, labels } = generateLabelledRows('bars-and-stripes', rows, 1);
  return { ...matrix, context: oneHot(labels, 2, 'labels', 2 ** 20) };
}

onEveryBackend('ignored-condition', (backend) => {
  const dataset = datasetOf(labelled(64));

  it('is silent where the context reaches every conditional', async () => {
    expect(
      judge('ignored-condition', await contextOf(made(16, {}, 3, 2), backend(), { dataset, depth: 'cheap' })),
    ).toBe('ok');
    expect(judge('ignored-condition', await contextOf(made(6), backend()))).toBe('not-applicable');
  });

  it('finds a first variable that never hears of it', async () => {
    const sound = made(16, {}, 3, 2);
    const deaf = broken(sound, {
      conditionalParameters: (x, inputs) => {
        const without = { ...inputs, context: tf.zerosLike(inputs.context!) };
        const [first] = tf.split(sound.network!.conditionalParameters(x, without), [1, 15], 1);
        const [, rest] = tf.split(sound.network!.conditionalParameters(x, inputs), [1, 15], 1);
        return tf.concat([first!, rest!], 1) as Tensor2D;
      },
    });
    const finding = judge('ignored-condition', await contextOf(deaf, backend(), { dataset, depth: 'cheap' }));
    expect(finding).toMatchObject({
      severity: 'error',
      title: '1 of 16 conditionals ignores the context',
      select: { kind: 'variable', variable: 0 },
    });
    expect(evidenceOf(finding)['Conditionals that ignore it']).toBe('x̂₁');
  });

  it('finds a column of the context without effect', async () => {
    const sound = made(16, {}, 3, 2);
    const cut = broken(sound, {
      conditionalParameters: (x, inputs) =>
        sound.network!.conditionalParameters(x, {
          ...inputs,
          context: tf.mul<Tensor2D>(inputs.context!, tf.tensor2d([[1, 0]])),
        }),
    });
    const finding = judge('ignored-condition', await contextOf(cut, backend(), { dataset, depth: 'cheap' }));
    expect(finding).toMatchObject({ severity: 'warning', title: '1 column of the context has no effect' });
    expect(evidenceOf(finding)['Columns of c without any effect']).toBe('c₂');
  });

  it('sums probabilities under each of several contexts', async () => {
    const values = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
    const rows = { ...randomRows(20, 5), context: { rows: 20, columns: 2, values } };
    const { totalProbability } = await contextOf(made(5, {}, 3, 2), backend(), { dataset: datasetOf(rows) });
    expect(totalProbability).toMatchObject({ rows: 32, contexts: 3 });
    expect(totalProbability!.value).toBeCloseTo(1, 5);
  });
});

onEveryBackend('mask-overwrites-weights', (backend) => {
  const several = { masks: 3, orderAgnostic: true };

  it('is silent where masks are part of the computation', async () => {
    for (const spec of [several, {}, { ...several, direct: true, conditioning: true }]) {
      expect(judge('mask-overwrites-weights', await contextOf(made(5, spec), backend()))).toBe('ok');
    }
  });

  it('finds weights that are multiplied by every mask that comes along', async () => {
    const sound = made(5, several);
    const kept = new Map<string, Tensor>();
    const wrong = broken(sound, {
      logProb: (x, inputs) => {
        const parameters = { ...inputs.parameters };
        for (const [name, mask] of Object.entries(inputs.masks)) {
          const before = kept.get(name);
          const after = tf.keep(tf.mul(before ?? parameters[name]!, mask));
          before?.dispose();
          kept.set(name, after);
          parameters[name] = after;
        }
        return sound.logProb!(x, { ...inputs, parameters });
      },
    });
    const { maskSwitch } = await contextOf({ ...wrong, objective: sound.objective.bind(sound) }, backend(), {
      depth: 'cheap',
    });
    const finding = judge('mask-overwrites-weights', { maskSwitch });
    expect(finding).toMatchObject({ severity: 'error', title: 'Using another mask changes the model', view: 'masks' });
    expect(evidenceOf(finding)['Rows whose log p changed, mask 1 before and after mask 2']).toMatch(/^[1-9]\d* of 16$/);
    for (const tensor of kept.values()) tensor.dispose();
  });

  it('finds a penalty that moves weights which are masked out', async () => {
    const sound = made(5);
    const wrong = broken(sound, {
      objective: (x, inputs) =>
        tf.add(sound.objective(x, inputs), tf.mul(0.01, tf.sum(tf.square(inputs.parameters['output.weight']!)))),
    });
    const finding = judge('mask-overwrites-weights', await contextOf(wrong, backend()));
    expect(finding).toMatchObject({ severity: 'warning', title: 'Masked-out weights of 1 parameter get gradients' });
    expect(evidenceOf(finding)['Masked-out weights of output.weight with a gradient']).toMatch(
      /^\d+, the largest 0\.\d+$/,
    );
  });
});

onEveryBackend('ensemble-space', (backend) => {
  const spec = { masks: 4, orderAgnostic: true };

  it('is silent where densities are averaged', async () => {
    const context = await contextOf(made(5, spec), backend());
    expect(judge('ensemble-space', context)).toBe('ok');
    const { nats, totals, reported } = context.ensemble!;
    expect(reported).toBeCloseTo(nats.ofDensities, 4);
    expect(nats.ofDensities).toBeLessThan(nats.ofLogs);
    expect(totals!.ofDensities).toBeCloseTo(1, 5);
    // A geometric mean of densities has less than 1, an average of conditionals under other orders something else.
    expect(totals!.ofLogs).toBeLessThan(1 - 1e-4);
    expect(Math.abs(totals!.ofConditionals - 1)).toBeGreaterThan(1e-4);
    expect(judge('ensemble-space', await contextOf(made(5), backend()))).toBe('not-applicable');
  });

  it('finds logits that are averaged over masks of different orders', async () => {
    const sound = made(5, spec);
    const wrong = broken(sound, {
      logProb: (x, inputs) =>
        tf.tidy(() => {
          const logits = [0, 1, 2, 3].map((mask) =>
            sound.network!.conditionalParameters(x, { ...inputs, masks: upload(sound.masks(mask)) }),
          );
          return tf.neg(bernoulliNll(x, tf.div(tf.addN(logits), 4)));
        }),
    });
    const finding = judge('ensemble-space', await contextOf(wrong, backend()));
    expect(finding).toMatchObject({
      severity: 'error',
      title: /^The ensemble's probabilities sum to \d\.\d+, not to 1$/,
    });
    expect(evidenceOf(finding)['NLL by mean of log p, as of logits (wrong)']).toMatch(/nats, Σ \d\.\d+$/);
  });
});

onEveryBackend('what is measured of an ensemble', (backend) => {
  const spec = { masks: 4, orderAgnostic: true };

  it('tells a scorer that averages log p', async () => {
    const ofLogs: Scorer = async (model, parameters, rows, options) => {
      const { score } = await scoreRows(model, parameters, rows, options);
      const each = await Promise.all(
        [0, 1, 2, 3].map((mask) =>
          scoreRows({ ...broken(model, {}), masks: () => model.masks(mask) }, parameters, rows, {
            ...options,
            masks: 1,
          }),
        ),
      );
      const perRow = Float64Array.from(
        { length: rows.rows },
        (_, n) => each.reduce((s, own) => s + own.perRow[n]!, 0) / 4,
      );
      return { score: { ...score, nats: -perRow.reduce((sum, own) => sum + own, 0) / rows.rows }, perRow };
    };
    const snapshot = snapshotOf(sourceOf(made(5, spec), backend()), null);
    const [right, wrong] = [await toEnd(ensembleFacts(snapshot)), await toEnd(ensembleFacts(snapshot, ofLogs))];
    expect(judge('ensemble-space', { ensemble: right })).toBe('ok');
    expect(wrong.reported).toBeCloseTo(right.nats.ofLogs, 4);
    expect(judge('ensemble-space', { ensemble: wrong })).toMatchObject({
      severity: 'error',
      title: /^The reported NLL is not that of the ensemble's density/,
    });
  });

  it('goes through dear rows one by one, and not at all where only what is cheap is wanted', async () => {
    const sizes = { logProb: [] as number[], parameters: [] as number[] };
    const sound = made(5, spec);
    const dear: Model = {
      ...broken(sound, {
        logProb: (x, inputs) => (sizes.logProb.push(x.shape[0]), sound.logProb!(x, inputs)),
        conditionalParameters: (x, inputs) => (
          sizes.parameters.push(x.shape[0]),
          sound.network!.conditionalParameters(x, inputs)
        ),
      }),
      densityProducts: 1e9,
    };
    expect([ensemble.applies(dear, 'cheap'), ensemble.applies(dear, 'full')]).toEqual([false, true]);
    expect(ensemble.applies(sound, 'cheap')).toBe(true);
    // A program of the backend's would compute rows without calling the model.
    const { compile: _, ...uncompiled } = backend();
    const snapshot = snapshotOf(sourceOf(dear, uncompiled), null);
    const work = ensembleFacts(snapshot);
    let chunks = 0;
    for (; sizes.parameters.length === 0; chunks++) await work.next();
    const facts = await toEnd(work);
    expect(facts.rows).toBe(10);
    expect(sizes.logProb.slice(0, 41), 'the scorer’s rows, then the first of those looked at').toEqual(
      new Array(41).fill(1),
    );
    expect(chunks).toBeGreaterThanOrEqual(40);

    sizes.parameters = [];
    await toEnd(vectorJacobianProducts(snapshot, { dataRows: 2, outputs: [0, 4], free: true }, () => undefined));
    expect(sizes.parameters[0]).toBe(1);
  });

  it('leaves no tensors behind when it is given up between two rows', async () => {
    const dear: Model = { ...broken(made(5, spec), {}), densityProducts: 1e9 };
    const snapshot = snapshotOf(sourceOf(dear, backend()), null);
    const before = tf.memory().numTensors;
    const work = ensembleFacts(snapshot);
    await work.next();
    await work.next();
    await work.return(undefined as never);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('fails with what the scorer fails with', async () => {
    const snapshot = snapshotOf(sourceOf(made(5, spec), backend()), null);
    const failing: Scorer = () => Promise.reject(new RangeError('no such row'));
    await expect(toEnd(ensembleFacts(snapshot, failing))).rejects.toThrow('no such row');
  });
});

it('ensemble-space finds a figure that is the mean of the masks’ own', () => {
  const nats = { ofDensities: 80, ofLogs: 82.5, ofConditionals: 79 };
  const facts = { masks: 4, rows: 100, nats, totals: null };
  expect(judge('ensemble-space', { ensemble: { ...facts, reported: 80.0001 } })).toBe('ok');
  const finding = judge('ensemble-space', { ensemble: { ...facts, reported: 82.5 } });
  expect(finding).toMatchObject({ title: /82\.50 nats for 80\.00 nats$/ });
});

type Kind = 'binary' | 'binary under a context' | 'real' | 'levels';

/** Sound models of the whole family, with data that they score. */
const family: readonly (readonly [name: string, spec: object, data: Kind])[] = [
  ['FVSBN', { type: 'fvsbn' }, 'binary'],
  ['NADE', { type: 'nade', hidden: 6 }, 'binary'],
  ['EoNADE', { type: 'eonade', hidden: [8] }, 'binary'],
  [
    'MADE with fresh masks',
    { type: 'made', hidden: [24], masks: 2, orderAgnostic: true, freshMasks: true, activation: 'tanh' },
    'binary',
  ],
  ['a MADE with a context', { type: 'made', hidden: [64] }, 'binary under a context'],
  [
    'a deep MADE with a context',
    { type: 'made', hidden: [24, 24], masks: 2, orderAgnostic: true, activation: 'tanh' },
    'binary under a context',
  ],
  ['a Gaussian MADE', { type: 'made', hidden: [24], degrees: 'even', conditional: { type: 'gaussian' } }, 'real'],
  [
    'a MADE with mixtures of Gaussians',
    { type: 'made', hidden: [24], degrees: 'even', conditional: { type: 'gaussian-mixture', components: 3 } },
    'real',
  ],
  [
    'a categorical MADE',
    { type: 'made', hidden: [24], degrees: 'even', conditional: { type: 'categorical', levels: 4 } },
    'levels',
  ],
];

function rowsOf(kind: Kind, seed: number): Matrix {
  const random = RandomGenerator.seeded(seed, 'family');
  const bit = () => random.integer(0, 1);
  const draw = { binary: bit, levels: () => random.integer(0, 3), real: () => random.normal() };
  const matrix = (columns: number, one: () => number): Matrix => ({
    rows: 100,
    columns,
    values: Float32Array.from({ length: 100 * columns }, one),
  });
  if (kind !== 'binary under a context') return matrix(5, draw[kind]);
  return { ...matrix(5, bit), context: matrix(2, draw.real) };
}

onEveryBackend('the whole family', (backend) => {
  it.each(family)('%s has no error and no warning', async (_, input, kind) => {
    const spec = modelSpec.parse(input);
    const contextDimension = kind === 'binary under a context' ? 2 : 0;
    const rebuild = (dimension: number) => createModel(spec, dimension, 1, contextDimension);
    const dataset = datasetOf(rowsOf(kind, 1), rowsOf(kind, 2));
    const context = await contextOf(rebuild(5), backend(), { dataset, rebuild, epoch: 0 });
    const grave = findingsOf(diagnose(context)).filter(({ severity }) => severity !== 'info');
    expect(grave.map(({ id, title }) => `${id}: ${title}`)).toEqual([]);
    expect(judge('degenerate-dimension', context)).toBe('ok');
    expect(context.smallest!.tried).toEqual([1, 2, 3]);
  });
});

onEveryBackend('degenerate-dimension', (backend) => {
  const judged = async (rebuild: (dimension: number) => Model | null) =>
    judge('degenerate-dimension', await contextOf(made(5), backend(), { rebuild, depth: 'facts' }));

  it('does not apply where the specification is for one dimension', async () => {
    expect(await judged(() => null)).toBe('not-applicable');
  });

  it('finds a model that cannot be built, one whose score is none, and one that is no density', async () => {
    const crash = await judged((dimension) => {
      if (dimension === 1) throw new RangeError('degrees are drawn from 1 … 0');
      return made(dimension);
    });
    expect(crash).toMatchObject({ severity: 'warning', title: 'The model does not work with D = 1' });
    expect(evidenceOf(crash)).toMatchObject({
      'Tried at D': '1, 2, 3',
      'D = 1': 'fails: degrees are drawn from 1 … 0',
    });

    const divided = await judged((dimension) => {
      const sound = made(dimension);
      return broken(sound, {
        logProb: (x, inputs) => tf.div(sound.logProb!(x, inputs), (dimension - 1) / (dimension - 1)),
      });
    });
    expect(evidenceOf(divided)['D = 1']).toBe('the score of a row is NaN');

    const lopsided = await judged((dimension) => {
      const sound = made(dimension);
      return broken(sound, { logProb: (x, inputs) => tf.mul(sound.logProb!(x, inputs), dimension === 2 ? 0.5 : 1) });
    });
    expect(evidenceOf(lopsided)['D = 2']).toMatch(/^probabilities sum to \d\.\d+, not to 1$/);
  });
});

onEveryBackend('parameters that are no numbers', (backend) => {
  it('are left to the diagnostic that names them', async () => {
    const model = made(5, { masks: 2, orderAgnostic: true });
    const parameters = Object.fromEntries(
      model.parameters.map(({ name, shape }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, { shape, data: new Float32Array(size).fill(NaN) }];
      }),
    );
    const context = await contextOf(model, backend(), { parameters });
    for (const id of ['mask-overwrites-weights', 'order-inverse', 'ensemble-space'] as const) {
      expect(typeof judge(id, context)).toBe('string');
    }
  });
});

describe('data of these tests', () => {
  it('has both labels', () => {
    expect(new Set(labelled(64).context!.values)).toEqual(new Set([0, 1]));
  });
});
