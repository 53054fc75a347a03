/** The latent manifold: decoded live, and read at any place of it. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { manifoldFigure, ManifoldMark } from '../../src/figures/manifold.tsx';
import { manifoldPointText, manifoldReading } from '../../src/figures/manifoldWords.ts';
import { latentName } from '../../src/figures/latentNames.ts';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import type { Theme } from '../../src/figures/theme.ts';
import {
  frameFacts,
  FURTHEST,
  MOST_CELLS,
  type ManifoldChoice,
  type ManifoldFrame,
} from '../../src/inspection/frames.ts';
import { Dropdown } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import { decodedTable } from './decodedRows.tsx';
import { HeldChooser } from './heldChooser.tsx';
import { LatentChooser } from './latentChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './graph.css';
import './latent.css';

const SIDES = [8, 12, 16, 20, 30, MOST_CELLS] as const;
export function ManifoldView(page: ViewProps): VNode {
  const frame = page.model.frames.manifold;
  if (!frame) return <Waiting page={page} kind="manifold" what="latent manifold" />;
  return <Shown page={page} frame={frame} />;
}

function Shown({ page, frame }: { readonly page: ViewProps; readonly frame: ManifoldFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const point = model.frames.manifoldPoint ?? null;
  const [held, hold] = saved('held', false);
  const choice: ManifoldChoice = { ...frameFacts.manifold.options, ...model.options.manifold };
  const place = { ...frameFacts.manifoldPoint.options, ...model.options.manifoldPoint };
  const draw = (own: Theme, wide: number) => manifoldFigure({ frame, point, width: wide, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, point, width, theme]);
  const reading = useMemo(() => manifoldReading(frame), [frame]);
  const { drawing } = figure;
  const dragging = useRef(false);
  const turnTo = (next: Partial<ManifoldChoice>) => {
    const { across, down, row, side } = { ...choice, ...frame.plane, ...next };
    page.chooseOptions('manifold', { across, down, row, side });
    page.chooseOptions('manifoldPoint', { across, down, row, u: place.u, v: place.v });
  };
  const pointAt = (u: number, v: number) => {
    const { across, down, row } = { ...choice, ...frame.plane };
    page.chooseOptions('manifoldPoint', { across, down, row, u, v });
  };
  const follow = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const found = figure.placeAt(event.clientX - box.left, event.clientY - box.top);
    if (found && (!held || dragging.current)) pointAt(...found);
  };
  const told = point ? manifoldPointText(point) : 'Decoding …';
  return (
    <FigureFrame
      page={page}
      title="Latent manifold"
      reading={reading}
      topic="manifold"
      name="manifold"
      note={frameNote(frame, model)}
      legend={figure.legend}
      tools={<Tools frame={frame} choice={choice} onChoose={turnTo} />}
      toolsActOnTable
      figure={(own, wide) => ({ title: `Latent manifold: ${model.experiment}`, reading, ...draw(own, wide) })}
      table={() => manifoldTable(frame)}
      json={() => ({ manifold: frame, point })}
    >
      <div
        class="graph manifold"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="application"
        tabIndex={0}
        aria-roledescription="plane of latent variables"
        aria-label={`Latent manifold. ${reading}`}
        onPointerDown={(event) => {
          dragging.current = true;
          follow(event);
        }}
        onPointerMove={follow}
        onPointerUp={() => {
          dragging.current = false;
        }}
        onPointerLeave={() => {
          dragging.current = false;
        }}
        onDblClick={() => hold(!held)}
        onKeyDown={(event) => {
          const next = moved(event.key, frame, [place.u, place.v]);
          if (next) pointAt(...next);
          else if (event.key === 'Enter') hold(!held);
          else if (event.key === 'Escape') hold(false);
          else return;
          event.preventDefault();
        }}
      >
        <CanvasLayer width={drawing.width} height={drawing.height} rasters={drawing.rasters} theme={theme} />
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={theme} encode={canvasDataUri} />
          <ManifoldMark figure={figure} place={[place.u, place.v]} held={held} theme={theme} />
        </svg>
      </div>
      <p class="readout" role="status">
        {told}
      </p>
      <p class="note">
        {held
          ? 'Held. Drag to move it; Escape or a double click lets go.'
          : 'Point anywhere, or use the arrow keys; Enter or a double click holds the place.'}
      </p>
    </FigureFrame>
  );
}

function Tools({
  frame,
  choice,
  onChoose,
}: {
  readonly frame: ManifoldFrame;
  readonly choice: ManifoldChoice;
  readonly onChoose: (next: Partial<ManifoldChoice>) => void;
}): VNode {
  const { latent, plane } = frame;
  return (
    <>
      {latent > 2 && (
        <>
          <LatentChooser
            label="Across"
            latent={latent}
            value={plane.across}
            onChoose={(across) => onChoose(across === plane.down ? { across, down: plane.across } : { across })}
          />
          <LatentChooser
            label="Down"
            latent={latent}
            value={plane.down}
            onChoose={(down) => onChoose(down === plane.across ? { down, across: plane.down } : { down })}
          />
          <HeldChooser
            row={choice.row}
            split={frame.split}
            allRows={frame.allRows}
            onChoose={(row) => onChoose({ row })}
          />
        </>
      )}
      <Dropdown
        label="Cells"
        value={String(choice.side)}
        options={[...new Set([...SIDES, choice.side])]
          .sort((a, b) => a - b)
          .map((side) => ({ value: String(side), label: latent === 1 ? String(side) : `${side} × ${side}` }))}
        onChange={(side) => onChoose({ side: Number(side) })}
      />
    </>
  );
}

/** The middle of the cell that a key leads to, or null where it leads nowhere. */
function moved(
  key: string,
  { places, latent }: ManifoldFrame,
  [u, v]: readonly [number, number],
): readonly [number, number] | null {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
    Home: [-Infinity, 0],
    End: [Infinity, 0],
    PageUp: [0, Infinity],
    PageDown: [0, -Infinity],
  };
  const step = steps[key];
  if (!step || (latent === 1 && step[1] !== 0)) return null;
  const go = (at: number, by: number) => {
    if (by === 0) return at;
    const beyond = [...places].filter((place) => (by > 0 ? place > at + 0.006 : place < at - 0.006));
    const far = Math.abs(by) > 1;
    const next = by > 0 ? beyond.at(far ? -1 : 0) : beyond.at(far ? 0 : -1);
    return Math.round(100 * Math.min(FURTHEST, Math.max(-FURTHEST, next ?? at))) / 100;
  };
  return [go(u, step[0]), go(v, step[1])];
}

/** One line a cell: where it is, then what is decoded there. */
function manifoldTable(frame: ManifoldFrame): Table {
  const { places, columns, rows, plane, latent } = frame;
  const cells = Array.from({ length: columns * rows }, (_, cell) => cell);
  return decodedTable(frame.decoded, [
    { name: latentName(plane.across), values: cells.map((cell) => places[cell % columns]!) },
    ...(latent === 1
      ? []
      : [
          {
            name: latentName(plane.down),
            values: cells.map((cell) => places[rows - 1 - Math.floor(cell / columns)]!),
          },
        ]),
  ]);
}
