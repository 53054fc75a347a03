/** The unrolled network, without and with numbers, drawn and read. */
import { describe, expect, it } from 'vitest';
import { rampColour, signedRamp } from '../../../src/figures/ramps.ts';
import { themeFor, themeKinds, type Theme } from '../../../src/figures/theme.ts';
import { unrolledFigure, unrolledSvg, type Unrolled, type UnrolledStep } from '../../../src/figures/unrolled.tsx';
import { networkWords, unrolledReading, unrolledWords } from '../../../src/figures/unrolledWords.ts';
import { cellNames, type CellName } from '../../../src/spec/cell.ts';
import { goldenSvg } from './goldenSvg.ts';

const light = themeFor('light');
const file = (name: string) => `golden/${name}.svg`;
const HELLO = Array.from('hello');

function unrolled(cell: CellName, hidden: readonly number[], run: boolean): Unrolled {
  const steps = [null, ...HELLO.slice(0, -1)].map((input, t): UnrolledStep => {
    const shares = Array.from('ehlo', (character, v) => ({
      character,
      p: character === HELLO[t] ? 0.7 : [0.15, 0.1, 0.04, 0.01][(v + t) % 4]!,
    }));
    return {
      input,
      next: HELLO[t]!,
      states: run ? hidden.map((_, l) => Array.from({ length: 12 }, (_, j) => Math.sin(1.7 * j + t + l))) : null,
      likely: run ? shares.sort((a, b) => b.p - a.p) : null,
    };
  });
  return { cell, hidden, embedding: null, vocabulary: 4, steps };
}

const drawn = (network: Unrolled, theme: Theme, width = 720) => {
  const ramp = signedRamp(theme.kind);
  const { drawing } = unrolledFigure(network, { theme, width, colour: (h) => rampColour(ramp, (h + 1) / 2) });
  return { title: 'Unrolled in time', reading: unrolledReading(network), drawing, legend: [] };
};

describe('the unrolled network', () => {
  it.each(themeKinds)('with its states and distributions, in %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(drawn(unrolled('lstm', [16, 8], true), theme), theme)).toMatchFileSnapshot(
      file(`unrolled-${kind}`),
    );
  });
  it.each(cellNames)('without numbers, for hovers: %s', async (cell) => {
    const network = { ...unrolled(cell, cell === 'gru' ? [64, 64, 64, 32, 32] : [128], false), embedding: 32 };
    const reading = unrolledWords(network);
    const { drawing } = unrolledFigure(network, { theme: light, width: 560, highlight: 'cell' });
    await expect(goldenSvg({ title: cell, reading, drawing, legend: [] }, light)).toMatchFileSnapshot(
      file(`unrolled-${cell}`),
    );
  });
  it('is small and self-contained as a hover has it, in every theme', () => {
    for (const kind of themeKinds) {
      const svg = unrolledSvg(unrolled('lstm', [128, 128], false), { theme: themeFor(kind), width: 560 });
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).not.toContain('--vscode');
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(svg.length).toBeLessThan(30_000);
    }
  });
  it('counts layers that are not drawn', () => {
    const svg = unrolledSvg(unrolled('gru', [9, 9, 9, 9, 9], false), { theme: light, width: 560 });
    expect(svg).toContain('[9], 2 below');
    expect(svg).not.toContain('of layer 3');
  });
});

describe('words', () => {
  it('of the network', () => {
    expect(networkWords({ cell: 'lstm', hidden: [128, 128], embedding: null })).toBe(
      'LSTM, 2 layers of 128 units, one-hot characters',
    );
    expect(networkWords({ cell: 'rnn', hidden: [64, 32, 1], embedding: 8 })).toBe(
      'RNN (Elman), 3 layers of 64, 32 and 1 units, characters embedded in 8 numbers',
    );
  });
  it('of what it expects, by the numbers', () => {
    const network = unrolled('rnn', [3], true);
    expect(unrolledReading(network)).toBe(
      'Along “hello” the character that comes is the most probable one at 5 of 5 steps; the least expected, “h”, has 70.0\u00a0%.',
    );
    const steps = network.steps.map((step, t) => (t === 2 ? { ...step, next: 'x' } : step));
    expect(unrolledReading({ ...network, steps })).toContain(
      'at 4 of 5 steps; “x” is not among those that it holds most probable.',
    );
    expect(unrolledReading(unrolled('rnn', [3], false))).toContain('the same cell at every step');
  });
});
