/** What is said of experiments with a variational autoencoder. */
import { describe, expect, it } from 'vitest';
import type { ArrayFacts, DataFacts } from '../../../src/spec/facts.ts';
import { valueFactsOf } from '../../../src/spec/valueWords.ts';
import { data as binaryData, facts, problemsOf } from './checkTexts.ts';

const SIGMOID = '"output": { "type": "gaussian", "mean": "sigmoid" }';
const text = (model: string, data: string) => `{ "model": { "type": "vae"${model && `, ${model}`} }, ${data} }`;

describe('means between 0 and 1', () => {
  const file = (...values: number[]): DataFacts => {
    const [array] = facts([null, 200, 2]).arrays as [ArrayFacts];
    return { exists: true, problem: null, arrays: [{ ...array, values: valueFactsOf(values, 2) }] };
  };
  const files = new Map([
    ['shares.npy', file(0, 0.2, 1, 0.7)],
    ['bytes.npy', file(0, 17, 255, 3)],
    ['centred.npy', file(0.5, 1, -2, 0.7)],
  ]);
  const said = (model: string, keys: string) => problemsOf(text(model, `"data": { ${keys} }`), { files });

  it.each([
    [SIGMOID, '"train": "shares.npy"', []],
    [SIGMOID, '"train": "bytes.npy", "scale": "unit"', []],
    [SIGMOID, '"train": "bytes.npy", "binarize": "threshold"', []],
    ['"output": { "type": "gaussian" }', '"train": "centred.npy"', []],
    [
      SIGMOID,
      '"train": "bytes.npy"',
      [
        'error/semantic "bytes.npy": bytes.npy: row 1, column 2 is 17; the means of the model are held between 0 and 1 by ' +
          'a sigmoid and can never come to it. Set "scale" to "unit" in "data", which divides by the largest value that ' +
          'there can be, or set "mean" to "linear" in "output".',
      ],
    ],
    [
      SIGMOID,
      '"train": "shares.npy", "validation": "centred.npy", "scale": "unit"',
      [
        'error/semantic "centred.npy": centred.npy: row 2, column 1 is -2; the means of the model are held between 0 and 1 ' +
          'by a sigmoid and can never come to it. Shift the values so that none is below 0, or set "mean" to "linear" in ' +
          '"output".',
      ],
    ],
    [
      SIGMOID,
      '"generate": "rings"',
      [
        'error/semantic "rings": "rings" has values below 0 and above 1; the means of the model are held between them by a ' +
          'sigmoid: set "mean" to "linear" in "output"',
      ],
    ],
    [SIGMOID, '"generate": "bars-and-stripes"', []],
    [
      '',
      '"train": "shares.npy"',
      [
        'error/semantic "shares.npy": shares.npy: row 1, column 2 is 0.2; the model scores 0 and 1 alone. Set "binarize" to ' +
          '"threshold" or "stochastic" in "data" to make grey values binary. To take them as real ones, set "output": ' +
          '{ "type": "gaussian" } in "model".',
      ],
    ],
  ])('%s %s', (model, keys, expected) => {
    expect(said(model, keys)).toEqual(expected);
  });
});

it.each([
  ['"estimator": "B", "posterior": { "type": "iaf" }', 'the KL divergence of an IAF posterior has no closed form'],
  [
    '"encoder": { "channels": [4] }',
    'encoder.channels convolves images, and the model does not say how large they are',
  ],
  ['"encoder": { "channels": [4, 4, 4] }, "image": [4, 4]', 'cannot be halved 3 times'],
  ['"image": [4, 5]', 'image is 4 × 5 = 20 variables; the data has 16 columns'],
  ['"learning": "wake-sleep", "posterior": { "type": "iaf" }', 'posterior is an IAF; wake–sleep scores latents'],
  ['"learning": "wake-sleep", "beta": 2', 'beta has no effect'],
  [
    '"learning": "monte-carlo-em", "posterior": { "type": "iaf" }',
    'Monte Carlo EM scores latents that a Markov chain has drawn',
  ],
  ['"learning": "monte-carlo-em", "freeBits": 1', 'freeBits has no effect: Monte Carlo EM does not train by the bound'],
  ['"samples": 1000', 'with 1000 samples every step decodes 1000 rows for each row of the minibatch'],
  ['"learning": "monte-carlo-em", "samples": 5', 'samples has no effect: Monte Carlo EM has one chain for each row'],
  ['"learning": "wake-sleep", "hmc": { "updates": 1 }', 'hmc has no effect: it is of "learning": "monte-carlo-em"'],
  ['"learning": "monte-carlo-em", "hmc": { "acceptance": 1 }', 'acceptance'],
  ['"output": { "type": "gaussian", "variance": 0.1, "floor": 0.1 }', 'output.floor has no effect'],
])('%s: %s', (model, words) => {
  expect(problemsOf(text(model, binaryData))).toEqual([expect.stringContaining(words)]);
});

describe('keys that hold an object or a name', () => {
  const generated = '"data": { "generate": "bars-and-stripes" }';
  it.each<[string, string]>([
    ['"output": "gaussian"', '"gaussian": model.output is "gaussian"; write { "type": "gaussian" }'],
    [
      '"output": "gausian"',
      '"gausian": model.output is "gausian" (did you mean { "type": "gaussian" }?); it must be "bernoulli" or ' +
        '{ "type": "gaussian" }',
    ],
    [
      '"output": "bernouli"',
      '"bernouli": model.output is "bernouli" (did you mean "bernoulli"?); it must be "bernoulli" or { "type": "gaussian" }',
    ],
    ['"output": 3', '3: model.output is 3; "bernoulli" or { "type": "gaussian" } is needed'],
    ['"posterior": "iaf"', '"iaf": model.posterior is "iaf"; write { "type": "iaf" }'],
    ['"output": { "type": "gaussian", "variance": -1 }', '-1: model.output.variance is -1; more than 0 is needed'],
    ['"posterior": { "type": "iaf", "steps": 0 }', '0: model.posterior.steps is 0; at least 1 is needed'],
    ['"image": [28, 28, 1, 1]', '[28, 28, 1, 1]: model.image has 4 entries; 2 or 3 are needed'],
    ['"image": [28, 28, 0]', '0: model.image[2] is 0; at least 1 is needed'],
  ])('%s', (model, expected) => {
    expect(problemsOf(text(model, generated))).toEqual([`error/schema ${expected}`]);
  });

  it('that are misspelt are told where the right one is there, too', () => {
    expect(problemsOf(text('"latent": 2, "latents": 3', generated))[0]).toContain(
      '(did you mean "latent"? It is there too)',
    );
  });
});

describe('real values for Bernoulli outputs', () => {
  it.each([
    [
      '"data": { "generate": "two-moons" }',
      /"two-moons" has real values; this "vae" scores 0 and 1 alone\. Set "output": \{ "type": "gaussian" \} in "model", generate "bars-and-stripes" or "coloured-squares", or use a file/,
    ],
    [
      '"data": { "generate": "bars-and-stripes", "scale": "unit" }',
      /this "vae" scores 0 and 1 alone: leave it out, or set "output": \{ "type": "gaussian" \} in "model"$/,
    ],
  ])('name the output that takes them: %s', (data, words) => {
    expect(problemsOf(text('', data))).toEqual([expect.stringMatching(words)]);
    expect(problemsOf(text('"output": { "type": "gaussian" }', data))).toEqual([]);
  });
});

describe('an inverse autoregressive flow of one latent variable', () => {
  it('is told to have no effect', () => {
    const generated = '"data": { "generate": "bars-and-stripes" }';
    const said = (latent: number) => problemsOf(text(`"latent": ${latent}, "posterior": { "type": "iaf" }`, generated));
    expect(said(2)).toEqual([]);
    expect(said(1)).toEqual([
      expect.stringMatching(/^warning\/semantic .*an IAF has no effect: .* there is 1: take "gaussian"/),
    ]);
  });
});

describe('images', () => {
  it('that the data have in another size than the model are told of', () => {
    const image = (size: string, more = '') =>
      problemsOf(text(`"image": ${size}${more}`, '"data": { "train": "faces.npy" }'), {
        files: new Map([['faces.npy', facts([null, 200, 4, 6])]]),
      });
    expect(image('[4, 6]')).toEqual([]);
    expect(image('[6, 4]')).toEqual([
      'warning/semantic [6, 4]: image is 6 × 4; by the data rows are images of 4 × 6: the model goes by the one and ' +
        'pictures by the other, so one of the two is wrong',
    ]);
    expect(image('[4, 6]', ', "encoder": { "channels": [2] }, "decoder": { "channels": [2, 2] }')).toEqual([
      'error/semantic [2, 2]: an image of 4 × 6 pixels cannot be halved twice, once for each of the channels: height and ' +
        'width would have to be multiples of 4; they can be halved once',
    ]);
  });
});
