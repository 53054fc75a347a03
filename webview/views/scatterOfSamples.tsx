/** Samples of two variables as points of their plane, over rows of data. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { beyondText, sampleScatter, scatterWindow, type PointsFrame } from '../../src/figures/sampleScatter.tsx';
import { rowText } from '../../src/figures/sampleWords.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { FigureFrame } from '../figureFrame.tsx';
import type { DrawnSamples } from './gridOfSamples.tsx';
import { PointPlane } from './pointPlane.tsx';

const LOWEST = 300;
const TALLEST = 560;
/** Of what stands around the plane, px. */
const AROUND = 190;
const EXPORTED = 480;

export function ScatterOfSamples({ frame, which, around, reading: general }: DrawnSamples<PointsFrame>): VNode {
  const { page, title } = around;
  const { model, width } = page;
  const { theme } = model;
  const [pointed, point] = useState<number | null>(null);
  const [held, hold] = page.saved<number | null>('sample', null);
  const tall = Math.max(LOWEST, Math.min(TALLEST, page.height - AROUND));
  const draw = (own: Theme, wide: number, height: number) =>
    sampleScatter({ frame, which, window: scatterWindow([frame]), width: wide, height, theme: own });
  const figure = useMemo(() => draw(theme, width, tall), [frame, which, theme, width, tall]);
  const beyond = useMemo(() => beyondText(frame, which), [frame, which]);
  const reading = beyond === '' ? general : `${general} ${beyond}`;
  const marked = pointed ?? held;
  return (
    <FigureFrame
      {...around}
      reading={reading}
      legend={figure.legend}
      figure={(concrete, wide) => {
        const { drawing, legend } = draw(concrete, wide, EXPORTED);
        return { title: `${title}: ${model.experiment}`, reading, drawing, legend };
      }}
    >
      <PointPlane
        drawing={figure.drawing}
        theme={theme}
        plot={figure.plot}
        stands={figure.stands}
        kind="plane of samples"
        label={`${title}. ${reading} Arrow keys read the draw beside, Enter holds it.`}
        pointed={pointed}
        held={held !== null && held < figure.stands.length ? held : null}
        onPoint={point}
        onHold={hold}
        onRead={(row) => {
          point(row);
          page.announce(rowText(frame, row));
        }}
      />
      <p class="readout" aria-hidden="true">
        {marked !== null && marked < figure.stands.length
          ? rowText(frame, marked)
          : 'Point at a draw to read it; a click holds it.'}
      </p>
    </FigureFrame>
  );
}
