/** What is infinite, or no number, is neither the cheapest nor a hole in a path. */
import { describe, expect, it } from 'vitest';
import { ensembleCurve } from '../../../src/figures/ensembleCurve.tsx';
import { ensembleReading } from '../../../src/figures/ensembleCurveWords.ts';
import { entropyFigure } from '../../../src/figures/entropy.tsx';
import { entropyReading } from '../../../src/figures/entropyWords.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import type { EntropyFrame } from '../../../src/inspection/frames.ts';
import { goldenSvg } from './goldenSvg.ts';
import { ensembleFrame, entropyFrame } from './probabilityFixtures.ts';

const theme = themeFor('light');
const NOT_FINITE = /="[^"]*(NaN|Infinity)[^"]*"/;

/** A frame of entropies in which one variable costs infinitely much, and another is constant by itself. */
function infinite(dimension: number, variable: number): EntropyFrame {
  const frame = entropyFrame({ dimension });
  frame.surprise[variable] = Infinity;
  frame.marginal[variable + 1] = NaN;
  return { ...frame, nll: Infinity, gap: Infinity, nllError: NaN, gapError: NaN };
}

describe('an infinite cost', () => {
  const drawn = (frame: EntropyFrame) => {
    const o = { frame, arrangement: 'order', width: 600, height: 300, theme } as const;
    const figure = { title: 'Conditional entropy', reading: entropyReading(frame), ...entropyFigure(o) };
    return { svg: goldenSvg(figure, theme), legend: figure.legend };
  };

  it('is a bar to the top edge with a mark of its own', () => {
    const { svg, legend } = drawn(infinite(8, 1));
    expect(svg).not.toMatch(NOT_FINITE);
    expect(svg).toMatch(/class="violations"[^>]*>\s*<rect/);
    expect(legend).toContainEqual({ mark: 'violation', label: '∞: some row has no probability' });
    expect(drawn(entropyFrame({ dimension: 8 })).svg).not.toContain('violations');
  });

  it('is a gap in the lines of many variables, not the cheapest of them', () => {
    const { svg } = drawn(infinite(300, 100));
    expect(svg).not.toMatch(NOT_FINITE);
    const paths = [...svg.matchAll(/ d="(M[^"]*)"/g)].map(([, d]) => d!).filter((d) => d.length > 1000);
    // Of its own cost, in line and in area; of its neighbour's "on its own"; the entropies are whole.
    expect(paths.map((d) => d.split('M').length - 1)).toEqual([2, 2, 2, 1]);
  });

  it('is told, with the variable', () => {
    expect(entropyReading(infinite(8, 1))).toMatch(/is infinite: at x₂ the model gives a value that occurs no prob/);
  });
});

describe('an ensemble with a mask of infinite NLL', () => {
  const whole = ensembleFrame(3);
  const frame = {
    ...whole,
    single: Float64Array.of(87, Infinity, 88),
    high: Float64Array.of(Infinity, 88, 87),
    gainError: NaN,
  };

  it('is drawn without it, and marks it at the top edge', () => {
    const o = { frame, unit: 'nats', dimension: 4, logX: false, width: 600, height: 300, theme } as const;
    const svg = goldenSvg({ title: 'Ensemble', reading: '', ...ensembleCurve(o) }, theme);
    expect(svg).not.toMatch(NOT_FINITE);
    expect(svg.match(/class="violations"/g)).toHaveLength(1);
    expect(svg).toMatch(/class="band"/);
  });

  it('says which mask it is, and claims no gain', () => {
    const reading = ensembleReading(frame, 'nats', 4);
    expect(reading).toContain('Mask 2 alone gives some of these rows no probability, so that their mean is infinite.');
    expect(reading).not.toMatch(/∞|not a number/);
  });
});
