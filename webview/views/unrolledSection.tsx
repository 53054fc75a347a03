/** The network unrolled in time along the first characters of the text. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import type { LegendItem } from '../../src/figures/legend.tsx';
import { rampColour, signedRamp } from '../../src/figures/ramps.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { unrolledOf } from '../../src/figures/unitTextWords.ts';
import { unrolledFigure, type Unrolled } from '../../src/figures/unrolled.tsx';
import { unrolledReading } from '../../src/figures/unrolledWords.ts';
import type { UnitTextFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import type { Table, ViewProps } from './view.ts';

export function UnrolledSection({ page, frame }: { readonly page: ViewProps; readonly frame: UnitTextFrame }): VNode {
  const { model, width } = page;
  const { theme } = model;
  const network = useMemo(() => unrolledOf(frame), [frame]);
  const reading = useMemo(() => unrolledReading(network), [network]);
  const draw = (own: Theme, wide: number) => {
    const ramp = signedRamp(own.kind);
    const legend: LegendItem[] = [
      { mark: 'ramp', label: 'h', ramp, low: '−1', high: '1' },
      { mark: 'patch', label: 'the character that comes', colour: own.accent },
    ];
    const options = { theme: own, width: wide, colour: (h: number) => rampColour(ramp, (h + 1) / 2) };
    return { ...unrolledFigure(network, options), legend };
  };
  const { drawing, legend } = useMemo(() => draw(theme, width), [network, width, theme]);
  return (
    <FigureFrame
      page={page}
      title="Unrolled in time"
      reading={reading}
      topic="units"
      name="unrolled"
      note={frameNote(frame, model)}
      legend={legend}
      figure={(own, wide) => ({ title: `Unrolled in time: ${model.experiment}`, reading, ...draw(own, wide) })}
      table={() => unrolledTable(network)}
      json={() => network}
    >
      <div
        class="graph unrolled"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="img"
        aria-label={`Unrolled in time. ${reading}`}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
        </svg>
      </div>
    </FigureFrame>
  );
}

/** One line a step and character that is expected there. */
function unrolledTable({ steps }: Unrolled): Table {
  return {
    columns: ['Step', 'Heard', 'Comes', 'Expected', 'Probability'],
    rows: steps.flatMap(({ input, next, likely }, t) =>
      (likely ?? []).map(({ character, p }) => [t + 1, input ?? 'nothing', next, character, p]),
    ),
  };
}
