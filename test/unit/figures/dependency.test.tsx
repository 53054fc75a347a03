import { describe, expect, it } from 'vitest';
import { dependencyDrawing, dependencyLegend } from '../../../src/figures/dependency.tsx';
import { dependencyLayout, inputBeside, inputBox, inputUnder } from '../../../src/figures/dependencyLayout.ts';
import {
  dependencyReading,
  dependencySentence,
  fromJacobian,
  type ShownDependency,
} from '../../../src/figures/dependencyWords.ts';
import { renderSvg } from '../../../src/figures/render.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { jacobianFrame, made } from './fixtures.ts';

/** Output 2 of five in their own order: the first two come before it. */
const base: ShownDependency = {
  version: 1,
  step: 1,
  epoch: 1,
  mask: 0,
  maskCount: 1,
  dimension: 5,
  image: null,
  order: Int32Array.of(1, 2, 3, 4, 5),
  output: 2,
  layers: 3,
  dataRows: 64,
  reached: Uint8Array.of(1, 1, 0, 0, 0),
  strength: Float32Array.of(0.25, 0.5, 0, 0, 0),
};
const with_ = (change: Partial<ShownDependency>): ShownDependency => ({ ...base, ...change });

describe('of a network over pixels', () => {
  // The last of six: of the five before it two are seen, one is far away, two lie in the blind spot.
  const pixels = with_({
    dimension: 6,
    image: [2, 3],
    order: Int32Array.of(1, 2, 3, 4, 5, 6),
    output: 5,
    reached: Uint8Array.of(0, 0, 0, 1, 1, 0),
    blind: Uint8Array.of(0, 1, 1, 0, 0, 0),
    strength: Float32Array.of(0, 0, 0, 0.5, 0.25, 0),
  });

  it('tells the blind spot from what is merely far, and calls neither lost', () => {
    expect(dependencyReading(pixels)).toBe(
      'x̂₆ depends on 2 of 5 earlier pixels; strongest x₄ (mean |∂| 0.5). 2 earlier pixels (40.0\u00a0%) are in its blind spot, ' +
        'where no number of layers would reach. 1 earlier pixel (20.0\u00a0%) is too far away for so few layers.',
    );
    expect(dependencySentence(pixels, 1)).toContain('no number of layers would reach');
    expect(dependencySentence(pixels, 0)).toContain('too far away for so few layers');
    expect(dependencyReading(with_({ ...pixels, reached: Uint8Array.of(1, 1, 1, 1, 1, 0) }))).not.toContain('blind');
  });

  it('hatches the blind spot as it hatches what is forbidden, and marks nothing as lost', () => {
    const layout = dependencyLayout(pixels, { width: 400, height: 300 });
    const theme = themeFor('light');
    const { rasters, marks } = dependencyDrawing(pixels, layout, theme);
    const { data } = rasters[0]!.pixels;
    const opaque = (input: number) => data[4 * input + 3]! > 0;
    expect([0, 1, 2, 3, 4].map(opaque)).toEqual([true, false, false, true, true]);
    expect(renderSvg(<svg>{marks}</svg>)).not.toContain('<circle');
    const labels = dependencyLegend(pixels, 'image', theme).map(({ label }) => label);
    expect(labels).toContain('never seen: not before it, or in its blind spot');
    expect(labels).toContain('too far for so few layers');
  });
});

describe('in words', () => {
  it('counts what reaches the output and names the strongest', () => {
    expect(dependencyReading(base)).toBe('x̂₃ depends on 2 of 2 earlier variables; strongest x₂ (mean |∂| 0.5).');
    expect(dependencyReading(with_({ image: [1, 5] }))).toContain('2 of 2 earlier pixels');
  });

  it('says of the first in the order that it may depend on nothing', () => {
    expect(dependencyReading(with_({ output: 0, reached: new Uint8Array(5), strength: new Float32Array(5) }))).toBe(
      'x̂₁ is first in the order: it may depend on no variable.',
    );
  });

  it('names a leak with its pair, and says where no mask explains it', () => {
    const masked = with_({ reached: Uint8Array.of(1, 1, 1, 0, 0), strength: Float32Array.of(0.25, 0.5, 0.1, 0, 0) });
    expect(dependencyReading(masked)).toContain('A leak: x̂₃ ← x₃ with |∂| = 0.1, which does not come before it.');
    expect(dependencyReading(masked)).not.toContain('no path');
    const forgotten = with_({ strength: Float32Array.of(0.25, 0.5, 0, 0.2, 0.1) });
    expect(dependencyReading(forgotten)).toContain('2 leaks: inputs that do not come before it, the worst x̂₃ ← x₄');
    expect(dependencyReading(forgotten)).toContain('x₄ and x₅ reach it though the masks leave no path');
    const structural = with_({ reached: Uint8Array.of(1, 1, 0, 1, 0) });
    expect(dependencyReading(structural), 'a weight may be 0 today').toContain('A leak: x̂₃ ← x₄, which');
  });

  it('tells a lost input from one that is not felt', () => {
    const lost = with_({ reached: Uint8Array.of(0, 1, 0, 0, 0), strength: Float32Array.of(0, 0.5, 0, 0, 0) });
    expect(dependencyReading(lost)).toContain('depends on 1 of 2 earlier variables');
    expect(dependencyReading(lost)).toContain('1 earlier variable is lost: x₁ has no path to it.');
    const silent = with_({ strength: Float32Array.of(0, 0.5, 0, 0, 0) });
    expect(dependencyReading(silent)).toContain('Of 1 of them nothing is felt over 64 rows.');
    expect(dependencyReading(silent)).not.toContain('lost');
    const none = with_({ strength: new Float32Array(5) });
    expect(dependencyReading(none)).toContain('has paths from 2 of 2 earlier variables, and responds to none of them');
  });

  it('does not take what is no number for a dependency', () => {
    const unknown = with_({ strength: Float32Array.of(NaN, 0.5, NaN, 0, 0) });
    expect(dependencyReading(unknown)).toContain('Of 2 inputs the derivative is no finite number.');
    expect(dependencyReading(unknown)).not.toContain('leak');
  });

  it('reads every input', () => {
    expect(dependencySentence(base, 1)).toBe(
      'x₂ comes before it (position 2 in the order), a path leads to it; mean |∂| ≈ 0.5 over 64 rows, number 1 of 2.',
    );
    expect(dependencySentence(base, 2)).toContain('x₃ is its own input');
    expect(dependencySentence(base, 4)).toContain('comes later in the order (position 5 in the order), no path leads');
    expect(dependencySentence(base, 4)).toContain('as it must be');
    expect(dependencySentence(with_({ strength: Float32Array.of(0.25, 0.5, 0, 0, 0.1) }), 4)).toContain(': a leak.');
  });

  it('has of the whole Jacobian what that knows, and nothing of paths', () => {
    const jacobian = jacobianFrame(made(6, [12]), null);
    const shown = fromJacobian(jacobian, { image: null, layers: 3 }, 4);
    expect([...shown.strength]).toEqual([...jacobian.values.slice(24, 30)]);
    expect(dependencyReading(shown)).toContain('depends on 4 of 4 earlier variables');
    expect(dependencySentence(shown, 5)).not.toContain('path');
  });
});

describe('where inputs are drawn', () => {
  const image = with_({
    dimension: 12,
    image: [3, 4],
    order: Int32Array.from({ length: 12 }, (_, d) => 12 - d),
    reached: new Uint8Array(12),
    strength: new Float32Array(12),
  });
  const many = with_({
    dimension: 100,
    order: Int32Array.from({ length: 100 }, (_, d) => ((d * 37) % 100) + 1),
    reached: new Uint8Array(100),
    strength: new Float32Array(100),
  });
  const room = { width: 600, height: 400 };

  it.each([
    ['image', image],
    ['bars', base],
    ['cells', many],
  ] as const)('%s: the middle of an input’s box is that input, within the drawing', (form, shown) => {
    const layout = dependencyLayout(shown, room);
    expect(layout.form).toBe(form);
    for (let input = 0; input < shown.dimension; input++) {
      const { x, y, width, height } = inputBox(layout, input);
      expect(inputUnder(layout, x + width / 2, y + height / 2)).toBe(input);
      expect(x + width).toBeLessThanOrEqual(layout.width);
      expect(y + height).toBeLessThanOrEqual(layout.height);
    }
    expect(layout.width).toBeLessThanOrEqual(room.width);
    expect(inputUnder(layout, -1, -1)).toBeNull();
    expect(dependencyDrawing(shown, layout, themeFor('light')).rasters).toHaveLength(form === 'bars' ? 0 : 1);
  });

  it.each([0, 2, 4])('the name of a leak stands beside the cells, over none of them (input %i)', (place) => {
    const strength = Float32Array.from(base.strength, (value, d) => (d === place ? 0.7 : value));
    const shown = with_({ image: [1, 5], output: 0, strength });
    const room = { width: 220, height: 200 };
    const layout = dependencyLayout(shown, room);
    expect(layout.width).toBeLessThanOrEqual(room.width);
    const svg = renderSvg(<g>{dependencyDrawing(shown, layout, themeFor('light')).marks}</g>);
    const [, x] = /<text x="([\d.]+)"[^>]*>(?:worst )?leak x̂₁ ← x/.exec(svg)!;
    expect(Number(x)).toBeGreaterThan(layout.left + layout.columns * layout.cell.width);
  });

  it('keys go from pixel to pixel, and stay at the edge', () => {
    const layout = dependencyLayout(image, room);
    expect(inputBeside(layout, 5, 1, 0)).toBe(6);
    expect(inputBeside(layout, 5, 0, 1)).toBe(9);
    expect(inputBeside(layout, 3, 1, 0)).toBe(3);
    const last = dependencyLayout(many, room);
    expect(inputBeside(last, last.inputAt[99]!, 0, 1)).toBe(last.inputAt[99]);
  });

  it('inputs that make no image stand in the order', () => {
    expect([...dependencyLayout(with_({ order: Int32Array.of(5, 4, 3, 2, 1) }), room).inputAt]).toEqual([
      4, 3, 2, 1, 0,
    ]);
  });
});
