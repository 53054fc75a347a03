import { describe, expect, it } from 'vitest';
import { flowJacobianFigure } from '../../../src/figures/flowJacobian.tsx';
import {
  figureTitle,
  flowJacobianReading,
  flowJacobianSentence,
  logDetReading,
} from '../../../src/figures/flowJacobianWords.ts';
import { logDetFigure } from '../../../src/figures/logDet.tsx';
import { renderSvg } from '../../../src/figures/render.ts';
import { splitsFigure } from '../../../src/figures/splits.tsx';
import { splitsLayout, type SplitsArrangement } from '../../../src/figures/splitsLayout.ts';
import {
  logDetText,
  movementText,
  splitCellText,
  splitsReading,
  splitsSentence,
} from '../../../src/figures/splitsWords.ts';
import { themeFor, themeKinds } from '../../../src/figures/theme.ts';
import { logDetTolerance } from '../../../src/inspection/diagnostics/tolerances.ts';
import { WHOLE_FLOW } from '../../../src/inspection/frames/flowJacobian.ts';
import { bitsOf } from '../../../src/masks/bits.ts';
import { flowJacobianFrame, splitsFrame, type MadeUpFlow } from './flowLayerFixtures.ts';
import { goldenSvg } from './goldenSvg.ts';

const six: MadeUpFlow = { dimension: 6 };
const image: MadeUpFlow = { dimension: 16, image: [4, 4] };
const file = (name: string) => `golden/${name}.svg`;
const light = themeFor('light');

function splits(o: MadeUpFlow, arrangement: SplitsArrangement, theme = light, width = 700) {
  const frame = splitsFrame(o);
  const layout = splitsLayout(frame, width, arrangement);
  return {
    title: 'Coupling splits',
    reading: splitsReading(frame),
    ...splitsFigure({ frame, layout, shows: 'logScale', theme }),
  };
}

describe('splits in words', () => {
  it('count how often variables are transformed, and how far scales reach', () => {
    expect(splitsReading(splitsFrame(six))).toBe(
      '5 layers from the data to the base, a standard Gaussian. 3 of them, couplings, let variables decide about others: every variable is transformed, between once and twice. Their log-scales reach from −1.20 to 1.00: factors from 0.3 to 2.7.',
    );
    expect(splitsReading(splitsFrame({ ...six, splits: 'nothing' }))).toContain(
      'x₆ is never transformed by them and reaches the base as a scaling leaves it; the others are up to twice.',
    );
    const frame = splitsFrame(six);
    expect(splitsReading({ ...frame, times: new Int32Array(6).fill(2) })).toContain(
      'each of 6 variables is transformed twice',
    );
    expect(splitsReading({ ...frame, times: new Int32Array(6) })).toContain('none of them transforms any variable');
    expect(splitsReading({ ...frame, layers: frame.layers.slice(4) })).toContain('None of them lets variables decide');
  });

  it('follow a variable through layers and places', () => {
    const frame = splitsFrame(six);
    expect(splitsSentence(frame, 0)).toMatch(
      /^x₁, transformed by 1 of 3 layers that could: it passes layer 1; layer 2 puts it from place 1 to 3; layer 3 moves it by log-scale −?\d.+ and shift .+; it passes layer 4; layer 5 moves it by log-scale .+; it ends as u₃\.$/,
    );
    expect(splitsSentence(splitsFrame({ ...six, splits: 'nothing' }), 5)).toContain(
      'x₆, never transformed, by none of 3 layers that could: ',
    );
    expect(splitCellText(frame, 0, 1)).toBe('Layer 2, Permutation: x₁ goes from place 1 to 3.');
    expect(splitCellText(frame, 0, 0)).toBe('Layer 1, Affine coupling: x₁ passes.');
    expect(splitCellText(frame, 1, 3)).not.toContain('log-scale');
  });
});

describe('the labels of splits', () => {
  const drawn = (o: MadeUpFlow, arrangement: SplitsArrangement) =>
    renderSvg(<svg>{splits(o, arrangement).drawing.marks}</svg>);

  it('tell how far the axes of each layer reach', () => {
    expect(drawn(six, 'place')).toContain('>scale ±1.2, shift ±1.5<');
    expect(drawn(six, 'place')).toContain('>by couplings<');
  });

  it('tell above images which pixels, and which layers have no image before', () => {
    const text = drawn(image, 'image');
    expect(text).toContain('>behind 2 Permutation<');
    const frame = splitsFrame(image);
    const named = {
      ...frame,
      layers: frame.layers.map((layer, l) => (l === 0 ? { ...layer, title: 'Affine coupling, checkerboard' } : layer)),
    };
    const figure = splitsFigure({
      frame: named,
      layout: splitsLayout(named, 700, 'image'),
      shows: 'logScale',
      theme: light,
    });
    const marks = renderSvg(<svg>{figure.drawing.marks}</svg>);
    expect(marks).toContain('>1 Affine coupling<');
    expect(marks).toContain('>checkerboard<');
  });

  it('have no sign where a number rounds to 0', () => {
    const frame = splitsFrame(six);
    expect(logDetText({ ...frame.layers[0]!, logDet: { mean: -0.001, deviation: 0.2 } })).toBe('log|det| 0.00 ± 0.20');
  });

  it('say of what is moved together with others that its scale is no coordinate’s own', () => {
    const layer = { ...splitsFrame(six).layers[0]!, logScale: null, shift: null };
    expect(movementText(layer, 1)).toBe('together with others, not coordinate by coordinate');
    expect(movementText({ ...layer, mixes: false }, 1)).toBe('by itself, along a curve');
  });
});

describe('the legend of splits', () => {
  const labels = (o: MadeUpFlow, pick: (title: string) => boolean = () => true) => {
    const whole = splitsFrame(o);
    const frame = { ...whole, layers: whole.layers.filter(({ title }) => pick(title)) };
    const layout = splitsLayout(frame, 700, 'place');
    return splitsFigure({ frame, layout, shows: 'logScale', theme: light }).legend.map(({ mark, label }) => [
      mark,
      label,
    ]);
  };

  const ends = '0 in the middle, to the ends told beside each layer';

  it('tells which histogram is which, and what the colours mean', () => {
    expect(labels(six)).toEqual([
      ['line', 'passes'],
      ['upper', `top: rows by log-scale, ${ends}`],
      ['lower', `bottom: rows by shift, ${ends}`],
      ['outline', `one alone: rows by log-scale or shift, ${ends}`],
      ['patch', 'below 0: shrinks, moved down'],
      ['patch', 'about 0: stays'],
      ['patch', 'above 0: grows, moved up'],
    ]);
  });

  it('draws what passes as a line where cells have room for one, hatched where not', () => {
    const passing = (dimension: number) => {
      const frame = splitsFrame({ dimension });
      const layout = splitsLayout(frame, 700, 'place');
      const { drawing, legend } = splitsFigure({ frame, layout, shows: 'logScale', theme: light });
      return [legend.find(({ label }) => label === 'passes')?.mark, drawing.rasters[0]!.hatched];
    };
    expect(passing(63)).toEqual(['line', false]);
    expect(passing(300)).toEqual(['hatch', true]);
  });

  it('tells of shifts alone where nothing is scaled', () => {
    expect(labels(six, (title) => /Additive|Permutation/.test(title))).toEqual([
      ['line', 'passes'],
      ['outline', `moved: rows by shift, ${ends}`],
      ['patch', 'below 0: moved down'],
      ['patch', 'about 0: stays'],
      ['patch', 'above 0: moved up'],
    ]);
  });
});

describe('the layout of splits', () => {
  it.each(['place', 'variable', 'image'] as const)(
    'finds every variable where it has drawn it: by %s',
    (arrangement) => {
      const layout = splitsLayout(splitsFrame(image), 700, arrangement);
      for (const band of layout.bands) {
        for (let variable = 0; variable < 16; variable++) {
          const { x, y, width, height } = layout.boxOf(band, variable);
          expect(layout.at(x + width / 2, y + height / 2)).toEqual({ variable, layer: band.layer });
        }
      }
    },
  );

  it('puts variables where layers have put them, by place alone', () => {
    const frame = splitsFrame(six);
    const column = (arrangement: SplitsArrangement, layer: number) => {
      const layout = splitsLayout(frame, 700, arrangement);
      const { x } = layout.boxOf(layout.bands[layer]!, 0);
      return Math.round((x - layout.bands[layer]!.box.x) / layout.cell.width);
    };
    expect([0, 1, 4].map((l) => column('place', l))).toEqual([0, 2, 2]);
    expect([0, 1, 4].map((l) => column('variable', l))).toEqual([0, 0, 0]);
  });

  it('draws channels side by side', () => {
    const layout = splitsLayout(splitsFrame({ dimension: 48, image: [4, 4] }), 900, 'image');
    const [band] = layout.bands;
    const first = layout.boxOf(band!, 0);
    expect(layout.boxOf(band!, 1).x - first.x).toBe(4 * layout.cell.width);
    expect(layout.boxOf(band!, 3).x - first.x).toBe(layout.cell.width);
    expect(layout.beside(0, 1, 0)).toBe(3);
    expect(layout.beside(0, 0, 1)).toBe(12);
  });

  it('of many variables shows colours', () => {
    expect(splitsLayout(splitsFrame({ dimension: 63 }), 700, 'place').form).toBe('colours');
    expect(splitsLayout(splitsFrame({ dimension: 20 }), 700, 'place').form).toBe('histograms');
  });
});

describe('the Jacobian of a flow in words', () => {
  const seen = (layer: number) => flowJacobianReading(flowJacobianFrame({ ...six, layer }));

  it('names the structure of a layer, and what was measured outside it', () => {
    expect(seen(0)).toBe(
      'Block-triangular by structure, in the layer’s own order of variables: 2 groups of 3 + 3 variables, and none depends on another of its own group; the determinant is the product of the diagonal. Measured over 12 validation rows, all 21 entries that have to be 0 by structure are 0.',
    );
    expect(seen(1)).toContain('A change of places by structure');
    expect(seen(4)).toContain('Diagonal by structure: every variable goes on by itself.');
    expect(figureTitle({ layer: 2, layers: flowJacobianFrame(six).layers })).toBe(
      'Jacobian of layer 3, Affine coupling',
    );
  });

  it('has a ramp as wide as its entries lie apart, and a hatch only where something is hatched', () => {
    const frame = flowJacobianFrame({ dimension: 2, layer: 0 });
    const legend = (own: typeof frame) =>
      flowJacobianFigure({ frame: own, theme: light, size: { width: 300, height: 300 }, order: 'own' }).legend;
    const full = {
      ...frame,
      structure: bitsOf(2, 2, () => true),
      values: Float32Array.of(0.85, 1.7, 2.5, 3.4),
    };
    expect(legend(full).some(({ mark }) => mark === 'hatch')).toBe(false);
    expect(legend(full)[0]).toMatchObject({ low: '0.85', high: '3.4' });
    const wide = { ...full, values: Float32Array.of(1e-9, 1.7, 2.5, 3.4) };
    expect(legend(wide)[0]).toMatchObject({ low: '≤ 3 × 10⁻⁴' });
    expect(legend(frame).some(({ mark }) => mark === 'hatch')).toBe(true);
  });

  it('says where log|det| is the same for every row', () => {
    const frame = flowJacobianFrame(six);
    const same = new Float64Array(5).fill(2);
    expect(logDetReading({ ...frame, stated: same, numeric: same })).toContain(
      'is 2.000 nats, the same for every row: how volume changes does not depend on where.',
    );
  });

  it('names leaks with the pair, and what is allowed and not felt', () => {
    const frame = flowJacobianFrame({ ...six, layer: 0, leaks: [{ output: 0, input: 3, value: 0.25 }] });
    expect(flowJacobianReading(frame)).toContain(
      'Leaks: 1 of 21 entries that have to be 0 by structure differs from 0 over 12 validation rows; the worst is y¹₁ ← x₄ with mean |∂| 0.25.',
    );
    const pair = { unit: { layer: 1, unit: 0 }, from: { layer: 0, unit: 3 } };
    expect(flowJacobianSentence(frame, pair)).toBe(
      'y¹₁ ← x₄: mean |∂| = 0.25, where the structure has nothing: a leak.',
    );
    const sound = { unit: { layer: 1, unit: 1 }, from: { layer: 0, unit: 1 } };
    expect(flowJacobianSentence(frame, sound)).toBe('y¹₂ ← x₂: mean |∂| = 1 over 12 rows. y¹₂ continues it.');
    const silent = { ...frame, values: new Float32Array(36) };
    expect(flowJacobianReading({ ...silent, leaks: 0, largestLeaks: [] })).toContain(
      '15 of 15 that may differ from 0 do not',
    );
    expect(flowJacobianSentence(frame, { unit: { layer: 1, unit: 0 } })).toMatch(
      /^y¹₁, where x₁ stands, depends most on/,
    );
  });

  it('sets the two log-determinants beside each other', () => {
    expect(logDetReading(flowJacobianFrame(six))).toMatch(
      /^As the layers state it together, log\|det\| of 12 validation rows lies between .+ gives the same to within 1 × 10⁻⁶ nats: they are one number\.$/,
    );
    expect(logDetReading(flowJacobianFrame({ ...six, layer: 0, wrong: 0.6 }))).toMatch(
      /another number, 0\.6 nats away: of row 4 .+ One of the two is wrong, and the likelihood with it\.$/,
    );
    const frame = flowJacobianFrame(six);
    expect(logDetReading({ ...frame, numeric: frame.numeric.map((own, n) => (n === 2 ? -Infinity : own)) })).toContain(
      'The measured Jacobian of row 3 gives −∞: it is singular',
    );
    expect(logDetReading({ ...frame, numeric: new Float64Array(0) })).toContain('Nothing was measured');
  });

  it('allows for what the diagnostic allows for, and calls nothing wrong that is printed alike', () => {
    const off = (times: number, layer: number) => {
      const frame = flowJacobianFrame({ ...six, layer });
      const numeric = frame.stated.map((own) => own + times * logDetTolerance(own, 6));
      return { ...frame, numeric };
    };
    expect(logDetReading(off(0.9, 0))).toContain('they are one number');
    const apart = off(-1.1, 0);
    expect(logDetReading(apart)).toContain('One of the two is wrong');
    expect(logDetReading(apart)).not.toMatch(/ (−?[\d.]+) is stated and \1 measured/);
    expect(logDetTolerance(0, 1000)).toBeLessThan(0.02);
    // Of all layers together rounding may be to blame.
    expect(logDetReading(off(-1.1, WHOLE_FLOW))).toContain('each layer by itself tells which');
  });
});

describe('in pictures', () => {
  it.each(themeKinds)('splits of a vector, %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(splits({ ...six, splits: 'nothing' }, 'place', theme), theme)).toMatchFileSnapshot(
      file(`splits-${kind}`),
    );
  });

  it('splits of an image and of many variables', async () => {
    await expect(goldenSvg(splits(image, 'image'), light)).toMatchFileSnapshot(file('splits-image'));
    await expect(goldenSvg(splits({ dimension: 63 }, 'place'), light)).toMatchFileSnapshot(file('splits-many'));
  });

  it.each(['own', 'place'] as const)('the Jacobian of a coupling with a leak, %s order', async (order) => {
    const leaks = [{ output: 0, input: 3, value: 0.25 }];
    const frame = flowJacobianFrame({ ...six, layer: 0, leaks });
    const { panel, legend } = flowJacobianFigure({ frame, theme: light, size: { width: 420, height: 420 }, order });
    const whole = { title: figureTitle(frame), reading: flowJacobianReading(frame), drawing: panel.drawing, legend };
    await expect(goldenSvg(whole, light)).toMatchFileSnapshot(file(`flow-jacobian-${order}`));
  });

  it('log-determinants, one of them wrong', async () => {
    const frame = flowJacobianFrame({ ...six, wrong: 0.6 });
    const theme = themeFor('dark');
    const whole = { title: 'log|det|', reading: logDetReading(frame), ...logDetFigure({ frame, width: 360, theme }) };
    await expect(goldenSvg(whole, theme)).toMatchFileSnapshot(file('log-det'));
    // All alike: still somewhere to stand.
    const still = { ...frame, stated: new Float64Array(3), numeric: new Float64Array(3) };
    goldenSvg({ ...whole, ...logDetFigure({ frame: still, width: 360, theme }) }, theme);
  });
});
