/** One strip a latent coordinate: what is decoded while it goes through quantiles of the prior by itself. */
import type { TraversalsFrame } from '../inspection/frames/traversals.ts';
import { ACTIVE } from '../inspection/frames/latentUnits.ts';
import type { Box, Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { latentName } from './latentNames.ts';
import { lineTile, outlinePath, tileLegend, tileRaster } from './rowTiles.ts';
import { sampleLegend } from './sampleGrid.tsx';
import { formatCount, formatFixed, formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface TraversalsOptions {
  readonly frame: TraversalsFrame;
  /** Coordinates from 0, in the order of the strips: those of the frame. */
  readonly order: Int32Array;
  readonly width: number;
  readonly theme: Theme;
}

/** A place on a strip. */
export interface OnStrip {
  readonly strip: number;
  readonly place: number;
}

export interface TraversalsFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  readonly boxOf: (at: OnStrip) => Box;
  readonly at: (x: number, y: number) => OnStrip | null;
}

/** Names and KL of the coordinates. */
const LEFT = 108;
const HEAD = 36;
const GAP = 3;
const APART = 6;
const LARGEST = 56;
/** Two lines of text need so much beside a strip. */
const LOWEST = 30;
/** Between the strips of active coordinates and the others. */
const BREAK = 26;

export function traversalsFigure({ frame, order, width, theme }: TraversalsOptions): TraversalsFigure {
  const { decoded, places, units, perUnit, activity, latent } = frame;
  const n = places.length;
  const tile = lineTile(decoded, { count: n, room: width - LEFT, gap: GAP, largest: LARGEST });
  const pitch = { x: tile.width + GAP, y: Math.max(tile.height + APART, LOWEST) };
  const active = (unit: number) => activity[unit]! > ACTIVE;
  const firstDead = order.findIndex((unit) => !active(unit));
  const top = (strip: number) => HEAD + strip * pitch.y + (firstDead >= 0 && strip >= firstDead ? BREAK : 0);
  const boxOf = ({ strip, place }: OnStrip): Box => ({ x: LEFT + place * pitch.x, y: top(strip), ...tile });
  const all = Array.from(order, (unit, strip) => ({ unit, strip }));
  const rasters = all.flatMap(({ unit, strip }) => {
    const from = units.indexOf(unit) * n;
    return Array.from(places, (_, place) => tileRaster(decoded, from + place, boxOf({ strip, place })));
  });
  const told = tile.width >= 26 ? Array.from(places, (_, i) => i) : [0, n >> 1, n - 1];
  const more = latent - order.length;
  const bottom = top(order.length - 1) + pitch.y;
  const label = tileLegend(decoded);
  const deadTitle =
    order.length - firstDead === 1
      ? 'not active: KL next to 0, it tells nothing of a row'
      : 'not active: KL next to 0, they tell nothing of a row';
  return {
    boxOf,
    at(x, y) {
      const strip = all.findIndex((own) => y >= top(own.strip) && y < top(own.strip) + tile.height);
      const place = Math.floor((x - LEFT) / pitch.x);
      return strip < 0 || place < 0 || place >= n ? null : { strip, place };
    },
    legend: [...sampleLegend(decoded), ...(label === null ? [] : [{ mark: 'outline' as const, label }])],
    drawing: {
      width: LEFT + n * pitch.x,
      height: bottom + (more > 0 ? 18 : 0),
      rasters,
      marks: (
        <g font-family={theme.font} font-size={textSize.small} fill={theme.muted}>
          <text x={LEFT} y={12} font-size={textSize.label}>
            {'at quantiles of the prior'}
          </text>
          {told.map((place) => (
            <text x={LEFT + place * pitch.x + tile.width / 2} y={HEAD - 7} text-anchor="middle">
              {formatFixed(places[place]!, 1)}
            </text>
          ))}
          <path d={outlinePath(rasters)} fill="none" stroke={theme.rule} />
          {all.map(({ unit, strip }) => {
            const middle = top(strip) + tile.height / 2;
            return (
              <g class="strip">
                <text
                  x={0}
                  y={middle - 3}
                  font-size={textSize.label}
                  fill={active(unit) ? theme.foreground : theme.muted}
                >
                  {latentName(unit)}
                </text>
                <text x={0} y={middle + 11}>
                  {`KL ${formatValue(perUnit[unit]!, 2)} nats`}
                </text>
              </g>
            );
          })}
          {firstDead >= 0 && (
            <text x={0} y={top(firstDead) - 9} font-size={textSize.label} class="dead">
              {deadTitle}
            </text>
          )}
          {more > 0 && <text x={0} y={bottom + 12}>{`and ${formatCount(more)} more`}</text>}
        </g>
      ),
    },
  };
}
