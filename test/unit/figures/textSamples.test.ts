/** Texts that a model has written, drawn and read. */
import { expect, it } from 'vitest';
import { scoreText } from '../../../src/cli/output.ts';
import { epochTextsWords, textsOf, writtenWords } from '../../../src/figures/textSamples.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { lossScale } from '../../../src/figures/units.ts';
import { writtenTextDrawing } from '../../../src/figures/writtenText.tsx';
import { toBytes } from '../../../src/inspection/sampleFrames.ts';
import { goldenSvg } from './goldenSvg.ts';
import { samplesFrame } from './fixtures.ts';

const characters = Array.from({ length: 200 }, (_, v) => String.fromCodePoint(0x4e00 + v));

it('texts are what their places say, as bytes or in full', () => {
  const places = Float32Array.of(0, 1, 77, 198, 199, 120);
  const frame = { ...samplesFrame(2, null, 3), rows: 2, dimension: 3, values: toBytes(places, [0, 199]) };
  const expected = [0, 3].map((from) =>
    [...places.subarray(from, from + 3)].map((place) => characters[place]).join(''),
  );
  expect(textsOf(frame, characters)).toEqual(expected);
  expect(textsOf({ ...frame, values: new Uint8Array(6), exact: { values: places } }, characters)).toEqual(expected);
});

it('words tell how a text came about, what it cost, and what fills the texts of an epoch', () => {
  const written = { prime: '', text: 'ab\n', seed: 3, temperature: 0.8, topK: null, nats: Math.LN2 };
  expect(writtenWords(written)).toBe(
    '3 characters written from the beginning of a text (temperature 0.8, seed 3): 0.69 nats (1.00 bits) each under the model itself.',
  );
  expect(writtenWords({ ...written, prime: 'RO', topK: 5 })).toContain(
    'after 2 characters that were given (temperature 0.8, the 5 most probable alone, seed 3)',
  );
  expect(epochTextsWords(['aab ', 'a  a'])).toContain(
    'The most frequent character is “a”, 50\u00a0% of them; 3 characters in use.',
  );
});

it('what was given stands in another colour, line breaks where they are', async () => {
  const theme = themeFor('light');
  const texts = [
    { prime: 'ROMEO:', text: '\nBut soft\twhat\n' },
    { prime: '', text: 'O' },
  ];
  const drawing = writtenTextDrawing(texts, 400, theme);
  await expect(goldenSvg({ title: 'Text', reading: 'Two texts.', drawing, legend: [] }, theme)).toMatchFileSnapshot(
    'golden/written-text.svg',
  );
});

it('likelihoods of a text are read by the character, in nats as in bits', () => {
  const quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats', each: 'character' } as const;
  expect(lossScale('nats', 50, quantity).text(73.5)).toBe('1.4700 nats/character');
  expect(lossScale('bits', 50, quantity).text(50 * Math.LN2)).toBe('1.0000 bits/character');
  expect(lossScale('nats', 50, { ...quantity, each: undefined }).text(73.5)).toBe('73.50 nats');
  const score = { rows: 8, nats: 73.5, standardError: 5, bitsPerDim: 73.5 / (50 * Math.LN2), quantity: 'NLL' };
  expect(scoreText(score, quantity)).toBe('1.4700 ± 0.1000 nats/character, 2.1208 bits/character (8 rows)');
});
