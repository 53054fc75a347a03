import { describe, expect, it } from 'vitest';
import type { LegendItem } from '../../../src/figures/legend.tsx';
import { magnitudeRamp } from '../../../src/figures/ramps.ts';
import { legendOfBoth } from '../../../src/figures/comparePair.tsx';

const paths = (high: string): LegendItem => ({ mark: 'ramp', label: 'paths', ramp: magnitudeRamp(), low: '1', high });
const none: LegendItem = { mark: 'hatch', label: 'no path' };
const leak: LegendItem = { mark: 'violation', label: 'leak' };

describe('the legend of two pictures', () => {
  it('names what both have once, and what one of them alone has as well', () => {
    expect(
      legendOfBoth([
        [paths('32'), none],
        [paths('32'), none, leak],
      ]),
    ).toEqual([paths('32'), none, leak]);
    expect(legendOfBoth([[], [paths('9')]])).toEqual([paths('9')]);
  });

  it('tells two scales apart by the letters of their runs', () => {
    const both = legendOfBoth([
      [paths('32'), none],
      [paths('1'), none],
    ]);
    expect(both.map(({ label }) => label)).toEqual(['A: paths', 'B: paths', 'no path']);
    expect(both.slice(0, 2)).toMatchObject([{ high: '32' }, { high: '1' }]);
  });
});
