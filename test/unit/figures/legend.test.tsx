import { expect, it } from 'vitest';
import { Legend } from '../../../src/figures/legend.tsx';
import { magnitudeRamp } from '../../../src/figures/ramps.ts';
import { renderSvg } from '../../../src/figures/render.ts';
import { textWidth } from '../../../src/figures/text.ts';
import { textSize, themeFor } from '../../../src/figures/theme.ts';

it('shortens a ramp where its row is narrow, so that its largest value stays in sight', () => {
  const item = { mark: 'ramp', label: 'paths, logarithmic', ramp: magnitudeRamp(), low: '1', high: '2,396' } as const;
  const end = (width: number) => {
    const svg = renderSvg(<Legend items={[item]} width={width} theme={themeFor('light')} />);
    return Number(/x="([\d.]+)"[^>]*>2,396</.exec(svg)![1]);
  };
  expect(end(400) - end(200)).toBeGreaterThan(20);
  expect(end(200) + textWidth('2,396', textSize.label)).toBeLessThanOrEqual(200 + 1e-9);
});
