/** What is said of values that the schema refuses. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkExperiment } from '../../../src/spec/check.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { explain } from '../../../src/spec/explain.ts';
import { problemsOf, anyType, model, data, withModel, withData, withTraining } from './checkTexts.ts';

describe('what the schema says', () => {
  it.each<[string, string[]]>([
    ['[]', ['[]: this is []; an object { … } is needed']],
    [`{ ${data} }`, ['{: "model" is missing: The model']],
    [`{ "model": 5, ${data} }`, ['5: model is 5; an object { … } is needed']],
    [`{ "model": {}, ${data} }`, [`"model": "type" is missing in model; it must be ${anyType}`]],
    [
      `{ "model": { "type": "mad" }, ${data} }`,
      [`"mad": model.type is "mad" (did you mean "made"?); it must be ${anyType}`],
    ],
    [withModel('"hidden": []'), ['[]: model.hidden has 0 entries; at least 1 is needed']],
    [withModel('"hidden": [0]'), ['0: model.hidden[0] is 0; at least 1 is needed']],
    [withModel('"hidden": [1.5]'), ['1.5: model.hidden[0] is 1.5; a whole number is needed']],
    [withModel('"hidden": [99999]'), ['99999: model.hidden[0] is 99999; at most 65536 is allowed']],
    [withModel('"hidden": 500'), ['500: model.hidden is 500; a list of whole numbers is needed']],
    [
      withModel('"hiden": [5]'),
      [
        '"hiden": "hiden" is no key of model of type "made" (did you mean "hidden"?); there are type, hidden, ' +
          'activation, order, degrees, masks, orderAgnostic, connectivityAgnostic, freshMasks, direct, conditioning, conditional',
      ],
    ],
    [
      withModel('"hidden": [5], "activation": "rellu"'),
      [
        '"rellu": model.activation is "rellu" (did you mean "relu"?); it must be "relu", "tanh", "sigmoid", "softplus" ' +
          'or "elu"',
      ],
    ],
    [
      withModel('"hidden": [5], "order": 5'),
      ['5: model.order is 5; "natural", "reversed", "random" or a list of whole numbers is needed'],
    ],
    [
      withModel('"hidden": [5], "order": "revresed"'),
      [
        '"revresed": model.order is "revresed" (did you mean "reversed"?); it must be "natural", "reversed", "random" ' +
          'or a list of whole numbers',
      ],
    ],
    [withModel('"hidden": [5], "order": [1, "2"]'), ['"2": model.order[1] is "2"; a whole number is needed']],
    [
      withModel('"hidden": [5], "degrees": [1, 2]'),
      [
        '1: model.degrees[0] is 1; a list of whole numbers is needed',
        '2: model.degrees[1] is 2; a list of whole numbers is needed',
      ],
    ],
    [withModel('"hidden": [5], "direct": "yes"'), ['"yes": model.direct is "yes"; true or false is needed']],
    [withData(''), ['"data": "train", "source", "generate" or "text" is missing in data']],
    [withData('"split": {}'), ['"data": "train", "source", "generate" or "text" is missing in data']],
    [
      withData('"trian": "a.npy"'),
      [
        '"trian": "trian" is no key of data (did you mean "train"?); there are train, validation, test, context, labels, layout, binarize, scale, image',
      ],
    ],
    [
      withData('"train": "a.npy", "split": {}'),
      [
        '"split": "split" is no key of data with "train"; there are train, validation, test, context, labels, layout, binarize, scale, image',
      ],
    ],
    [
      withData('"source": "a.npy", "binarise": "threshold"'),
      [
        '"binarise": "binarise" is no key of data with "source" (did you mean "binarize"?); there are source, split, context, labels, layout, binarize, scale, image',
      ],
    ],
    [withData('"source": "a.npy", "split": { "train": 2 }'), ['2: data.split.train is 2; at most 1 is allowed']],
    [withData('"source": ""'), ['"": data.source is empty']],
    [
      withData('"generate": "ring"'),
      [
        '"ring": data.generate is "ring" (did you mean "rings"?); it must be "bars-and-stripes", "coloured-squares", "two-moons", "rings", ' +
          '"checkerboard", "eight-gaussians", "pinwheel" or "two-spirals"',
      ],
    ],
    [withData('"source": "a.npy", "image": [28]'), ['[28]: data.image has 1 entries; 2 or 3 are needed']],
    [withTraining('"epochs": 0'), ['0: training.epochs is 0; at least 1 is needed']],
    [withTraining('"epochs": 1e999'), ['1e999: training.epochs is Infinity; a whole number is needed']],
    [
      withTraining('"optimizer": { "type": "adam", "learningRate": 0 }'),
      ['0: training.optimizer.learningRate is 0; more than 0 is needed'],
    ],
    [
      withTraining('"optimizer": { "type": "sgd", "momentum": 1 }'),
      ['1: training.optimizer.momentum is 1; less than 1 is allowed'],
    ],
    [
      withTraining('"optimizer": { "type": "adam", "momentum": 0.5 }'),
      [
        '"momentum": "momentum" is no key of training.optimizer of type "adam"; there are type, learningRate, beta1, ' +
          'beta2, epsilon',
      ],
    ],
    [withTraining('"optimizer": "adam"'), ['"adam": training.optimizer is "adam"; write { "type": "adam" }']],
    [`{ ${model}, ${data}, "seed": -1 }`, ['-1: seed is -1; at least 0 is needed']],
  ])('%s', (text, expected) => {
    expect(problemsOf(text)).toEqual(expected.map((problem) => `error/schema ${problem}`));
  });

  it('is said of exactly those values that the schema refuses', () => {
    const key = fc.constantFrom(
      ...[
        'model',
        'data',
        'training',
        'seed',
        'type',
        'hidden',
        'order',
        'degrees',
        'masks',
        'train',
        'source',
        'split',
      ],
      ...[
        'generate',
        'image',
        'binarize',
        'rows',
        'optimizer',
        'momentum',
        'epochs',
        'learningRate',
        'constructor',
        '',
      ],
    );
    const leaf = fc.oneof(
      fc.constantFrom('made', 'adam', 'sgd', 'natural', 'even', 'none', 'rings', 'a.npy', '', null, true, false),
      fc.constantFrom(0, 1, 2, -1, 0.5, 30, 28, 1e9),
    );
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5, depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(key, tie('node'), { maxKeys: 5 }),
      ),
    })).node;
    // Mostly near misses: a good experiment with some entries replaced.
    const good = {
      model: { type: 'made', hidden: [5] },
      data: { train: 'a.npy' },
      training: { optimizer: { type: 'sgd' } },
    };
    const nearMiss = fc.tuple(key, key, value, value).map(([a, b, one, two]) => ({
      ...good,
      [a]: one,
      model: { ...good.model, [b]: two },
    }));
    fc.assert(
      fc.property(fc.oneof(value, nearMiss), (candidate) => {
        expect(explain(experimentSpec, candidate).length === 0).toBe(experimentSpec.safeParse(candidate).success);
      }),
      { numRuns: 800 },
    );
  });

  it('keeps its places within the text, whatever the text', () => {
    const good = `{ ${model}, ${data}, "training": { "optimizer": { "type": "sgd", "momentum": 0.5 } }, "seed": 3 }`;
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(20),
        fc.constantFrom('', '"', '[', '}', ',', '0', '/*', '\n'),
        (at, cut, put) => {
          const text = good.slice(0, at) + put + good.slice(at + cut);
          for (const { offset, length, line, column } of checkExperiment(text)) {
            expect(offset).toBeGreaterThanOrEqual(0);
            expect(offset + length).toBeLessThanOrEqual(text.length);
            const before = text.slice(0, offset).split('\n');
            expect([line, column]).toEqual([before.length, before.at(-1)!.length + 1]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
