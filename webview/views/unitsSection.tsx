/** A text coloured by a unit: which text, which unit, and what is expected after a character. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { BoxOutline } from '../../src/figures/boxOutline.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import type { Theme } from '../../src/figures/theme.ts';
import { activationAt, successorsOf, unitTextFigure, type UnitTextFigure } from '../../src/figures/unitText.tsx';
import { beforeDearest, characterText, unitTextReading } from '../../src/figures/unitTextWords.ts';
import type { UnitTextFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { PieceChooser, UnitChooser } from './unitsChoosers.tsx';
import type { Table, ViewProps } from './view.ts';

export interface UnitsSectionProps {
  readonly page: ViewProps;
  readonly frame: UnitTextFrame;
  readonly unit: number;
  readonly onUnit: (unit: number) => void;
  /** Told when the pointer has moved. */
  readonly onMove: () => void;
}

export function UnitsSection({ page, frame, unit, onUnit, onMove }: UnitsSectionProps): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  // Which text a character belongs to: in another one its number means nothing.
  const text = frame.source === 'typed' ? `typed ${frame.text.join('')}` : `piece ${frame.piece}`;
  const [pin, setPin] = saved<{ readonly text: string; readonly character: number } | null>('pinned', null);
  const pinned = pin?.text === text && pin.character < frame.text.length ? pin.character : null;
  const [pointed, pointAt] = useState<number | null>(null);
  const at = pointed !== null && pointed < frame.text.length ? pointed : null;
  const first = useMemo(() => beforeDearest(frame), [text]);
  const after = pinned ?? at ?? first;
  const draw = (own: Theme, wide: number) => unitTextFigure({ frame, unit, after, width: wide, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, unit, after, width, theme]);
  const reading = useMemo(() => unitTextReading(frame, unit), [frame, unit]);
  const { drawing } = figure;
  const turnPin = (character: number) => setPin(character === pinned ? null : { text, character });
  return (
    <FigureFrame
      page={page}
      title="Units along the text"
      reading={reading}
      topic="units"
      name="units-along-the-text"
      note={frameNote(frame, model)}
      legend={figure.legend}
      toolsActOnTable
      tools={
        <>
          <PieceChooser page={page} frame={frame} />
          <UnitChooser page={page} frame={frame} unit={unit} onUnit={onUnit} />
        </>
      }
      figure={(own, wide) => ({ title: `Units along the text: ${model.experiment}`, reading, ...draw(own, wide) })}
      table={() => unitTable(frame, unit)}
      json={() => frame}
    >
      <div
        class="graph unit-text"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="group"
        tabIndex={0}
        aria-roledescription="text coloured by a unit"
        aria-label={`Units along the text. ${reading}`}
        onPointerMove={(event) => {
          onMove();
          const box = event.currentTarget.getBoundingClientRect();
          pointAt(figure.at(event.clientX - box.left, event.clientY - box.top));
        }}
        onPointerLeave={() => pointAt(null)}
        onBlur={() => pointAt(null)}
        onClick={() => {
          if (at !== null) turnPin(at);
        }}
        onKeyDown={(event) => {
          const next = moved(event.key, at ?? pinned, frame.text.length, figure);
          if (next !== null) {
            pointAt(next);
            page.announce(characterText(frame, unit, next));
          } else if (event.key === 'Enter' && at !== null) turnPin(at);
          else if (event.key === 'Escape') {
            pointAt(null);
            setPin(null);
          } else return;
          event.preventDefault();
        }}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
          {pinned !== null && <BoxOutline box={figure.boxOf(pinned)} away={1} colour={theme.accent} />}
          {at !== null && at !== pinned && <BoxOutline box={figure.boxOf(at)} away={0.5} colour={theme.foreground} />}
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {at !== null
          ? characterText(frame, unit, at)
          : pinned !== null
            ? `Pinned: ${characterText(frame, unit, pinned)}`
            : 'Point at a character, or use the arrow keys, to read it; a click or Enter holds it.'}
      </p>
    </FigureFrame>
  );
}

/** Along the text by the arrows left and right, from line to line by those up and down. */
function moved(key: string, at: number | null, count: number, figure: UnitTextFigure): number | null {
  const within = (i: number) => Math.min(count - 1, Math.max(0, i));
  switch (key) {
    case 'ArrowLeft':
      return within((at ?? count) - 1);
    case 'ArrowRight':
      return within((at ?? -1) + 1);
    case 'ArrowUp':
    case 'ArrowDown':
      return at === null ? 0 : figure.beside(at, key === 'ArrowUp' ? -1 : 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** One line a character. */
function unitTable(frame: UnitTextFrame, unit: number): Table {
  return {
    columns: [
      'Character',
      'Code point',
      `Unit ${unit + 1}, ${frame.state}`,
      '−log p, nats',
      'Expected next',
      'Its probability',
    ],
    rows: frame.text.map((character, i) => {
      const value = activationAt(frame, unit, i);
      const nats = frame.nll[i]!;
      const [next] = successorsOf(frame, i);
      return [
        character,
        `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`,
        Number.isNaN(value) ? null : value,
        Number.isNaN(nats) ? null : nats,
        next?.character ?? null,
        next?.p ?? null,
      ];
    }),
  };
}
