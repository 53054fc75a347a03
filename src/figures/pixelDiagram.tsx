/**
 * A network over pixels for a hover: the masks of its kernels, what its recurrent layers hear, and what one pixel sees of the
 * image through all layers, with the pixels before it that it never sees hatched. Kept lean: loaded in the extension host.
 */
import type { VNode } from 'preact';
import { leads, widthOf } from '../masks/pixels/mask.ts';
import type { ConvolutionNode, PixelNetwork } from '../masks/pixels/network.ts';
import { middleOf, seenBy } from '../masks/pixels/reach.ts';
import { HatchPattern } from './drawing.tsx';
import { HEIGHT } from './modelDiagramOptions.ts';
import { PixelFrame } from './pixelFrame.tsx';
import { stateParts } from './pixelStates.tsx';
import { renderSvg } from './render.ts';
import { textSize, type Theme } from './theme.ts';

export interface PixelDiagramOptions {
  readonly theme: Theme;
  readonly width: number;
  /** Names of convolutions to draw, first to last. */
  readonly kernels: readonly string[];
  /** The one of them that is pointed at. */
  readonly highlight?: string | undefined;
}

const TOP = 22;
const BOTTOM = 16;
/** Side of a kernel's drawing, and of the image's. */
const SIDE = HEIGHT - TOP - BOTTOM;
const GAP = 24;

/** What one pixel sees of those before it, its first channel's conditional. */
export interface PixelView {
  readonly row: number;
  readonly column: number;
  /** [H·W] 1 at the pixels of which something is seen. */
  readonly seen: Uint8Array;
  readonly before: number;
  /** Pixels before it of which nothing is seen. */
  readonly blind: number;
}

/** The pixel in the middle. */
export function middleView(network: PixelNetwork): PixelView {
  const [height, width, channels] = network.image;
  const output = middleOf(network.image);
  const pixel = output / channels;
  const [row, column] = [Math.floor(pixel / width), pixel % width];
  const variables = seenBy(network, output);
  const seen = new Uint8Array(height * width);
  for (const [d, one] of variables.entries()) if (one === 1) seen[Math.floor(d / channels)] = 1;
  let blind = 0;
  for (let p = 0; p < pixel; p++) if (seen[p] === 0) blind++;
  return { row, column, seen, before: pixel, blind };
}

export function pixelDiagramSvg(network: PixelNetwork, view: PixelView, o: PixelDiagramOptions): string {
  const { theme, width } = o;
  const drawn = o.kernels.flatMap((name) =>
    network.nodes.filter((node): node is ConvolutionNode => node.kind === 'convolution' && node.name === name),
  );
  const states = stateParts({ network, theme, side: SIDE });
  const parts = [
    ...drawn.map((node) => <Kernel node={node} strong={node.name === o.highlight} theme={theme} />),
    ...states,
    <Seen image={network.image} view={view} theme={theme} />,
  ];
  return renderSvg(
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      font-family={theme.font}
      font-size={textSize.small}
      fill={theme.foreground}
    >
      <defs>
        <HatchPattern id="never" theme={theme} />
      </defs>
      {parts.map((part, i) => (
        <g transform={`translate(${4 + i * (SIDE + GAP)},${TOP})`}>{part}</g>
      ))}
      <text x={4} y={HEIGHT - 3} fill={theme.muted}>
        filled: seen · hatched: not seen · frame: the pixel itself
        {states.length > 0 && ' · h, x: states and maps that it hears'}
      </text>
    </svg>,
  );
}

const ruleNames = { A: 'mask A', B: 'mask B', above: 'rows above', rows: 'own row too' } as const;

/** The whole square about the pixel, though cells that nothing may be heard from are not stored. */
function Kernel(o: { readonly node: ConvolutionNode; readonly strong: boolean; readonly theme: Theme }): VNode {
  const { node, strong, theme } = o;
  const { kernel, rule } = node;
  const reach = Math.max(kernel.rows - 1, kernel.left, kernel.right);
  const side = 2 * reach + 1;
  const cell = SIDE / side;
  const cells: VNode[] = [];
  for (let row = -reach; row <= reach; row++) {
    for (let column = -reach; column <= reach; column++) {
      const stored = row <= 0 && row > -kernel.rows && column >= -kernel.left && column <= kernel.right;
      const there = stored && leads(rule, row, column, 0, 0);
      const place = { x: (column + reach) * cell, y: (row + reach) * cell, width: cell, height: cell };
      cells.push(
        <rect {...place} fill={there ? theme.accent : 'url(#never)'} stroke={theme.rule} stroke-width={0.5} />,
      );
    }
  }
  return (
    <>
      <text y={-8} font-weight={strong ? 600 : 400} fill={strong ? theme.accent : theme.foreground}>
        {`${node.name.replace(/^(blocks|layers)\.0\./, '')}: ${kernel.rows}×${widthOf(kernel)}, ${ruleNames[rule]}`}
      </text>
      {cells}
      <PixelFrame at={{ x: reach * cell, y: reach * cell, width: cell, height: cell }} theme={theme} />
    </>
  );
}

function Seen(o: { readonly image: PixelNetwork['image']; readonly view: PixelView; readonly theme: Theme }): VNode {
  const { image, view, theme } = o;
  const [height, width] = image;
  const cell = Math.min(SIDE / height, (2 * SIDE) / width);
  const before = view.row * width + view.column;
  return (
    <>
      <text y={-8}>{`row ${view.row + 1}, column ${view.column + 1}`}</text>
      <rect width={width * cell} height={height * cell} fill="none" stroke={theme.rule} />
      {runs(width, height, (p) => view.seen[p] === 1).map((run) => (
        <rect {...scaledRun(run, cell)} fill={theme.accent} />
      ))}
      {runs(width, height, (p) => p < before && view.seen[p] === 0).map((run) => (
        <rect {...scaledRun(run, cell)} fill="url(#never)" />
      ))}
      <PixelFrame at={{ x: view.column * cell, y: view.row * cell, width: cell, height: cell }} theme={theme} />
    </>
  );
}

interface Run {
  readonly row: number;
  readonly column: number;
  readonly length: number;
}

/** Neighbours in a row for which something holds, as one. */
function runs(width: number, height: number, holds: (pixel: number) => boolean): Run[] {
  const found: Run[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (!holds(row * width + column)) continue;
      const first = column;
      while (column + 1 < width && holds(row * width + column + 1)) column++;
      found.push({ row, column: first, length: column - first + 1 });
    }
  }
  return found;
}

const scaledRun = ({ row, column, length }: Run, cell: number) => ({
  x: column * cell,
  y: row * cell,
  width: length * cell,
  height: cell,
});
