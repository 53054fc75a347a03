import { expect, it } from 'vitest';
import { checkExperiment } from '../../../src/spec/check.ts';

const problems = (model: object, data: object) =>
  checkExperiment(JSON.stringify({ model: { type: 'char-rnn', hidden: [8], ...model }, data }));

it('a char-rnn is told that rows of numbers are no text, and nothing else of them', () => {
  const found = problems({}, { generate: 'two-moons' });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ severity: 'error' });
  expect(found[0]!.message).toContain('a "char-rnn" reads text, and these data are rows of numbers');
  expect(problems({}, { text: 'input.txt' })).toEqual([]);
});

it('a char-rnn that leaves nearly everything out is asked whether that is meant', () => {
  expect(problems({ dropout: 0.9 }, { text: 'input.txt' })).toMatchObject([
    { severity: 'warning', message: expect.stringContaining('leaves out 90 %') as unknown },
  ]);
  expect(problems({ dropout: 1 }, { text: 'input.txt' })).toMatchObject([{ severity: 'error' }]);
});

it('training is told a norm to clip by that is above 0', () => {
  const of = (clip: number) =>
    checkExperiment(
      JSON.stringify({ model: { type: 'char-rnn', hidden: [8] }, data: { text: 'input.txt' }, training: { clip } }),
    );
  expect(of(5)).toEqual([]);
  expect(of(0)).toMatchObject([{ severity: 'error' }]);
});
