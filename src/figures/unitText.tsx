/**
 * A text coloured by one unit of a recurrent layer, what each character costs in a strip below it, and the distribution of the
 * character that follows a chosen one.
 */
import type { ComponentChildren, VNode } from 'preact';
import { NOTHING_READ, type UnitTextFrame } from '../inspection/frames/unitText.ts';
import { visibleCharacter } from '../text/characters.ts';
import { HatchPattern, type Box, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { magnitudeRamp, rampColour, rampInk, signedRamp } from './ramps.ts';
import { formatFixed, formatValue, percent } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import {
  CELL,
  characterAt,
  characterBeside,
  GLYPH,
  LINE,
  STRIP,
  textLayout,
  type TextLayout,
  MONOSPACE,
} from './unitTextLayout.ts';

export interface UnitTextOptions {
  readonly frame: UnitTextFrame;
  /** Number of the unit within its layer, from 0. */
  readonly unit: number;
  /** The character whose successors are shown; null for none. */
  readonly after: number | null;
  readonly width: number;
  readonly theme: Theme;
}

export interface UnitTextFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  readonly layout: TextLayout;
  /** The character at a point, px. */
  readonly at: (x: number, y: number) => number | null;
  readonly boxOf: (character: number) => Box;
  /** The character above (−1) or below (1) another. */
  readonly beside: (from: number, down: -1 | 1) => number;
}

const HATCH_ID = 'not-read';
/** Of the distribution below the text. */
const BAR = 17;
const BARS_WIDE = 260;
const BARS_TOP = 24;

/** Where a unit stands among those that the frame tells, or −1. */
export const columnOf = ({ unit }: UnitTextFrame, number: number): number => unit.indexOf(number);

/** What a unit holds after a character was read; NaN where nothing was read. */
export function activationAt(frame: UnitTextFrame, unit: number, character: number): number {
  const column = columnOf(frame, unit);
  const code = column < 0 ? NOTHING_READ : frame.values[character * frame.unit.length + column]!;
  return code === NOTHING_READ ? NaN : (code / 127) * frame.scale[column]!;
}

/** What the text would cost at every place if each character of the model were as likely as any other. */
const guessing = ({ characters }: UnitTextFrame): number => Math.log(characters.length);

export function unitTextFigure(o: UnitTextOptions): UnitTextFigure {
  const { frame, unit, after, width, theme } = o;
  const layout = textLayout(frame.text, width);
  const [signed, cost] = [signedRamp(theme.kind), magnitudeRamp()];
  const column = columnOf(frame, unit);
  const scale = column < 0 ? 1 : frame.scale[column]! || 1;
  const dearest = guessing(frame);
  const boxOf = (i: number): Box => {
    const { line, column: at, cells } = layout.places[i]!;
    return { x: at * CELL, y: line * LINE, width: cells * CELL, height: GLYPH + STRIP };
  };
  const glyphs = frame.text.map((character, i): VNode => {
    const { x, y, width: wide } = boxOf(i);
    const value = activationAt(frame, unit, i);
    const read = !Number.isNaN(value);
    const t = (value / scale + 1) / 2;
    const nats = frame.nll[i]!;
    return (
      <>
        <rect {...{ x, y, width: wide, height: GLYPH }} fill={read ? rampColour(signed, t) : `url(#${HATCH_ID})`} />
        {!Number.isNaN(nats) && (
          <rect {...{ x, y: y + GLYPH, width: wide, height: STRIP }} fill={rampColour(cost, nats / dearest)} />
        )}
        <text
          x={x + wide / 2}
          y={y + GLYPH / 2}
          fill={read ? rampInk(signed, t) : theme.foreground}
          opacity={isBlank(character) ? 0.55 : undefined}
        >
          {visibleCharacter(character)}
        </text>
      </>
    );
  });
  const textHeight = layout.lines * LINE;
  const marks: ComponentChildren = (
    <>
      <defs>
        <HatchPattern id={HATCH_ID} theme={theme} />
      </defs>
      <g font-family={MONOSPACE} font-size={13} text-anchor="middle" dominant-baseline="central">
        {glyphs}
      </g>
      <g transform={`translate(0,${textHeight + 8})`}>
        <Successors frame={frame} after={after} width={Math.min(width, BARS_WIDE)} theme={theme} />
      </g>
    </>
  );
  return {
    layout,
    at: (x, y) => characterAt(layout, x, y),
    boxOf,
    beside: (from, down) => characterBeside(layout, from, down),
    legend: [
      {
        mark: 'ramp',
        label: frame.state === 'h' ? 'h, above' : 'memory c, above',
        ramp: signed,
        low: formatValue(-scale, 2),
        high: formatValue(scale, 2),
      },
      {
        mark: 'ramp',
        label: '−log p, below',
        ramp: cost,
        low: '0',
        high: `${formatFixed(dearest)} nats or more (guessing)`,
      },
      ...(frame.unknown.length > 0 ? [{ mark: 'hatch' as const, label: 'not known to the model' }] : []),
      { mark: 'patch', label: 'the character that comes', colour: theme.accent },
    ],
    drawing: {
      width: Math.max(width, layout.columns * CELL),
      // As high whatever is chosen, so that nothing moves when something is.
      height: textHeight + 8 + BARS_TOP + (frame.told + 1) * BAR,
      rasters: [],
      marks,
    },
  };
}

const isBlank = (character: string): boolean => character === ' ' || character === '\n' || character === '\t';

/** One bar of a distribution. */
interface Share {
  readonly character: string;
  readonly p: number;
  readonly comes: boolean;
}

/** The most probable characters after one that was read, and the one that comes, wherever it stands among them. */
export const successorsOf = (frame: UnitTextFrame, after: number): readonly Share[] => expectedAt(frame, after + 1);

/** The same at the place of a character, N for what follows the text. */
export function expectedAt(frame: UnitTextFrame, n: number): readonly Share[] {
  const { likely, share, told, characters, text, nll } = frame;
  const next = text[n];
  const shares = Array.from({ length: told }, (_, k): Share => {
    const character = characters[likely[n * told + k]!]!;
    return { character, p: share[n * told + k]!, comes: character === next };
  });
  if (next === undefined || shares.some(({ comes }) => comes) || Number.isNaN(nll[n]!)) return shares;
  return [...shares, { character: next, p: Math.exp(-nll[n]!), comes: true }];
}

function Successors(o: {
  readonly frame: UnitTextFrame;
  readonly after: number | null;
  readonly width: number;
  readonly theme: Theme;
}): VNode {
  const { frame, after, width, theme } = o;
  const read = after !== null && !Number.isNaN(frame.nll[after]!);
  const shares = read ? successorsOf(frame, after) : [];
  const room = width - 24 - 52;
  return (
    <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
      <text x={0} y={12} fill={theme.muted}>
        {after === null
          ? 'Probability of the next character: choose one.'
          : read
            ? `Probability of the character after ${visibleCharacter(frame.text[after]!)}`
            : `${visibleCharacter(frame.text[after]!)} is not known to the model: it was not read.`}
      </text>
      {shares.map(({ character, p, comes }, i) => {
        const y = BARS_TOP + i * BAR;
        return (
          <>
            <text
              x={9}
              y={y + BAR / 2}
              font-family={MONOSPACE}
              font-weight={comes ? 700 : 400}
              text-anchor="middle"
              dominant-baseline="central"
            >
              {visibleCharacter(character)}
            </text>
            <rect
              {...{ x: 22, y: y + 3, width: Math.max(0.5, room * p), height: BAR - 6 }}
              fill={comes ? theme.accent : theme.neutral}
            />
            {comes && (
              <rect {...{ x: 22, y: y + 1.5, width: room, height: BAR - 3 }} fill="none" stroke={theme.accent} />
            )}
            <text x={22 + room + 6} y={y + BAR / 2} dominant-baseline="central" fill={theme.muted}>
              {percent(p, 1)}
            </text>
          </>
        );
      })}
    </g>
  );
}
