import { expect, it } from 'vitest';
import { passSentence, passWords } from '../../../src/text/passes.ts';

const maf = { layers: 5, density: 5, sampling: 5.1, naive: { density: 5, sampling: 215 } };

it('tells what a layer costs in both directions, and what it naively would', () => {
  expect(passWords(maf)).toEqual({
    density: {
      ...{ value: '1', rest: 'network pass a layer' },
      title: 'The density of a row takes each layer’s network through one pass: all variables at once.',
    },
    sampling: {
      ...{ value: '1.0', rest: 'network passes a layer, not 43' },
      title:
        'Drawing a row takes each layer’s network through 1.0 passes, counted in multiplications; one pass for every variable would be 43.',
    },
  });
  expect(passSentence(maf)).toBe('density 1 network pass a layer; sampling 1.0 network passes a layer, not 43');
});

it('tells the other direction of IAF, and what was counted even where it is more', () => {
  const iaf = { layers: 2, density: 3, sampling: 2, naive: { density: 1568, sampling: 2 } };
  expect(passSentence(iaf)).toBe('density 1.5 network passes a layer, not 784; sampling 1 network pass a layer');
  expect(passWords({ ...maf, density: 215 })!.density).toMatchObject({
    value: '43.0',
    rest: 'network passes a layer, not 1',
  });
});

it('says nothing where there is no network', () => {
  const none = { layers: 0, density: 0, sampling: 0, naive: { density: 0, sampling: 0 } };
  expect(passWords(none)).toBeNull();
  expect(passSentence(none)).toBeNull();
});
