/** The units of a small network: named rows, nodes with their degrees, rings around outputs that see the wrong inputs. */
import type { VNode } from 'preact';
import type { Connectivity, NetworkLayer } from '../masks/connectivity.ts';
import { degreeInk, unitColour } from './colours.ts';
import type { NodeLayout, NodeRow } from './nodeLayout.ts';
import { superscript } from '../text/notation.ts';
import { contextName, formatCount, inputName, outputName, plural } from './text.ts';
import { textSize, type Theme } from './theme.ts';

const r = (value: number) => Math.round(value * 10) / 10;
export function RowNames({
  layout,
  network: { layers, last, direct },
  theme,
}: {
  readonly layout: NodeLayout;
  readonly network: Connectivity;
  readonly theme: Theme;
}) {
  if (layout.left < 40) return null;
  return (
    <g font-family={theme.font} class="row-names">
      {layout.rows.map((row, layer) => (
        <>
          <text x={0} y={row.y - 2} font-size={textSize.label} fill={theme.foreground}>
            {rowName(layers[layer]!, layer, last)}
          </text>
          <text x={0} y={row.y + 12} font-size={textSize.small} fill={theme.muted}>
            {layer === last && direct ? 'with direct links' : rowNote(layers[layer]!)}
          </text>
        </>
      ))}
    </g>
  );
}

/** As short as the room before the nodes: "hidden 2", "vectors h²". */
function rowName({ name, vectors }: NetworkLayer, layer: number, last: number): string {
  return vectors === undefined ? name.replace('layer ', '') : `vectors h${last > 2 ? superscript(layer) : ''}`;
}

function rowNote({ units, vectors }: NetworkLayer): string {
  return vectors === undefined ? plural(units, 'unit') : `${formatCount(units)} of ${plural(vectors, 'unit')}`;
}

/** Nodes from this radius on have their degree inside, px. */
export const INSIDE_RADIUS = 7.2;

export function Nodes({
  row,
  layer,
  last,
  dimension,
  theme,
}: {
  readonly row: NodeRow;
  readonly layer: number;
  readonly last: number;
  readonly dimension: number;
  readonly theme: Theme;
}) {
  const ends = layer === 0 || layer === last;
  const size = Math.min(textSize.small, Math.max(8, row.radius * 0.95));
  const every = Math.max(1, Math.ceil(22 / row.spacing));
  return (
    <g font-family={theme.font} text-anchor="middle">
      {Array.from(row.unitAt, (unit, position) => {
        const degree = row.degrees?.[unit];
        const colour = unitColour(theme, degree, dimension);
        return (
          <>
            <circle
              cx={r(row.x[unit]!)}
              cy={r(row.y)}
              r={r(row.radius)}
              fill={colour}
              stroke={theme.background}
              stroke-width={1}
            />
            {degree !== undefined && row.radius >= INSIDE_RADIUS && (
              <text
                x={r(row.x[unit]!)}
                y={r(row.y)}
                dominant-baseline="central"
                font-size={size}
                fill={degreeInk(theme.kind, degree, dimension)}
              >
                {degree}
              </text>
            )}
            {ends && position % every === 0 && (
              <text
                x={r(row.x[unit]!)}
                y={layer === 0 ? row.y + row.radius + 14 : row.y - row.radius - 8}
                font-size={textSize.label}
                fill={theme.foreground}
              >
                {layer === 0 ? inputName(unit) : outputName(unit)}
              </text>
            )}
          </>
        );
      })}
      {row.degrees && row.radius < INSIDE_RADIUS && (
        <DegreeGroups row={row} degrees={row.degrees} above={layer === last} offset={ends ? 20 : 0} theme={theme} />
      )}
    </g>
  );
}

/** Columns of the context as squares: no variables, known before all of them. */
export function ContextNodes({
  row,
  theme,
  only,
}: {
  readonly row: NodeRow;
  readonly theme: Theme;
  /** The one that is pointed at. */
  readonly only?: number;
}): VNode {
  const every = Math.max(1, Math.ceil(22 / row.spacing));
  const lit = only !== undefined;
  const side = 2 * row.radius * 0.86;
  return (
    <g font-family={theme.font} text-anchor="middle" class="context">
      {Array.from(row.x, (x, column) =>
        lit && column !== only ? null : (
          <>
            <rect
              x={r(x - side / 2)}
              y={r(row.y - side / 2)}
              width={r(side)}
              height={r(side)}
              fill={theme.background}
              stroke={lit ? theme.accent : theme.foreground}
              stroke-width={lit ? 3 : 1.25}
            />
            {(lit || column % every === 0) && (
              <text
                x={r(x)}
                y={row.y + row.radius + 14}
                font-size={textSize.label}
                font-weight={lit ? 700 : 400}
                fill={theme.foreground}
              >
                {contextName(column)}
              </text>
            )}
          </>
        ),
      )}
      {!lit && (
        <text
          x={r((row.x[0]! + row.x[row.x.length - 1]!) / 2)}
          y={row.y + row.radius + 29}
          font-size={textSize.small}
          fill={theme.muted}
        >
          context, degree 0
        </text>
      )}
    </g>
  );
}

/** Where degrees do not fit into the nodes: one bracket and label for each run of units that share a degree. */
function DegreeGroups({
  row,
  degrees,
  above,
  offset,
  theme,
}: {
  readonly row: NodeRow;
  readonly degrees: Int32Array;
  readonly above: boolean;
  readonly offset: number;
  readonly theme: Theme;
}) {
  const groups: { degree: number; from: number; to: number }[] = [];
  for (const unit of row.unitAt) {
    const degree = degrees[unit]!;
    const x = row.x[unit]!;
    const open = groups[groups.length - 1];
    if (open?.degree === degree) open.to = x;
    else groups.push({ degree, from: x, to: x });
  }
  if (groups.length > row.unitAt.length * 0.7) return null;
  const side = above ? -1 : 1;
  const y = row.y + side * (row.radius + 3 + offset);
  let free = -Infinity;
  return (
    <g fill={theme.muted} font-size={textSize.small} class="degree-groups">
      {groups.map(({ degree, from, to }) => {
        const middle = (from + to) / 2;
        const fits = middle - 6 > free;
        if (fits) free = middle + 6;
        return (
          <>
            <path d={`M${r(from - row.radius)} ${r(y)}H${r(to + row.radius)}`} stroke={theme.muted} stroke-width={1} />
            {fits && (
              <text
                x={r(middle)}
                y={r(y + side * 9)}
                dominant-baseline="central"
                stroke={theme.background}
                stroke-width={3}
                paint-order="stroke"
              >
                {degree}
              </text>
            )}
          </>
        );
      })}
    </g>
  );
}

/** Outputs that see what they must not (a whole ring), and outputs that miss what they should see (a broken one). */
export function WrongOutputs({
  network,
  row,
  theme,
}: {
  readonly network: Connectivity;
  readonly row: NodeRow;
  readonly theme: Theme;
}): VNode | null {
  const { leaks, losses } = network.report();
  if (leaks.length + losses.length === 0) return null;
  const ring = (unit: number, away: number, stroke: string, width: number, dash?: string) => (
    <circle
      cx={r(row.x[unit]!)}
      cy={r(row.y)}
      r={r(row.radius + away)}
      stroke={stroke}
      stroke-width={width}
      stroke-dasharray={dash}
    />
  );
  const outputsOf = (pairs: typeof leaks) => [...new Set(pairs.map(({ output }) => output))];
  return (
    <g fill="none" class="wrong-outputs">
      {outputsOf(leaks).map((unit) => (
        <>
          {ring(unit, 2, theme.foreground, 4)}
          {ring(unit, 2, theme.error, 2.5)}
        </>
      ))}
      {outputsOf(losses).map((unit) => ring(unit, 5, theme.error, 1.75, '3 2'))}
    </g>
  );
}
