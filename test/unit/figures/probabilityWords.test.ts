/** What the views of probabilities say, and that it follows the data. */
import { describe, expect, it } from 'vitest';
import { ensembleAt, ensembleReading, meanOfMasks } from '../../../src/figures/ensembleCurveWords.ts';
import { characterText, entropyReading, miscalibrated, variableText } from '../../../src/figures/entropyWords.ts';
import {
  deviationText,
  probabilityReading,
  probabilityStats,
  totalSymbol,
  totalText,
} from '../../../src/figures/probabilityWords.ts';
import type { RowSum } from '../../../src/inspection/frames.ts';
import { densityFrame, ensembleFrame, entropyFrame, probabilityFrame } from './probabilityFixtures.ts';

describe('total probability', () => {
  it.each([
    [1, '1.0000000', 'exactly 1'],
    [1 - 3.2e-7, '0.9999997', '3.2 × 10⁻⁷ below 1'],
    [37.21, '37.21', '36 above 1'],
    [NaN, 'not a number', 'no finite number'],
  ])('%d is written as %s', (total, text, deviation) => {
    const sum = probabilityFrame({ dimension: 4, total }).sum as RowSum;
    expect([totalText(sum), deviationText(sum)]).toEqual([text, deviation]);
  });
  it('calls what is added up by its name', () => {
    const symbols = [
      probabilityFrame({ dimension: 4 }),
      probabilityFrame({ dimension: 4, kind: 'loss' }),
      probabilityFrame({ dimension: 784 }),
      densityFrame(2),
    ].map(totalSymbol);
    expect(symbols).toEqual(['Σ p(x)', 'Σ exp(−loss)', 'Σ p(· | x before)', '∫ p(x) dx']);
  });
  it('names the label that all is conditioned on', () => {
    const frame = probabilityFrame({ dimension: 4 });
    const under = (part: Partial<RowSum>) => ({ ...frame, sum: { ...(frame.sum as RowSum), ...part } });
    const labelled = under({ context: 5, label: { index: 1, name: 'bars (whole columns)', count: 2, names: [] } });
    expect(probabilityReading(labelled)).toMatch(
      /^The probabilities of all 16 rows given label 1 \(bars\) add up to 1/,
    );
    expect(totalSymbol(labelled)).toBe('Σ p(x | label 1)');
    expect(probabilityStats(labelled)).toContainEqual({ label: 'given', value: 'label 1 (bars)' });
    expect(probabilityReading(under({ context: 5, label: { index: 0, count: 2, names: [] } }))).toContain(
      'rows given label 0 add up',
    );
    expect(probabilityReading(under({ context: 5 }))).toContain(
      'rows given what one row of the data is conditioned on',
    );
    expect(probabilityReading(frame)).toContain('all 16 rows add up to 1');
  });
  it('tells a loss, a bound and a broken likelihood apart', () => {
    const read = (kind: 'exact' | 'bound' | 'loss', total: number) =>
      probabilityReading(probabilityFrame({ dimension: 9, kind, total }));
    expect(read('loss', 37.2)).toContain('not 1: there is no density');
    expect(read('loss', 1)).toContain('by chance');
    expect(read('bound', 0.8)).toContain('at most 1, as a lower bound of log p must');
    expect(read('bound', 1.3)).toContain('it is no lower bound');
    expect(read('exact', 1.3)).toContain('this is no density');
    expect(read('exact', 1)).not.toContain('no density');
    expect(read('exact', NaN)).toContain('nothing can be said');
  });
});

describe('ensemble curve', () => {
  it('has a mean of masks that is none of them together', () => {
    const frame = ensembleFrame(4);
    const mean = meanOfMasks(frame);
    expect(mean[1]).toBeCloseTo((frame.single[0]! + frame.single[1]!) / 2, 12);
    expect(ensembleAt(frame, 99).masks).toBe(4);
    expect(ensembleAt(frame, 0).masks).toBe(1);
  });
  it('claims no gain that chance could have brought', () => {
    const frame = ensembleFrame(4);
    expect(ensembleReading(frame, 'nats', 784)).toContain('less than one of them on average');
    expect(ensembleReading({ ...frame, gainError: 5 }, 'nats', 784)).toContain('as far as these rows tell');
    expect(ensembleReading(ensembleFrame(1), 'nats', 784)).toContain('no ensemble');
  });
});

describe('conditional entropy', () => {
  const frame = entropyFrame({ dimension: 16 });
  it('names who is overconfident and who is not, beyond chance', () => {
    expect([miscalibrated(frame, 5), miscalibrated(frame, 3), miscalibrated(frame, 0)]).toEqual([1, -1, 0]);
    expect(variableText(frame, 5)).toMatch(/^x₆ \(position 6 of 16\) · −log p .* · overconfident$/);
    expect(entropyReading(frame)).toContain('calibrated as a whole');
    expect(entropyReading({ ...frame, gap: 1, gapError: 0.1 })).toContain('the model is overconfident');
    expect(entropyReading({ ...frame, gap: -1, gapError: 0.1 })).toContain('the model is underconfident');
    // Rows that are all alike have no error.
    expect(entropyReading({ ...frame, gap: -0.274, gapError: 8e-18 })).toContain(', 0.274 ± 0.001 more:');
    expect(entropyReading({ ...frame, gap: 1e-7, gapError: 0 })).toContain('the same within chance');
  });
  it('is one of characters where rows are pieces of a text', () => {
    const text = entropyFrame({ dimension: 16, text: true });
    const reading = entropyReading(text);
    expect(reading).toMatch(/^The 16 characters cost .* nats a piece together, .* a character: .* each read from its /);
    expect(reading).toMatch(/Of all characters space costs most: 32\.0\s%, 400 times at 0\.741 nats\./);
    expect(reading).not.toMatch(/variable|row|x[₀-₉]/);
    expect(variableText(text, 5)).toMatch(/^character 6 of 16 · −log p .* · by frequency .* nats · overconfident$/);
    const order = Int32Array.from({ length: 16 }, (_, d) => 16 - d);
    expect(variableText({ ...text, order }, 5)).toContain('character 6 of 16 (position 11 in the order)');
    expect(characterText(text.text!, 3)).toBe(
      'line break (100 of 1,000 characters) · −log p 0.05 · by its frequency 2.3 nats',
    );
    expect(entropyReading({ ...text, nll: Infinity, surprise: text.surprise.with(1, Infinity) })).toContain(
      'at character 2 the model',
    );
  });
  it('does without entropies, and says so', () => {
    const without = { ...frame, entropy: null, error: null };
    expect(entropyReading(without)).toContain('does not tell the entropies');
    expect(variableText(without, 0)).not.toContain('entropy');
  });
});
