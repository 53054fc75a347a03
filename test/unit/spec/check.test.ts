import { describe, expect, it } from 'vitest';
import { checkExperiment, parseExperiment, type CheckContext } from '../../../src/spec/check.ts';
import type { DataFacts } from '../../../src/spec/facts.ts';
import { problemsOf, anyType, model, data } from './checkTexts.ts';

describe('a good experiment', () => {
  it('has no problems, and every default', () => {
    const text = `// comment\n{ ${model}, /* here too */ ${data}, }`;
    expect(checkExperiment(text)).toEqual([]);
    expect(parseExperiment(text).experiment).toEqual({
      model: {
        type: 'made',
        hidden: [5],
        activation: 'relu',
        order: 'natural',
        degrees: 'random',
        masks: 1,
        orderAgnostic: false,
        connectivityAgnostic: true,
        freshMasks: false,
        direct: false,
        conditioning: false,
        conditional: { type: 'bernoulli' },
      },
      data: {
        generate: 'bars-and-stripes',
        rows: 10_000,
        split: { train: 0.8, validation: 0.1, test: 0.1 },
        binarize: 'none',
      },
      training: {
        epochs: 30,
        batchSize: 100,
        optimizer: { type: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        patience: 30,
        weightDecay: 0,
      },
      seed: 1,
    });
  });
});

describe('syntax', () => {
  it.each([
    ['', 'error/schema : the file is empty; an experiment has at least "model" and "data"'],
    ['// nothing', 'error/schema : the file is empty; an experiment has at least "model" and "data"'],
    ['{ "model" 5 }', 'error/syntax 5: a colon is needed here, between key and value'],
    ['{ "seed": 1 "model": 5 }', 'error/syntax "model": a comma is needed before this'],
    ['{ seed: 1 }', 'error/syntax seed: this is no JSON: text needs double quotes'],
    ['{ "seed": 1', 'error/syntax : a closing brace } is missing'],
    ['{ "seed": "1 }', 'error/syntax "1 }: this text lacks its closing quote'],
    ['['.repeat(5000), 'error/syntax [: brackets are nested more than 100 deep'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
    expect(parseExperiment(text).experiment).toBeNull();
  });

  it('has no keys twice', () => {
    expect(problemsOf(`{ ${model}, ${data}, "seed": 1, "seed": 2 }`)).toEqual([
      'error/syntax "seed": "seed" stands here twice; only one can count',
    ]);
  });

  it('counts lines and columns from 1, after any line end, a byte order mark included', () => {
    const text = `\ufeff{ ${model},\r\n  ${data},\n  "sed": 1 }`;
    expect(checkExperiment(text)).toEqual([
      {
        severity: 'error',
        source: 'schema',
        path: ['sed'],
        message: expect.stringContaining('"sed" is no key here (did you mean "seed"?)') as string,
        offset: text.indexOf('"sed"'),
        length: 5,
        line: 3,
        column: 3,
      },
    ]);
  });
});

describe('parts that are sound themselves', () => {
  const facts = (columns: number): DataFacts => ({
    exists: true,
    problem: null,
    arrays: [{ name: null, shape: [50, columns], rows: 50, columns, dtype: 'uint8' }],
  });
  const context: CheckContext = {
    files: new Map([
      ['a.npy', facts(3)],
      ['gone.npy', { exists: false, problem: null, arrays: [] }],
    ]),
  };
  const rows = '"data": { "train": "a.npy" }';

  it('are checked beside keys of the model that are wrong', () => {
    const keys = '"hidden": [4, 0, "a"], "degres": "even", "masks": 0, "order": [1, 1, 2], "degrees": [[9]]';
    expect(problemsOf(`{ "model": { "type": "made", ${keys} }, ${rows} }`, context)).toEqual([
      'error/schema 0: model.hidden[1] is 0; at least 1 is needed',
      'error/schema "a": model.hidden[2] is "a"; a whole number is needed',
      expect.stringMatching(/^error\/schema "degres": "degres" is no key of model of type "made"/),
      'error/schema 0: model.masks is 0; at least 1 is needed',
      'error/semantic 1: order has 1 twice, at positions 1 and 2; it must be a permutation',
      expect.stringMatching(/^warning\/semantic "degrees": 3 of 3 dependencies are lost/),
      expect.stringMatching(/^warning\/semantic 9: unit 1 \(degree 9\) of hidden layer 1 is cut off/),
    ]);
  });

  it('are checked beside a type that is not known', () => {
    const keys = '"type": "mde", "hidden": [4, 0], "masks": 0, "other": 1';
    expect(problemsOf(`{ "model": { ${keys} }, "data": { "train": "gone.npy" } }`, context)).toEqual([
      `error/schema "mde": model.type is "mde" (did you mean "made"?); it must be ${anyType}`,
      'error/schema 0: model.hidden[1] is 0; at least 1 is needed',
      'error/schema 0: model.masks is 0; at least 1 is needed',
      'error/semantic "gone.npy": gone.npy: there is no such file',
    ]);
  });

  it('are checked beside keys of data and training that are wrong, without blaming defaults', () => {
    const text = `{ ${model}, "data": { "train": "gone.npy", "validation": 5, "binarize": "thresh" },
      "training": { "batchSize": "many", "patience": 5, "optimizer": { "type": "sgd", "nesterov": true } } }`;
    expect(problemsOf(text, context)).toEqual([
      'error/semantic "gone.npy": gone.npy: there is no such file',
      'error/schema 5: data.validation is 5; text in quotes is needed',
      expect.stringMatching(/^error\/schema "thresh": data\.binarize is "thresh"/),
      'error/schema "many": training.batchSize is "many"; a whole number is needed',
      'warning/semantic "nesterov": nesterov has no effect: momentum is 0',
    ]);
  });
});
