/** Which colours of a pixel hear which: of the pixel itself, and of those before it; by the masks and as measured. */
import type { VNode } from 'preact';
import type { ChannelMatrix } from '../inspection/frames/dependency.ts';
import { channelFacts, type ChannelPart } from './channelWords.ts';
import { HatchPattern, type Box, type Drawing } from './drawing.tsx';
import { channelLetter } from './imageWords.ts';
import type { LegendItem } from './legend.tsx';
import { errorRgb, magnitudeRamp, rampColour, rampInk, rgbText, silentRgb } from './ramps.ts';
import { inkOn } from './colours.ts';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export const channelParts = ['own', 'earlier'] as const satisfies readonly ChannelPart[];

const TITLES: Readonly<Record<ChannelPart, string>> = { own: 'its own pixel', earlier: 'all pixels before it' };
const CELL = { width: 58, height: 30 };
const LEFT = 30;
const TOP = 38;
const GAP = 34;

/** A cell: of which part, of which output colour (row) and input colour (column). */
export interface ChannelCell {
  readonly part: ChannelPart;
  readonly to: number;
  readonly from: number;
}

export interface ChannelFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  readonly boxOf: (cell: ChannelCell) => Box;
  readonly cellAt: (x: number, y: number) => ChannelCell | null;
}

export function channelFigure(matrix: ChannelMatrix, theme: Theme): ChannelFigure {
  const { count } = matrix;
  const panel = LEFT + count * CELL.width;
  const boxOf = ({ part, to, from }: ChannelCell): Box => ({
    x: channelParts.indexOf(part) * (panel + GAP) + LEFT + from * CELL.width,
    y: TOP + to * CELL.height,
    ...CELL,
  });
  const numbers = Array.from({ length: count }, (_, c) => c);
  const all = channelParts.flatMap((part) => numbers.flatMap((to) => numbers.map((from) => ({ part, to, from }))));
  const high = Math.max(...all.map((cell) => channelFacts(matrix, cell).strength).filter(Number.isFinite), 0) || 1;
  // What is small beside the sum over all pixels before shall still be told from nothing.
  const place = (strength: number) => Math.sqrt(Math.min(1, strength / high));
  const has = (holds: (facts: ReturnType<typeof channelFacts>) => boolean) =>
    all.some((cell) => holds(channelFacts(matrix, cell)));
  return {
    boxOf,
    cellAt: (x, y) =>
      all.find((cell) => {
        const box = boxOf(cell);
        return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
      }) ?? null,
    drawing: {
      width: 2 * panel + GAP,
      height: TOP + count * CELL.height + 2,
      rasters: [],
      marks: (
        <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground} class="channels">
          <defs>
            <HatchPattern id="channel-hatch" theme={theme} />
          </defs>
          {channelParts.map((part, i) => (
            <g>
              <text x={i * (panel + GAP) + LEFT} y={12} font-weight="600">
                {TITLES[part]}
              </text>
              {numbers.map((c) => {
                const box = boxOf({ part, to: c, from: c });
                return (
                  <g fill={theme.muted}>
                    <text x={box.x + box.width / 2} y={TOP - 8} text-anchor="middle">
                      {channelLetter(c, count)}
                    </text>
                    <text
                      x={i * (panel + GAP) + LEFT - 8}
                      y={box.y + box.height / 2}
                      text-anchor="end"
                      dominant-baseline="central"
                    >
                      {`${channelLetter(c, count)} ←`}
                    </text>
                  </g>
                );
              })}
            </g>
          ))}
          {all.map((cell) => (
            <Cell matrix={matrix} cell={cell} box={boxOf(cell)} at={place} theme={theme} />
          ))}
        </g>
      ),
    },
    legend: [
      {
        mark: 'ramp',
        label: 'mean |∂ output/∂ input|, summed over pixels, √',
        ramp: magnitudeRamp(),
        low: '0',
        high: formatValue(high),
      },
      { mark: 'hatch', label: 'forbidden: comes later' },
      ...(has(({ verdict }) => verdict === 'silent')
        ? [{ mark: 'patch' as const, label: 'allowed, but 0 here', colour: rgbText(silentRgb(theme.kind)) }]
        : []),
      ...(has(({ verdict }) => verdict === 'lost') ? [{ mark: 'lost' as const, label: 'lost: no path' }] : []),
      ...(has(({ verdict }) => verdict === 'leak')
        ? [{ mark: 'violation' as const, label: 'leak: must not reach it' }]
        : []),
    ],
  };
}

function Cell(o: {
  readonly matrix: ChannelMatrix;
  readonly cell: ChannelCell;
  readonly box: Box;
  readonly at: (strength: number) => number;
  readonly theme: Theme;
}): VNode {
  const { box, theme } = o;
  const { strength, verdict } = channelFacts(o.matrix, o.cell);
  const inner = { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 };
  const leak = verdict === 'leak';
  const forbidden = verdict === 'forbidden';
  const shade = o.at(strength);
  const silent = verdict === 'silent' || verdict === 'lost';
  const fill = leak
    ? rgbText(errorRgb(theme.kind))
    : silent
      ? rgbText(silentRgb(theme.kind))
      : rampColour(magnitudeRamp(), shade);
  const ink = leak
    ? inkOn(errorRgb(theme.kind))
    : silent
      ? inkOn(silentRgb(theme.kind))
      : rampInk(magnitudeRamp(), shade);
  return (
    <g>
      <rect
        {...inner}
        fill={forbidden ? 'url(#channel-hatch)' : fill}
        stroke={leak || verdict === 'lost' ? theme.error : theme.rule}
        stroke-width={leak || verdict === 'lost' ? 2 : 1}
      />
      {!forbidden && (
        <text
          x={box.x + box.width / 2}
          y={box.y + box.height / 2}
          text-anchor="middle"
          dominant-baseline="central"
          fill={ink}
          font-weight={leak ? 600 : 400}
        >
          {verdict === 'lost' ? 'lost' : Number.isFinite(strength) ? formatValue(strength, 2) : '?'}
        </text>
      )}
    </g>
  );
}
