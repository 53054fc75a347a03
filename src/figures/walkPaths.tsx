/** Paths between two rows, decoded place by place: a strip each, the rows themselves at either end. */
import type { WalkFrame, Way } from '../inspection/frames/latent.ts';
import type { SamplesFrame } from '../inspection/frames.ts';
import type { Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { lineTile, outlinePath, tileLegend, tileRaster } from './rowTiles.ts';
import { sampleLegend } from './sampleGrid.tsx';
import { formatCount, formatFixed } from './text.ts';
import { textSize, type Theme } from './theme.ts';

const GAP = 3;
const LARGEST = 56;
/** Between a row and what its posterior's mean decodes to. */
const APART = 12;
/** Above and below a strip, for its name and for distances. */
const HEAD = 20;
const FOOT = 40;

export const pathName = ({ path }: Pick<Way, 'path'>): string =>
  path === 'spherical' ? 'great circle' : 'straight line';

export function pathStrips(
  frame: WalkFrame & { readonly ends: SamplesFrame },
  width: number,
  theme: Theme,
): { readonly drawing: Drawing; readonly legend: readonly LegendItem[] } {
  const { decoded, ends } = frame;
  const steps = decoded.rows;
  const tile = lineTile(decoded, { count: steps + 2, room: width - 2 * APART, gap: GAP, largest: LARGEST });
  const pitch = tile.width + GAP;
  const x = (k: number) => pitch + APART + k * pitch;
  const sides = [0, x(steps) + APART] as const;
  const tall = HEAD + tile.height + FOOT;
  const ways: readonly Way[] = frame.beside ? [frame, frame.beside] : [frame];
  const rasters = ways.flatMap((way, strip) => {
    const y = strip * tall + HEAD;
    return [
      ...sides.map((at, end) => tileRaster(ends, end, { x: at, y, ...tile })),
      ...Array.from({ length: steps }, (_, k) => tileRaster(way.decoded, k, { x: x(k), y, ...tile })),
    ];
  });
  const told = tile.width >= 24 ? Array.from({ length: steps }, (_, k) => k) : [0, steps >> 1, steps - 1];
  const label = tileLegend(decoded);
  return {
    legend: [...sampleLegend(decoded), ...(label === null ? [] : [{ mark: 'outline' as const, label }])],
    drawing: {
      width: Math.max(sides[1] + tile.width + 2, 200),
      height: ways.length * tall - 8,
      rasters,
      marks: (
        <g font-family={theme.font} font-size={textSize.small} fill={theme.muted}>
          <path d={outlinePath(rasters)} fill="none" stroke={theme.rule} />
          {ways.map((way, strip) => {
            const below = strip * tall + HEAD + tile.height + 13;
            return (
              <g class="path">
                <text x={x(0)} y={strip * tall + 12} font-size={textSize.label} fill={theme.foreground}>
                  {`on the ${pathName(way)}, |z| below each place`}
                </text>
                {told.map((k) => (
                  <text x={x(k) + tile.width / 2} y={below} text-anchor="middle" fill={theme.foreground}>
                    {formatFixed(way.norm[k]!, 1)}
                  </text>
                ))}
                {[frame.first, frame.second].map((row, end) => (
                  <text x={end === 0 ? 0 : sides[1] + tile.width} y={below} text-anchor={end === 0 ? 'start' : 'end'}>
                    {`row ${formatCount(row + 1)}`}
                  </text>
                ))}
              </g>
            );
          })}
        </g>
      ),
    },
  };
}
