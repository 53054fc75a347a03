/**
 * What recurrent layers over pixels do, for a hover: which states a pixel hears of its neighbours and which maps, the map that
 * is shifted down by a row, and how diagonals become columns. Kept lean: loaded in the extension host.
 */
import type { VNode } from 'preact';
import {
  type Cell,
  type ConvolutionNode,
  heardFrom,
  type PixelNetwork,
  type RecurrentNode,
} from '../masks/pixels/network.ts';
import { PixelFrame } from './pixelFrame.tsx';
import type { Theme } from './theme.ts';

/** Cells that are too small for a letter have none. */
const LEAST_LETTER = 9;
/** Rows and columns of the image that is skewed in the picture. */
const SKEWED = 4;
const ARROW = 3;

interface Part {
  readonly network: PixelNetwork;
  readonly theme: Theme;
  /** Of the square that it has. */
  readonly side: number;
}

/** How a recurrent layer hears, from the first of a network; several parts, each as wide as `side`. Empty where there is none. */
export function stateParts({ network, theme, side }: Part): VNode[] {
  const layers = network.nodes.filter((node): node is RecurrentNode => node.kind === 'recurrent');
  const byRows = layers.find(({ course }) => course === 'rows');
  if (byRows) return [<Row node={byRows} network={network} theme={theme} side={side} />];
  const [left, right] = (['diagonals', 'mirrored'] as const).map((one) => layers.find(({ course }) => course === one));
  if (!left || !right) return [];
  return [
    <Directions parts={[left, right]} theme={theme} side={side} />,
    <Skewed network={network} theme={theme} side={side} />,
  ];
}

/** Of the row above k states, of the own row the maps up to the pixel. */
function Row(o: Part & { readonly node: RecurrentNode }): VNode {
  const { node, network, theme, side } = o;
  const gates = network.nodes[node.from] as ConvolutionNode;
  const maps = Array.from({ length: gates.kernel.left + 1 }, (_, i): Cell => [0, -i]);
  const reach = Math.max(2, (node.width + 1) / 2);
  const cell = Math.min(side / (2 * reach + 1), side / 4);
  return (
    <>
      <text y={-8}>{`state-to-state: ${node.width}×1`}</text>
      <Heard states={heardFrom(node)} maps={maps} columns={reach} cell={cell} theme={theme} />
      <text y={2 * cell + 14} fill={theme.muted}>
        step r: row r
      </text>
    </>
  );
}

/** The two directions, the one from the right with where it goes: a row below. */
function Directions(o: {
  readonly parts: readonly RecurrentNode[];
  readonly theme: Theme;
  readonly side: number;
}): VNode {
  const { parts, theme, side } = o;
  const cell = (side - 16) / 6;
  const x = 1.5 * cell;
  return (
    <>
      <text y={-8}>state-to-state: 2×1</text>
      {parts.map((node, i) => {
        const shifted = node.course === 'mirrored';
        return (
          <g transform={`translate(${i * (3 * cell + 16)},0)`}>
            <Heard states={heardFrom(node)} maps={[[0, 0]]} columns={1} cell={cell} theme={theme} bare={shifted} />
            {shifted && (
              <>
                <PixelFrame at={{ x: cell, y: 2 * cell, width: cell, height: cell }} theme={theme} />
                <path
                  d={`M${x},${2 * cell - 3}V${2.6 * cell}m${-ARROW},${-ARROW}l${ARROW},${ARROW}l${ARROW},${-ARROW}`}
                  fill="none"
                  stroke={theme.foreground}
                  stroke-width={1.5}
                />
              </>
            )}
            <text y={3 * cell + 16}>{shifted ? 'from right,' : 'from left'}</text>
            {shifted && <text y={3 * cell + 29}>shifted down</text>}
          </g>
        );
      })}
    </>
  );
}

/** Cells about a pixel: those whose states are heard, h, and those whose maps are, x. */
function Heard(o: {
  readonly states: readonly Cell[];
  readonly maps: readonly Cell[];
  /** To each side. */
  readonly columns: number;
  readonly cell: number;
  readonly theme: Theme;
  /** Without the frame about the pixel. */
  readonly bare?: boolean;
}): VNode {
  const { states, maps, columns, cell, theme, bare = false } = o;
  const has = (cells: readonly Cell[], row: number, column: number) =>
    cells.some(([r, c]) => r === row && c === column);
  const drawn: VNode[] = [];
  for (const row of [-1, 0]) {
    for (let column = -columns; column <= columns; column++) {
      const [state, map] = [has(states, row, column), has(maps, row, column)];
      const [x, y] = [(column + columns) * cell, (row + 1) * cell];
      drawn.push(
        <rect
          {...{ x, y, width: cell, height: cell }}
          fill={state ? theme.accent : 'none'}
          stroke={theme.rule}
          stroke-width={0.5}
        />,
      );
      if (!state && !map) continue;
      if (cell < LEAST_LETTER) continue;
      drawn.push(
        <text
          {...{ x: x + cell / 2, y: y + cell / 2 }}
          text-anchor="middle"
          dominant-baseline="central"
          fill={state ? theme.background : theme.foreground}
        >
          {state ? 'h' : 'x'}
        </text>,
      );
    }
  }
  return (
    <>
      {drawn}
      {!bare && <PixelFrame at={{ x: columns * cell, y: cell, width: cell, height: cell }} theme={theme} />}
    </>
  );
}

/** Every row offset by one pixel: what stands in one column is computed in one step. */
function Skewed({ network, theme, side }: Part): VNode {
  const [height, width] = network.image;
  const [rows, columns] = [Math.min(SKEWED, height), Math.min(SKEWED, width)];
  const cell = Math.min(side / (rows + columns - 1), side / 5);
  const cells: VNode[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const [x, y] = [(r + c) * cell, r * cell];
      // The steps in turn, so that a column is seen to be one.
      const even = (r + c) % 2 === 0;
      cells.push(
        <rect
          {...{ x, y, width: cell, height: cell }}
          fill={even ? theme.accent : 'none'}
          stroke={theme.rule}
          stroke-width={0.5}
        />,
        <text
          {...{ x: x + cell / 2, y: y + cell / 2 }}
          text-anchor="middle"
          dominant-baseline="central"
          fill={even ? theme.background : theme.foreground}
        >
          {r + c + 1}
        </text>,
      );
    }
  }
  return (
    <>
      <text y={-8}>{`skewed: ${width + height - 1} steps`}</text>
      {cells}
      <text y={rows * cell + 14} fill={theme.muted}>
        step = column
      </text>
    </>
  );
}
