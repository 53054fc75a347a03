import { expect, it } from 'vitest';
import { passSentence, passWords } from '../../../src/text/passes.ts';

const maf = { layers: 5, density: 5, sampling: 5.1, naive: { density: 5, sampling: 215 } };

it('tells what a layer costs in both directions, and what it naively would', () => {
  expect(passWords(maf)).toEqual({
    density: { value: '1 pass', rest: 'a layer' },
    sampling: { value: '1.0 passes', rest: 'a layer, naively 43' },
  });
  expect(passSentence(maf)).toBe('density 1 pass a layer; sampling 1.0 passes a layer, naively 43');
});

it('tells the other direction of IAF, and what was counted even where it is more', () => {
  const iaf = { layers: 2, density: 3, sampling: 2, naive: { density: 1568, sampling: 2 } };
  expect(passSentence(iaf)).toBe('density 1.5 passes a layer, naively 784; sampling 1 pass a layer');
  expect(passWords({ ...maf, density: 215 })!.density).toEqual({ value: '43.0 passes', rest: 'a layer, naively 1' });
});

it('says nothing where there is no network', () => {
  const none = { layers: 0, density: 0, sampling: 0, naive: { density: 0, sampling: 0 } };
  expect(passWords(none)).toBeNull();
  expect(passSentence(none)).toBeNull();
});
