/** The sentences that read the latent units over a run. */
import { expect, it } from 'vitest';
import { latentUnitsFigure } from '../../../src/figures/latentUnits.tsx';
import { latentUnitsReading } from '../../../src/figures/latentUnitsWords.ts';
import { shownMoment } from '../../../src/figures/latentUnitsPanel.tsx';
import { renderSvg } from '../../../src/figures/render.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import type { LatentUnitsFrame } from '../../../src/inspection/frames.ts';
import { latentUnitsFrame } from './latentVariableFixtures.ts';

const drawn = (frame: LatentUnitsFrame) => {
  const o = { frame, order: Int32Array.of(0, 1, 2, 3, 4, 5), marked: null, width: 760, theme: themeFor('light') };
  const { legend, drawing } = latentUnitsFigure(o);
  return { legend: legend.map(({ label }) => label), svg: renderSvg(<svg>{drawing.marks}</svg>) };
};

it('say how the bound came to what it is, up to the epoch that is shown', () => {
  const frame = latentUnitsFrame({ moments: 3 });
  const moments = frame.moments.map((moment, i) => ({
    ...moment,
    epoch: 5 * (i + 1),
    step: 50 * (i + 1),
    active: 6 - i,
  }));
  const at = (step: number): LatentUnitsFrame => ({ ...frame, moments, step });
  const kl = moments.map(({ divergence }) => divergence.toFixed(2));
  expect(latentUnitsReading(at(150))).toContain(
    `told by these rows every time, since epoch 5 the KL went from ${kl[0]} to ${kl[2]} nats, and active units went from 6 to 4.`,
  );
  expect(latentUnitsReading({ ...at(150), rows: 1000 })).toContain(
    'told by the same 250 rows every time, since epoch 5',
  );
  // A run that is opened shows its best epoch, after which others have come.
  expect(shownMoment(at(100))).toBe(moments[1]);
  expect(latentUnitsReading(at(100))).toContain(`to ${kl[1]} nats, and active units went from 6 to 5.`);
  expect(drawn(at(100)).legend).toContain('the epoch shown');
  expect(drawn(at(100)).svg).toContain('class="now"');
  expect(drawn(at(150)).legend).not.toContain('the epoch shown');
  expect(latentUnitsReading({ ...frame, moments: moments.slice(0, 1) })).not.toContain('since');
});

it('draw units of which not every epoch kept the KL from those that did', () => {
  const frame = latentUnitsFrame({ moments: 4 });
  const moments = frame.moments.map((moment, i) => (i === 1 ? { ...moment, perUnit: null } : moment));
  const { svg } = drawn({ ...frame, moments });
  expect(svg).not.toContain('NaN');
  expect(svg).toContain('class="histories"');
});

it('speak of terms, not of KLs, where latents depend on each other', () => {
  const frame = latentUnitsFrame({ moments: 3 });
  expect(drawn(frame).svg).toContain('KL of each unit, now');
  expect(latentUnitsReading(frame)).not.toContain('IAF');
  const iaf = { ...frame, posterior: 'iaf' } as const;
  expect(drawn(iaf).svg).toContain('Term of each unit, now');
  expect(drawn(iaf).svg).not.toContain('KL of each unit');
  expect(latentUnitsReading(iaf)).toContain('how they share it depends on the order of its steps');
});
