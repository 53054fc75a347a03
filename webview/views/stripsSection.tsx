/** Latent traversals: one strip a coordinate, those that carry most first. */
import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { BoxOutline } from '../../src/figures/boxOutline.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { latentName } from '../../src/figures/latentNames.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { traversalsFigure, type OnStrip } from '../../src/figures/traversals.tsx';
import { steadyOrder, stripText, traversalsReading } from '../../src/figures/traversalsWords.ts';
import { ACTIVE, frameFacts, type TraversalsFrame } from '../../src/inspection/frames.ts';
import { Segments } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import { decodedTable } from './decodedRows.tsx';
import { HeldChooser } from './heldChooser.tsx';
import { useHeldOrder } from './heldOrder.ts';
import type { Table, ViewProps } from './view.ts';

/** Strips that stand there at first: what carries least is below all others, and would push them apart from what follows. */
const FEW = 16;

export function StripsSection({ page, newest }: { readonly page: ViewProps; readonly newest: TraversalsFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const calm = useCalm(newest);
  const frame = calm.value;
  const [at, pointAt] = useState<OnStrip | null>(null);
  const [within, enter] = useState(false);
  const known = useRef<Int32Array | null>(null);
  known.current = useMemo(() => steadyOrder(frame, known.current), [frame]);
  const held = useHeldOrder(known.current, within);
  // What is held may be of coordinates that are not among those shown any more.
  const whole = held.every((unit) => frame.units.includes(unit)) ? held : frame.units;
  const [all, showAll] = saved('all', false);
  const order = useMemo(() => (all ? whole : whole.slice(0, FEW)), [all, whole]);
  const draw = (own: Theme, wide: number, shown: Int32Array) =>
    traversalsFigure({ frame, order: shown, width: wide, theme: own });
  const figure = useMemo(() => draw(theme, width, order), [frame, order, width, theme]);
  const reading = useMemo(() => traversalsReading(frame), [frame]);
  const { drawing } = figure;
  const { row } = { ...frameFacts.traversals.options, ...model.options.traversals };
  const shown = at && at.strip < order.length && at.place < frame.places.length ? at : null;
  const leave = () => {
    enter(false);
    pointAt(null);
  };
  return (
    <FigureFrame
      page={page}
      title="Latent traversals"
      reading={reading}
      topic="traversals"
      name="latent-traversals"
      note={row === frame.row ? frameNote(frame, model) : 'Encoding the row …'}
      legend={figure.legend}
      toolsActOnTable
      tools={
        frame.latent > 1 && (
          <>
            <HeldChooser
              row={row}
              split={frame.split}
              allRows={frame.allRows}
              onChoose={(next) => page.chooseOptions('traversals', { row: next })}
            />
            {whole.length > FEW && (
              <Segments
                label="Coordinates shown"
                value={all ? 'all' : 'few'}
                options={[
                  { value: 'few', label: `First ${FEW}` },
                  { value: 'all', label: `All ${whole.length}` },
                ]}
                onChange={(which) => showAll(which === 'all')}
              />
            )}
          </>
        )
      }
      figure={(own, wide) => ({ title: `Latent traversals: ${model.experiment}`, reading, ...draw(own, wide, whole) })}
      table={() => traversalsTable(frame)}
      json={() => frame}
    >
      <div
        class="graph traversals"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="group"
        tabIndex={0}
        aria-roledescription="strips of decoded rows"
        aria-label={`Latent traversals. ${reading}`}
        onPointerEnter={() => enter(true)}
        onPointerMove={(event) => {
          calm.moved();
          const box = event.currentTarget.getBoundingClientRect();
          pointAt(figure.at(event.clientX - box.left, event.clientY - box.top));
        }}
        onPointerLeave={leave}
        onFocus={() => enter(true)}
        onBlur={leave}
        onKeyDown={(event) => {
          const next = moved(event.key, shown, order.length, frame.places.length);
          if (next) {
            pointAt(next);
            page.announce(stripText(frame, order, next));
          } else if (event.key === 'Escape') pointAt(null);
          else return;
          event.preventDefault();
        }}
      >
        <CanvasLayer width={drawing.width} height={drawing.height} rasters={drawing.rasters} theme={theme} />
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={theme} encode={canvasDataUri} />
          {shown && <BoxOutline box={figure.boxOf(shown)} away={1.5} colour={theme.accent} />}
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {shown ? stripText(frame, order, shown) : 'Point at a place of a strip, or use the arrow keys, to read it.'}
      </p>
    </FigureFrame>
  );
}

/** Along a strip by the arrows left and right, from strip to strip by those up and down. */
function moved(key: string, at: OnStrip | null, strips: number, places: number): OnStrip | null {
  const steps: Readonly<Record<string, readonly [strips: number, places: number]>> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    Home: [0, -Infinity],
    End: [0, Infinity],
    PageUp: [-Infinity, 0],
    PageDown: [Infinity, 0],
  };
  const step = steps[key];
  if (!step) return null;
  if (!at) return { strip: 0, place: places >> 1 };
  const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  return { strip: within(at.strip + step[0], strips), place: within(at.place + step[1], places) };
}

/** One line a place of a strip. */
function traversalsTable({ units, places, perUnit, activity, decoded }: TraversalsFrame): Table {
  const n = places.length;
  const unitOf = (line: number) => units[Math.floor(line / n)]!;
  const lines = Array.from({ length: decoded.rows }, (_, line) => line);
  const { columns, rows } = decodedTable(decoded, [
    { name: 'z', values: lines.map((line) => places[line % n]!) },
    { name: 'KL, nats', values: lines.map((line) => perUnit[unitOf(line)]!) },
    { name: 'Cov(E[z|x])', values: lines.map((line) => activity[unitOf(line)]!) },
  ]);
  return {
    columns: ['Coordinate', 'Active', ...columns],
    rows: rows.map((row, line) => {
      const unit = unitOf(line);
      return [latentName(unit), activity[unit]! > ACTIVE ? 'yes' : 'no', ...row];
    }),
  };
}
