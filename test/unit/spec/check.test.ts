import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkExperiment, dataFiles, dataShape, parseExperiment, type CheckContext } from '../../../src/spec/check.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { explain } from '../../../src/spec/explain.ts';
import type { DataFacts } from '../../../src/spec/facts.ts';
import { models } from '../../../src/spec/models/index.ts';

/** Each problem as `severity/source "underlined text": message`. */
function problemsOf(text: string, context?: CheckContext): string[] {
  return checkExperiment(text, context).map(
    ({ severity, source, offset, length, message }) =>
      `${severity}/${source} ${text.slice(offset, offset + length)}: ${message}`,
  );
}

/** `"made", … or "…"`: every type that there is. */
const anyType = Object.keys(models)
  .map((type) => `"${type}"`)
  .join(', ')
  .replace(/, ("[^"]*")$/, ' or $1');
const model = '"model": { "type": "made", "hidden": [5] }';
const data = '"data": { "generate": "bars-and-stripes" }';
const withModel = (keys: string) => `{ "model": { "type": "made", ${keys} }, ${data} }`;
const withData = (keys: string) => `{ ${model}, "data": { ${keys} } }`;
const withTraining = (keys: string, dataKeys = data) => `{ ${model}, ${dataKeys}, "training": { ${keys} } }`;

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
        '"revresed": model.order is "revresed" (did you mean "reversed"?); it must be "natural", "reversed" or "random"',
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
    [withData(''), ['"data": "train", "source" or "generate" is missing in data']],
    [withData('"split": {}'), ['"data": "train", "source" or "generate" is missing in data']],
    [
      withData('"trian": "a.npy"'),
      [
        '"trian": "trian" is no key of data (did you mean "train"?); there are train, validation, test, context, binarize, image',
      ],
    ],
    [
      withData('"train": "a.npy", "split": {}'),
      ['"split": "split" is no key of data with "train"; there are train, validation, test, context, binarize, image'],
    ],
    [
      withData('"source": "a.npy", "binarise": "threshold"'),
      [
        '"binarise": "binarise" is no key of data with "source" (did you mean "binarize"?); there are source, split, context, binarize, image',
      ],
    ],
    [withData('"source": "a.npy", "split": { "train": 2 }'), ['2: data.split.train is 2; at most 1 is allowed']],
    [withData('"source": ""'), ['"": data.source is empty']],
    [
      withData('"generate": "ring"'),
      [
        '"ring": data.generate is "ring" (did you mean "rings"?); it must be "bars-and-stripes", "two-moons", "rings", ' +
          '"checkerboard", "eight-gaussians", "pinwheel" or "two-spirals"',
      ],
    ],
    [withData('"source": "a.npy", "image": [28]'), ['[28]: data.image has 1 entries; 2 are needed']],
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
    [withTraining('"optimizer": "adam"'), ['"adam": training.optimizer is "adam"; an object { … } is needed']],
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

const facts = (...arrays: [name: string | null, rows: number | null, ...rest: number[]][]): DataFacts => ({
  exists: true,
  problem: null,
  arrays: arrays.map(([name, rows, ...rest]) => ({
    name,
    rows,
    shape: rows === null ? null : [rows, ...rest],
    columns: rest.reduce((a, b) => a * b, 1),
    dtype: 'uint8',
  })),
});
const files = new Map<string, DataFacts>([
  ['digits.npz', facts(['train', 800, 16], ['valid', 100, 16], ['test', 100, 15], ['images', 50, 4, 4])],
  ['one.npz', facts(['x', 50, 16])],
  ['plain.npy', facts([null, 50, 16])],
  ['table.csv', facts([null, null, 16])],
  [
    'gone.npy',
    { exists: false, arrays: [], problem: 'gone.npy: there is no such file; in its folder there is "one.npy"' },
  ],
  ['bad.npy', { exists: true, arrays: [], problem: 'bad.npy: is truncated' }],
]);

describe('what files tell', () => {
  it.each<[string, string[]]>([
    ['"train": "digits.npz#train", "validation": "digits.npz#valid"', []],
    ['"train": "one.npz"', []],
    ['"train": "plain.npy", "test": "table.csv"', []],
    ['"train": "unknown.npy"', []],
    [
      '"train": "gone.npy"',
      ['error/semantic "gone.npy": gone.npy: there is no such file; in its folder there is "one.npy"'],
    ],
    ['"source": "bad.npy"', ['error/semantic "bad.npy": bad.npy: is truncated']],
    [
      '"train": "digits.npz#tran"',
      [
        'error/semantic "digits.npz#tran": digits.npz has no array "tran" (did you mean "train"?); there are "train", "valid", "test", "images"',
      ],
    ],
    [
      '"source": "digits.npz"',
      [
        'error/semantic "digits.npz": digits.npz holds 4 arrays, "train", "valid", "test", "images"; pick one: "digits.npz#train"',
      ],
    ],
    ['"train": "plain.npy#train"', ['error/semantic "plain.npy#train": plain.npy holds one array; leave out "#train"']],
    [
      '"train": "digits.npz#train", "test": "digits.npz#test"',
      ['error/semantic "digits.npz#test": digits.npz#test has 15 columns; the training rows have 16'],
    ],
    [
      '"train": "plain.npy", "test": "plain.npy"',
      ['warning/semantic "plain.npy": test names the same array as train: its figures will say nothing new'],
    ],
    [
      '"train": "plain.npy", "image": [4, 5]',
      ['error/semantic [4, 5]: image is 4 × 5 = 20 pixels; the data has 16 columns'],
    ],
    [
      '"source": "plain.npy", "split": { "train": 0.8, "test": 0.3 }',
      ['error/semantic "split": the shares add up to 1.2; together they are at most 1'],
    ],
    ['"source": "plain.npy", "split": { "train": 0.7, "validation": 0.2, "test": 0.1 }', []],
    ['"source": "plain.npy", "split": { "train": 0 }', ['error/semantic 0: train is 0: no row is left to train on']],
    [
      '"generate": "rings"',
      [
        'error/semantic "rings": "rings" has real values; "made" scores 0 and 1 alone. ' +
          'Generate "bars-and-stripes", or use a file of binary data',
      ],
    ],
  ])('%s', (keys, expected) => {
    expect(problemsOf(withData(keys), { files }).filter((p) => !p.includes('batchSize'))).toEqual(expected);
  });

  it('names the files to ask about, and D and the shape of images', () => {
    const text = withData('"train": "digits.npz#images", "test": "digits.npz#test", "validation": "a#b.npy#x"');
    expect(dataFiles(text)).toEqual(['digits.npz', 'a#b.npy']);
    expect(dataShape(text, { files })).toMatchObject({ dimension: 16, image: [4, 4] });
    expect(dataShape(text)).toMatchObject({ dimension: null, image: null });
    expect(dataShape(withData('"train": "?.npy", "image": [3, 5]'))).toMatchObject({ dimension: 15, image: [3, 5] });
    expect(dataShape(withData('"generate": "bars-and-stripes"'))).toMatchObject({ dimension: 16, image: [4, 4] });
    expect(dataShape('{')).toMatchObject({ dimension: null, image: null });
    expect(dataFiles(withData('"generate": "rings"'))).toEqual([]);
  });

  it('tells a batch that is larger than the data, and settings without effect', () => {
    const plain = '"data": { "train": "plain.npy" }';
    expect(problemsOf(withTraining('"batchSize": 51', plain), { files })).toEqual([
      'warning/semantic 51: batchSize is 51; there are 50 rows to train on, so that every epoch is a single step',
    ]);
    expect(problemsOf(withTraining('"batchSize": 50', plain), { files })).toEqual([]);
    expect(problemsOf(withTraining('"batchSize": 8001'))).toHaveLength(1);
    expect(problemsOf(withTraining('"batchSize": 8000'))).toEqual([]);
    expect(problemsOf(withTraining('"patience": 5, "batchSize": 5', plain), { files })).toEqual([
      'warning/semantic "patience": patience has no effect: data gives no validation rows',
    ]);
    expect(problemsOf(withTraining('"optimizer": { "type": "sgd", "nesterov": true }'))).toEqual([
      'warning/semantic "nesterov": nesterov has no effect: momentum is 0',
    ]);
  });
});

describe('what a MADE needs', () => {
  // D = 16 from the generated data, or D = 4 from a file.
  const four = { files: new Map([['f.npy', facts([null, 500, 4])]]) };
  const small = (keys: string) => `{ "model": { "type": "made", ${keys} }, "data": { "train": "f.npy" } }`;

  it.each<[string, string[]]>([
    ['"hidden": [3], "order": [2, 4, 1, 3]', []],
    ['"hidden": [3], "order": [1, 2, 3]', ['error/semantic [1, 2, 3]: order has 3 entries; the data has 4 columns']],
    [
      '"hidden": [3], "order": [1, 2, 2, 4]',
      ['error/semantic 2: order has 2 twice, at positions 2 and 3; it must be a permutation'],
    ],
    [
      '"hidden": [3], "order": [1, 2, 3, 5]',
      ['error/semantic 5: order has 5 at position 4; every entry is one of 1 … 4'],
    ],
    ['"hidden": [3], "degrees": [[1, 2, 3]]', []],
    ['"hidden": [4, 4], "degrees": [[1, 2, 3, 1], [3, 2, 1, 2]]', []],
    [
      '"hidden": [3, 3], "degrees": [[1, 2, 3]]',
      ['error/semantic [[1, 2, 3]]: degrees has 1 list; the model has 2 hidden layers, and each needs a list'],
    ],
    [
      '"hidden": [3], "degrees": [[1, 2]]',
      ['error/semantic [1, 2]: degrees of hidden layer 1 has 2 entries; the layer has 3 units'],
    ],
    [
      '"hidden": [4], "degrees": [[1, 2, 0, 3]]',
      [
        'warning/semantic 0: unit 3 (degree 0) of hidden layer 1 is cut off from the inputs: no input has a degree so low',
      ],
    ],
    [
      '"hidden": [4], "degrees": [[1, 2, 4, 3]]',
      [
        'warning/semantic 4: unit 3 (degree 4) of hidden layer 1 is cut off from the outputs: outputs see units of degree at most 3',
      ],
    ],
    [
      '"hidden": [4, 5], "degrees": [[2, 3, 2, 3], [1, 2, 1, 3, 1]], "direct": true',
      [
        'warning/semantic 1: units 1 (degree 1), 3 (degree 1), 5 (degree 1) of hidden layer 2 are cut off from the inputs: no ' +
          'unit below that sees an input has a degree so low',
      ],
    ],
    [
      '"hidden": [4, 2], "degrees": [[1, 2, 3, 3], [1, 2]], "direct": true',
      [
        'warning/semantic 3: units 3 (degree 3), 4 (degree 3) of hidden layer 1 are cut off from the outputs: no unit above ' +
          'that reaches an output has a degree so high',
      ],
    ],
    [
      '"hidden": [2], "degrees": [[1, 3]]',
      [
        'warning/semantic "degrees": 1 of 6 dependencies are lost: the variable of degree 2 is seen from degree 4 on instead ' +
          'of 3; every layer needs units of every degree 1 … 3',
      ],
    ],
    [
      '"hidden": [2], "degrees": [[1, 2]]',
      [
        'warning/semantic "degrees": 1 of 6 dependencies are lost: no output sees the variable of degree 3; every layer needs ' +
          'units of every degree 1 … 3',
      ],
    ],
    ['"hidden": [2], "degrees": [[1, 2]], "direct": true', []],
    ['"hidden": [3], "masks": 8', []],
    ['"hidden": [3], "masks": 8, "degrees": "even", "orderAgnostic": true', []],
    [
      '"hidden": [3], "masks": 8, "connectivityAgnostic": false',
      [
        'warning/semantic 8: all 8 masks are the same; set orderAgnostic or connectivityAgnostic so that they differ, or ' +
          'masks to 1',
      ],
    ],
    [
      '"hidden": [3], "masks": 8, "degrees": "even", "connectivityAgnostic": true',
      [
        'warning/semantic 8: all 8 masks are the same; set orderAgnostic, or degrees to "random" so that they differ, or ' +
          'masks to 1',
        'warning/semantic "connectivityAgnostic": connectivityAgnostic has no effect: degrees are "even", so every mask has the same',
      ],
    ],
    [
      '"hidden": [3], "orderAgnostic": true',
      [
        'warning/semantic "orderAgnostic": orderAgnostic has no effect: there is one mask; set masks to several, or freshMasks',
      ],
    ],
    ['"hidden": [3], "freshMasks": true, "orderAgnostic": true, "conditioning": true', []],
    [
      '"hidden": [3], "freshMasks": true, "connectivityAgnostic": false',
      [
        'warning/semantic "freshMasks": freshMasks has no effect: every mask is the same; set orderAgnostic or ' +
          'connectivityAgnostic',
      ],
    ],
    [
      '"hidden": [3], "conditioning": true',
      [
        'warning/semantic "conditioning": conditioning adds nothing that biases do not: every minibatch has the same mask; ' +
          'set masks to several that differ, or freshMasks',
      ],
    ],
    [
      '"hidden": [3], "conditional": { "type": "gaussain" }',
      [
        'error/schema "gaussain": model.conditional.type is "gaussain" (did you mean "gaussian"?); it must be "bernoulli", ' +
          '"gaussian", "gaussian-mixture", "logistic-mixture", "discretised-logistic-mixture" or "categorical"',
      ],
    ],
    ['"hidden": [3], "conditional": { "type": "discretised-logistic-mixture", "levels": 16 }', []],
  ])('%s', (keys, expected) => {
    expect(problemsOf(small(keys), four)).toEqual(expected);
  });

  it('is judged without knowing D as far as that goes', () => {
    const text = (keys: string) => `{ "model": { "type": "made", ${keys} }, "data": { "train": "unknown.npy" } }`;
    expect(problemsOf(text('"hidden": [2], "order": [1, 3, 2]'))).toEqual([]);
    expect(problemsOf(text('"hidden": [2], "order": [1, 3, 3]'))).toHaveLength(1);
    expect(problemsOf(text('"hidden": [2], "degrees": [[1, 70]]'))).toEqual([]);
    expect(problemsOf(text('"hidden": [2], "degrees": [[0, 70]]'))).toHaveLength(1);
  });

  it('may have units of degree 0 where rows are conditioned on something', () => {
    const text = (context: string) =>
      `{ "model": { "type": "made", "hidden": [4], "degrees": [[0, 1, 2, 3]] }, "data": { "source": "f.npy"${context} } }`;
    expect(problemsOf(text(''), { files: new Map([['f.npy', facts([null, 500, 4])]]) })).toEqual([
      'warning/semantic 0: unit 1 (degree 0) of hidden layer 1 is cut off from the inputs: no input has a degree so low',
    ]);
    const five = { files: new Map([['f.npy', facts([null, 500, 5])]]) };
    expect(problemsOf(text(', "context": { "columns": [4] }'), five)).toEqual([]);
  });

  it('has nothing to lose with one variable', () => {
    const one = { files: new Map([['f.npy', facts([null, 500, 1])]]) };
    expect(problemsOf(small('"hidden": [2], "degrees": [[1, 0]]'), one)).toEqual([]);
  });

  it('keeps being judged when another entry is wrong', () => {
    expect(problemsOf('{ "model": { "type": "made", "hidden": [3], "order": [1, 1] }, "data": 5 }')).toEqual([
      'error/semantic 1: order has 1 twice, at positions 1 and 2; it must be a permutation',
      'error/schema 5: data is 5; an object { … } is needed',
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
