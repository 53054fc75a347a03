/** Transport: where a flow of two variables carries rows, stage by stage from x to u and back. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { transportFigure, transportLegend } from '../../src/figures/transport.tsx';
import { transportFilm } from '../../src/figures/transportFilm.tsx';
import { everythingShown, type TransportShown } from '../../src/figures/transportPlane.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { formatCount } from '../../src/figures/text.ts';
import {
  conditionText,
  logDetOf,
  logProbs,
  placeOf,
  stageTitle,
  transportReading,
} from '../../src/figures/transportWords.ts';
import type { TransportFrame } from '../../src/inspection/frames.ts';
import { subscript } from '../../src/text/notation.ts';
import { Button, Checkbox, IconButton, Range, Segments } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { LabelChooser } from './labelChooser.tsx';
import { usePlaying, type Playing } from './playing.ts';
import { TransportPlane } from './transportPlane.tsx';
import { TransportRow } from './transportRow.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './graph.css';
import './transport.css';

export function TransportView(page: ViewProps): VNode {
  const frame = page.model.frames.transport;
  return frame ? <Shown page={page} newest={frame} /> : <Waiting page={page} kind="transport" what="transport" />;
}

/** From so much room on, px, the stages are told beside the plane. */
const BESIDE = 760;
const TABLE_WIDTH = 330;
const LOWEST = 300;
const TALLEST = 560;

type Arrangement = 'one' | 'all';

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: TransportFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const calm = useCalm(newest);
  const frame = calm.value;
  const last = frame.layers.length;
  const [arrangement, setArrangement] = saved<Arrangement>('arrangement', 'one');
  const [shown, show] = saved<TransportShown>('shown', everythingShown);
  const [kept, keep] = saved<number>('at', 0);
  // The row's number in its split, so that it stays the same row whatever else is shown.
  const [heldRow, hold] = saved<number | null>('row', null);
  const [pointed, point] = useState<number | null>(null);
  const playing = usePlaying(last, kept, keep);
  const { at } = playing;
  const held = indexOf(frame, heldRow);
  const beside = width >= BESIDE && arrangement === 'one';
  const room = Math.max(LOWEST, Math.min(TALLEST, page.height - 190));
  const draw = (own: typeof theme, wide: number) =>
    arrangement === 'one'
      ? transportFigure({ frame, at, shown, width: wide, height: room, theme: own })
      : transportFilm({ frame, shown, width: wide, theme: own });
  const own = beside ? width - TABLE_WIDTH - 16 : width;
  const figure = useMemo(
    () => (arrangement === 'one' ? transportFigure({ frame, at, shown, width: own, height: room, theme }) : null),
    [frame, at, shown, own, room, theme, arrangement],
  );
  const reading = useMemo(() => transportReading(frame), [frame]);
  return (
    <FigureFrame
      page={page}
      title="Transport"
      reading={reading}
      topic="transport"
      name="transport"
      note={frameNote(frame, model)}
      legend={transportLegend(frame, shown, theme)}
      tools={
        <>
          <Segments
            label="Stages"
            value={arrangement}
            options={[
              { value: 'one', label: 'One by one' },
              { value: 'all', label: 'All at once' },
            ]}
            onChange={setArrangement}
          />
          <Segments
            label="Grid"
            value={shown.grid}
            options={[
              { value: 'x', label: 'Grid of x' },
              { value: 'u', label: 'Grid of u' },
              { value: 'none', label: 'No grid' },
            ]}
            onChange={(grid) => show({ ...shown, grid })}
          />
          <Segments
            label="Colours"
            value={shown.colouring}
            options={[
              { value: 'angle', label: 'Colour by angle' },
              { value: 'distance', label: 'By distance' },
            ]}
            onChange={(colouring) => show({ ...shown, colouring })}
          />
          <Checkbox checked={shown.data} onChange={(data) => show({ ...shown, data })}>
            Data
          </Checkbox>
          <Checkbox checked={shown.samples} onChange={(samples) => show({ ...shown, samples })}>
            Draws from the base
          </Checkbox>
          <Checkbox checked={shown.contours} onChange={(contours) => show({ ...shown, contours })}>
            Density
          </Checkbox>
          {frame.condition?.kind === 'label' && (
            <LabelChooser
              {...{ page, kind: 'transport', shown: frame.condition.label }}
              count={frame.condition.count}
              names={frame.condition.names}
            />
          )}
        </>
      }
      figure={(concrete, wide) => {
        const { drawing, legend } = draw(concrete, wide);
        const moment = arrangement === 'one' ? `${stageTitle(frame, at)}: ` : '';
        return { title: `Transport, ${moment}${model.experiment}`, reading, drawing, legend };
      }}
      table={() => transportTable(frame)}
      json={() => frame}
    >
      {figure ? (
        <>
          <Scrubber frame={frame} playing={playing} page={page} />
          <div
            class={beside ? 'transport beside' : 'transport'}
            onPointerMove={calm.moved}
            onKeyDown={(event) => {
              const step = { PageUp: -1, PageDown: 1 }[event.key];
              if (step === undefined) return;
              const next = step > 0 ? Math.floor(at + 1e-9) + 1 : Math.ceil(at - 1e-9) - 1;
              playing.go(next);
              page.announce(stageTitle(frame, Math.min(last, Math.max(0, next))));
              event.preventDefault();
            }}
          >
            <TransportPlane
              {...{ page, frame, figure, at, held }}
              pointed={pointed}
              onPoint={point}
              onHold={(row) => hold(row === null ? null : frame.row[row]!)}
            />
            <TransportRow frame={frame} row={pointed ?? held} at={at} onStage={(stage) => playing.go(stage)} />
          </div>
          <p class="readout" aria-hidden="true">
            {held === null
              ? 'Point at a row to read what each layer makes of it; a click holds it.'
              : `Row ${formatCount(heldRow! + 1)} is held: a click beside the rows lets it go.`}
          </p>
        </>
      ) : (
        <Film
          {...{ page, frame, shown }}
          onStage={(stage) => {
            playing.go(stage);
            setArrangement('one');
          }}
        />
      )}
    </FigureFrame>
  );
}

function Scrubber({
  frame,
  playing,
  page,
}: {
  readonly frame: TransportFrame;
  readonly playing: Playing;
  readonly page: ViewProps;
}): VNode {
  const { at } = playing;
  const last = frame.layers.length;
  const step = (to: number) => {
    playing.go(to);
    page.announce(stageTitle(frame, Math.min(last, Math.max(0, to))));
  };
  return (
    <div class="scrubber" role="group" aria-label="From x to u">
      <Button onClick={() => playing.toggle()} pressed={playing.playing}>
        {playing.playing ? 'Stop playing' : at < last ? 'Play to u' : 'Play back to x'}
      </Button>
      <IconButton label="Stage before" disabled={at <= 0} onClick={() => step(Math.ceil(at - 1e-9) - 1)}>
        ‹
      </IconButton>
      <IconButton label="Stage after" disabled={at >= last} onClick={() => step(Math.floor(at + 1e-9) + 1)}>
        ›
      </IconButton>
      <Range
        label="Stage"
        value={at}
        min={0}
        max={last}
        step={0.05}
        text={
          at <= 0
            ? 'x'
            : at >= last
              ? 'u'
              : Number.isInteger(at)
                ? `y${subscript(at)}`
                : `in layer ${Math.floor(at) + 1}`
        }
        onInput={(to) => playing.go(to)}
      />
    </div>
  );
}

/** Every stage as a picture that leads to it. */
function Film({
  page,
  frame,
  shown,
  onStage,
}: {
  readonly page: ViewProps;
  readonly frame: TransportFrame;
  readonly shown: TransportShown;
  readonly onStage: (stage: number) => void;
}): VNode {
  const { theme } = page.model;
  const film = useMemo(
    () => transportFilm({ frame, shown, width: page.width, theme }),
    [frame, shown, page.width, theme],
  );
  const { drawing } = film;
  return (
    <div class="film" style={{ width: `${drawing.width}px`, height: `${drawing.height}px` }}>
      <svg width={drawing.width} height={drawing.height} aria-hidden="true">
        <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
      </svg>
      {Array.from({ length: frame.layers.length + 1 }, (_, stage) => {
        const { x, y, width, height } = film.boxOf(stage);
        return (
          <button
            key={stage}
            type="button"
            aria-label={stageTitle(frame, stage)}
            title={stageTitle(frame, stage)}
            style={{ left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` }}
            onClick={() => onStage(stage)}
          />
        );
      })}
    </div>
  );
}

function indexOf(frame: TransportFrame, row: number | null): number | null {
  if (row === null) return null;
  const found = frame.row.indexOf(row);
  return found < 0 ? null : found;
}

/** One line a row of the data: its places, what each layer adds to log p, and log p. */
export function transportTable(frame: TransportFrame): Table {
  const last = frame.layers.length;
  const names = Array.from({ length: last + 1 }, (_, stage) =>
    stage === 0 ? 'x' : stage === last ? 'u' : `y${stage}`,
  );
  const logProb = logProbs(frame);
  const given = conditionText(frame);
  return {
    columns: [
      `${frame.split} row${given && ` ${given}`}`,
      ...names.flatMap((name) => [`${name} [1]`, `${name} [2]`]),
      ...frame.layers.map(({ title }, l) => `log|det| of layer ${l + 1} (${title})`),
      'log p(u) in the base',
      'log p(x)',
    ],
    rows: Array.from({ length: frame.rows }, (_, row) => [
      frame.row[row]! + 1,
      ...names.flatMap((_name, stage) => [...placeOf(frame, row, stage)].map(finite)),
      ...frame.layers.map((_layer, l) => finite(logDetOf(frame, l)[row]!)),
      finite(frame.logBase[row]!),
      finite(logProb[row]!),
    ]),
  };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
