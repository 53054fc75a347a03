/** What is said of a MADE beyond its schema. */
import { describe, expect, it } from 'vitest';
import { facts, problemsOf } from './checkTexts.ts';

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
