/** The film of transport stands alone: with its colours' key, and what each layer is called. */
import { describe, expect, it } from 'vitest';
import { figureSvg } from '../../../src/figures/compose.tsx';
import { renderSvg } from '../../../src/figures/render.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { transportFilm } from '../../../src/figures/transportFilm.tsx';
import { everythingShown } from '../../../src/figures/transportPlane.tsx';
import { transportFrame } from './latentFixtures.ts';

const frame = transportFrame();
const theme = themeFor('light');
const filmOf = (of = frame, shown = everythingShown) => transportFilm({ frame: of, shown, width: 700, theme });
const textsOf = (film: ReturnType<typeof filmOf>) =>
  renderSvg(figureSvg({ title: '', reading: '', ...film }, theme, () => ''));

describe('the film of transport', () => {
  it('has the wheel of its colours below it, where anything is coloured', () => {
    const { drawing, boxOf } = filmOf();
    const [wheel] = drawing.rasters;
    const { y, height } = boxOf(4);
    expect(wheel!.y).toBeGreaterThan(y + height);
    expect(wheel!.y + wheel!.height).toBeLessThanOrEqual(drawing.height);
    expect(textsOf(filmOf())).toContain('place in u');
    const bare = filmOf(frame, { ...everythingShown, data: false });
    expect(bare.drawing.rasters).toEqual([]);
    expect(textsOf(bare)).not.toContain('place in u');
  });

  it('gives a long title a second line, and all pictures the same room', () => {
    const title = 'Batch normalisation of every variable to mean 0 and variance 1';
    const long = { ...frame, layers: frame.layers.map((layer, i) => (i === 1 ? { ...layer, title } : layer)) };
    expect(textsOf(filmOf(long))).toMatch(/>Batch normalisation [^<]*<\/tspan><tspan[^>]*>[^<]*variance 1</);
    expect(filmOf(long).boxOf(0).y).toBeGreaterThan(filmOf().boxOf(0).y);
    expect(filmOf(long).boxOf(0).y).toBe(filmOf(long).boxOf(1).y);
  });
});
