/** Layers of flows of images in a hover's diagram: splits as images, channels, squeezes. */
import type { VNode } from 'preact';
import type { ColumnBox } from './flowDiagramOptions.ts';
import { formatCount } from './text.ts';
import type { Theme } from './theme.ts';

interface Tile {
  readonly tile: ColumnBox;
  readonly theme: Theme;
}

/** Pixels that are still drawn one by one. */
const MOST_PIXELS = 1600;

/** The part of a tile that an image of such sides fills, in the middle of it. */
function placed([rows, columns]: readonly number[], { x, y, width, height }: ColumnBox) {
  const cell = Math.min((width - 4) / columns!, height / rows!);
  const [wide, high] = [cell * columns!, cell * rows!];
  return { cell, x: x + (width - wide) / 2, y: y + (height - high) / 2, wide, high };
}

/** The image, filled where pixels move; of more pixels than can be drawn their share as a shade. */
export function ImageSplit({
  passes,
  size,
  tile,
  theme,
}: Tile & { readonly passes: (pixel: number) => boolean; readonly size: readonly number[] }): VNode {
  const [rows = 1, columns = 1] = size;
  const { cell, x, y, wide, high } = placed(size, tile);
  const round = (value: number) => Math.round(value * 10) / 10;
  let path = '';
  let moving = 0;
  const alike = (r: number) => Array.from({ length: columns }, (_, c) => passes(r * columns + c)).join();
  for (let r = 0; r < rows;) {
    // Rows that are alike are drawn as one.
    let below = r + 1;
    while (below < rows && alike(below) === alike(r)) below++;
    const tall = below - r;
    for (let c = 0; c < columns;) {
      let to = c;
      while (to < columns && !passes(r * columns + to)) to++;
      if (to > c) {
        moving += (to - c) * tall;
        path += `M${round(x + c * cell)} ${round(y + r * cell)}h${round((to - c) * cell)}v${round(tall * cell)}h${round((c - to) * cell)}z`;
      }
      c = Math.max(to, c + 1);
    }
    r = below;
  }
  const fine = rows * columns > MOST_PIXELS;
  return (
    <>
      {fine ? (
        <rect x={x} y={y} width={wide} height={high} fill={theme.neutral} fill-opacity={moving / (rows * columns)} />
      ) : (
        <path d={path} fill={theme.neutral} />
      )}
      <rect x={round(x)} y={round(y)} width={round(wide)} height={round(high)} fill="none" stroke={theme.muted} />
      <Size tile={tile} theme={theme} y={y + high}>{`${rows}×${columns}`}</Size>
    </>
  );
}

/** The channels as sheets, filled where they move. */
export function ChannelSplit({
  passes,
  size: [rows = 1, columns = 1, channels = 1],
  tile,
  theme,
}: Tile & { readonly passes: Uint8Array; readonly size: readonly number[] }): VNode {
  const sheets = Math.min(channels, 12);
  const side = Math.max(4, Math.min(tile.width - 4, 30) - sheets);
  const [x, y] = [tile.x + (tile.width - side - sheets) / 2, tile.y + (tile.height - side - 3 * sheets) / 2];
  return (
    <>
      {Array.from({ length: sheets }, (_, i) => {
        // From the back to the front.
        const sheet = sheets - 1 - i;
        const moves = passes[Math.floor((sheet * channels) / sheets)] === 0;
        return (
          <rect
            x={x + sheet}
            y={y + 3 * (sheets - 1 - sheet)}
            width={side}
            height={side}
            fill={moves ? theme.neutral : theme.background}
            stroke={theme.muted}
          />
        );
      })}
      <Size tile={tile} theme={theme} y={y + side + 3 * sheets}>{`${rows}×${columns}·${formatCount(channels)}`}</Size>
    </>
  );
}

function Size({ tile, theme, y, children }: Tile & { readonly y: number; readonly children: string }): VNode | null {
  if (tile.width < 24) return null;
  return (
    <text
      x={tile.x + tile.width / 2}
      y={Math.min(y + 12, tile.y + tile.height + 14)}
      text-anchor="middle"
      font-size={8}
      fill={theme.muted}
    >
      {children}
    </text>
  );
}

/** One square becomes four. */
export function Squeeze({ tile, theme }: Tile): VNode {
  const side = Math.max(4, Math.min(tile.width - 4, 18));
  const [x, y] = [tile.x + (tile.width - side) / 2, tile.y + tile.height / 2 - side / 2];
  const half = side / 2;
  return (
    <path
      d={`M${x} ${y}h${side}v${side}h${-side}zM${x + half} ${y}v${side}M${x} ${y + half}h${side}`}
      fill="none"
      stroke={theme.foreground}
    />
  );
}

/** All channels of a pixel with each other. */
export function Mixing({ tile, theme }: Tile): VNode {
  const side = Math.max(4, Math.min(tile.width - 3, 14));
  const [x, y] = [tile.x + (tile.width - side) / 2, tile.y + tile.height / 2 - side / 2];
  return (
    <path
      d={`M${x} ${y}L${x + side} ${y + side}M${x + side} ${y}L${x} ${y + side}`}
      fill="none"
      stroke={theme.foreground}
      stroke-width={1.5}
    />
  );
}
