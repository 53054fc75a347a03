/** The pictures of transport and latent traffic as they stood when they were last looked at; see `golden.test.tsx`. */
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../src/figures/compose.tsx';
import { heatFigure, walkFigure } from '../../../src/figures/decoded.tsx';
import { latentFigure } from '../../../src/figures/latent.tsx';
import { byMisfit, heatReading, latentReading, walkReading } from '../../../src/figures/latentWords.ts';
import { themeFor, themeKinds, type Theme } from '../../../src/figures/theme.ts';
import { transportFigure } from '../../../src/figures/transport.tsx';
import { transportFilm } from '../../../src/figures/transportFilm.tsx';
import { everythingShown } from '../../../src/figures/transportPlane.tsx';
import { transportReading } from '../../../src/figures/transportWords.ts';
import type { HeatFrame, LatentFrame, TransportFrame, WalkFrame } from '../../../src/inspection/frames.ts';
import { goldenSvg } from './goldenSvg.ts';
import { heatFrame, latentFrame, transportFrame, walkFrame } from './latentFixtures.ts';

const light = themeFor('light');
const file = (name: string) => `golden/${name}.svg`;

describe('transport', () => {
  const words = (frame: TransportFrame) => ({ title: 'Transport', reading: transportReading(frame) });
  const moment = (frame: TransportFrame, at: number, theme: Theme, shown = everythingShown): Figure => ({
    ...words(frame),
    ...transportFigure({ frame, at, shown, width: 560, height: 420, theme }),
  });
  const frame = transportFrame({ rows: 30, cells: 25 });

  it.each(themeKinds)('of the data, %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(moment(frame, 0, theme), theme)).toMatchFileSnapshot(file(`transport-x-${kind}`));
  });
  it('between two stages, with draws and the grid that is even in u', async () => {
    const shown = { ...everythingShown, grid: 'u', samples: true, colouring: 'distance' } as const;
    await expect(goldenSvg(moment(frame, 1.3, light, shown), light)).toMatchFileSnapshot(file('transport-between'));
  });
  it('of a row whose place is no number', async () => {
    const broken = transportFrame({ rows: 30, cells: 25, broken: true });
    await expect(goldenSvg(moment(broken, 4, light), light)).toMatchFileSnapshot(file('transport-broken'));
  });
  it('of all stages', async () => {
    const own: Figure = {
      ...words(frame),
      ...transportFilm({ frame, shown: everythingShown, width: 700, theme: light }),
    };
    await expect(goldenSvg(own, light)).toMatchFileSnapshot(file('transport-film'));
  });
});

describe('latent traffic', () => {
  const figure = (frame: LatentFrame, theme: Theme = light, width = 720): Figure => {
    const order = byMisfit(frame);
    return {
      title: 'Latent traffic',
      reading: latentReading(frame),
      ...latentFigure({ frame, coordinate: order[0]!, order, width, theme }),
    };
  };
  it.each(themeKinds)('of a few coordinates, %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(figure(latentFrame({ dimension: 6 }), theme), theme)).toMatchFileSnapshot(
      file(`latent-${kind}`),
    );
  });
  it('of many, beside draws of a base whose coordinates depend on each other', async () => {
    const frame = latentFrame({ dimension: 60, dependent: true });
    await expect(goldenSvg(figure(frame), light)).toMatchFileSnapshot(file('latent-many'));
  });
  it('of one, narrow', async () => {
    await expect(goldenSvg(figure(latentFrame({ dimension: 1 }), light, 360), light)).toMatchFileSnapshot(
      file('latent-one'),
    );
  });
});

describe('rows led back', () => {
  const walk = (frame: WalkFrame): Figure => ({
    title: 'Between two rows',
    reading: walkReading(frame),
    ...walkFigure(frame, 640, light),
  });
  const heat = (frame: HeatFrame): Figure => ({
    title: 'Draws at a temperature',
    reading: heatReading(frame),
    ...heatFigure(frame, 640, light),
  });
  it('between two, in a plane', async () => {
    await expect(goldenSvg(walk(walkFrame({ dimension: 2 })), light)).toMatchFileSnapshot(file('walk-plane'));
  });
  it('between two pictures', async () => {
    const frame = walkFrame({ dimension: 64, image: [8, 8], path: 'spherical' });
    await expect(goldenSvg(walk(frame), light)).toMatchFileSnapshot(file('walk-images'));
  });
  it('between two rows of numbers', async () => {
    await expect(goldenSvg(walk(walkFrame({ dimension: 7 })), light)).toMatchFileSnapshot(file('walk-rows'));
  });
  it('at a temperature, in a plane', async () => {
    await expect(goldenSvg(heat(heatFrame({ dimension: 2, temperature: 0.6 })), light)).toMatchFileSnapshot(
      file('heat-plane'),
    );
  });
});
