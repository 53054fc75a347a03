/** Which colours of the chosen pixel hear which. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type ChannelCell, channelFigure, channelParts } from '../../src/figures/channelMatrix.tsx';
import { channelFacts, channelReading, channelSentence } from '../../src/figures/channelWords.ts';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { channelName, placeWords } from '../../src/figures/imageWords.ts';
import type { DependencyFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import type { Table, ViewProps } from './view.ts';

type Matrix = NonNullable<DependencyFrame['channels']>;

const HINT = 'Point at a pair of colours, or use the arrow keys, to read it.';

export function ChannelSection({
  page,
  frame,
  matrix,
}: {
  readonly page: ViewProps;
  readonly frame: DependencyFrame;
  readonly matrix: Matrix;
}): VNode {
  const { model } = page;
  const { theme } = model;
  const { count, pixel } = matrix;
  const [at, pointAt] = useState<ChannelCell | null>(null);
  const figure = useMemo(() => channelFigure(matrix, theme), [matrix, theme]);
  const reading = useMemo(() => channelReading(matrix), [matrix]);
  const { drawing } = figure;
  const where = frame.image ? placeWords([frame.image[0], frame.image[1]], pixel) : `pixel ${pixel + 1}`;
  const title = `Which colours see which, at ${where}`;
  const box = at && figure.boxOf(at);
  return (
    <FigureFrame
      page={page}
      topic="dependency"
      name="channels"
      title={title}
      reading={reading}
      note={frameNote(frame, model)}
      legend={figure.legend}
      figure={(own) => ({ title, reading, ...channelFigure(matrix, own) })}
      table={() => channelTable(matrix)}
      json={() => matrix}
    >
      <div
        class="graph"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="application"
        aria-roledescription="matrix of colours"
        aria-label={`${title}. ${reading}`}
        tabIndex={0}
        onPointerMove={(event) => {
          const own = event.currentTarget.getBoundingClientRect();
          pointAt(figure.cellAt(event.clientX - own.left, event.clientY - own.top));
        }}
        onPointerLeave={() => pointAt(null)}
        onBlur={() => pointAt(null)}
        onKeyDown={(event) => {
          const next = moved(event.key, at, count);
          if (next) {
            pointAt(next);
            page.announce(channelSentence(matrix, next));
          } else if (event.key === 'Escape') pointAt(null);
          else return;
          event.preventDefault();
        }}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
          {box && <rect {...box} fill="none" stroke={theme.accent} stroke-width={2} />}
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {at ? channelSentence(matrix, at) : HINT}
      </p>
    </FigureFrame>
  );
}

/** Left and right go on from one matrix to the other. */
function moved(key: string, at: ChannelCell | null, count: number): ChannelCell | null {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  const step = steps[key];
  if (!step) return null;
  if (!at) return { part: 'own', to: 0, from: 0 };
  const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, value));
  const across = clamp(channelParts.indexOf(at.part) * count + at.from + step[0], 2 * count);
  return { part: channelParts[Math.floor(across / count)]!, to: clamp(at.to + step[1], count), from: across % count };
}

function channelTable(matrix: Matrix): Table {
  const { count } = matrix;
  const colours = Array.from({ length: count }, (_, c) => c);
  return {
    columns: ['output', 'input', 'of', 'pixels with a path', 'mean |∂|, summed', 'verdict'],
    rows: channelParts.flatMap((part) =>
      colours.flatMap((to) =>
        colours.map((from) => {
          const { paths, strength, verdict } = channelFacts(matrix, { part, to, from });
          const what = part === 'own' ? 'its own pixel' : 'pixels before it';
          const felt = Number.isFinite(strength) ? strength : null;
          return [channelName(to, count), channelName(from, count), what, paths, felt, verdict];
        }),
      ),
    ),
  };
}
