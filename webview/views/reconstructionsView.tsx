/** Originals, reconstructions and samples in rows. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { BoxOutline } from '../../src/figures/boxOutline.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { reconstructionsFigure, type Pointed } from '../../src/figures/reconstructions.tsx';
import { reconstructionsReading, reconstructionText } from '../../src/figures/reconstructionsWords.ts';
import { sampleCells } from '../../src/figures/sampleWords.ts';
import type { ReconstructionsFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './graph.css';
import './latent.css';

export function ReconstructionsView(page: ViewProps): VNode {
  const frame = page.model.frames.reconstructions;
  if (!frame) return <Waiting page={page} kind="reconstructions" what="reconstructions" />;
  return <Shown page={page} frame={frame} />;
}

function Shown({ page, frame }: { readonly page: ViewProps; readonly frame: ReconstructionsFrame }): VNode {
  const { model, width } = page;
  const { theme } = model;
  const [at, pointAt] = useState<Pointed | null>(null);
  const figure = useMemo(() => reconstructionsFigure(frame, width, theme), [frame, width, theme]);
  const reading = useMemo(() => reconstructionsReading(frame), [frame]);
  const { drawing } = figure;
  const count = frame.originals.rows;
  return (
    <FigureFrame
      page={page}
      title="Reconstructions"
      reading={reading}
      topic="reconstructions"
      name="reconstructions"
      note={frameNote(frame, model)}
      legend={figure.legend}
      figure={(own, wide) => {
        const { drawing: whole, legend } = reconstructionsFigure(frame, wide, own);
        return { title: `Reconstructions: ${model.experiment}`, reading, drawing: whole, legend };
      }}
      table={() => reconstructionsTable(frame)}
      json={() => frame}
    >
      <div
        class="graph reconstructions"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="group"
        tabIndex={0}
        aria-roledescription="rows beside their reconstructions"
        aria-label={`Reconstructions. ${reading}`}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          pointAt(figure.at(event.clientX - box.left, event.clientY - box.top));
        }}
        onPointerLeave={() => pointAt(null)}
        onBlur={() => pointAt(null)}
        onKeyDown={(event) => {
          const next = moved(event.key, at, Math.min(count, 2 * figure.columns));
          if (next) {
            pointAt(next);
            page.announce(reconstructionText(frame, next));
          } else if (event.key === 'Escape') pointAt(null);
          else return;
          event.preventDefault();
        }}
      >
        <CanvasLayer width={drawing.width} height={drawing.height} rasters={drawing.rasters} theme={theme} />
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={theme} encode={canvasDataUri} />
          {at && figure.boxesOf(at).map((box) => <BoxOutline box={box} away={1.5} colour={theme.accent} />)}
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {at ? reconstructionText(frame, at) : 'Point at a row, or use the arrow keys, to read which one it is.'}
      </p>
    </FigureFrame>
  );
}

/** Along a line by the arrows, to the samples and back by those up and down. */
function moved(key: string, at: Pointed | null, count: number): Pointed | null {
  const { kind, index } = at ?? { kind: 'row' as const, index: key === 'ArrowLeft' || key === 'End' ? count : -1 };
  const to = (next: number): Pointed => ({ kind, index: Math.min(count - 1, Math.max(0, next)) });
  switch (key) {
    case 'ArrowLeft':
      return to(index - 1);
    case 'ArrowRight':
      return to(index + 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(count - 1);
    case 'ArrowDown':
      return { kind: 'sample', index: Math.max(0, index) };
    case 'ArrowUp':
      return { kind: 'row', index: Math.max(0, index) };
    default:
      return null;
  }
}

function reconstructionsTable(frame: ReconstructionsFrame): Table {
  const { originals, row, error } = frame;
  const kinds = [
    ['original', originals],
    ['reconstruction', frame.reconstructions],
    ['sample', frame.samples],
  ] as const;
  return {
    columns: ['Kind', 'Row', 'Off by (RMS)', ...Array.from({ length: originals.dimension }, (_, d) => `x${d + 1}`)],
    rows: kinds.flatMap(([kind, rows]) => {
      const cells = sampleCells(rows, 'draws');
      return Array.from({ length: rows.rows }, (_, i) => [
        kind,
        kind === 'sample' ? i + 1 : row[i]! + 1,
        kind === 'reconstruction' ? error[i]! : null,
        ...cells(i),
      ]);
    }),
  };
}
