/**
 * A flow's diagram for a hover: its layers from x to u, which variables pass and which move in each, how they change places,
 * and beside it what may depend on what after all of them. Small flows have a lane for every variable, others columns; the
 * splits of images are drawn as images. Kept lean: this is loaded in the extension host.
 */
import type { VNode } from 'preact';
import type { BitMatrix } from '../masks/bits.ts';
import { degreeColour } from './colours.ts';
import { HatchPattern } from './drawing.tsx';
import { arrangedColumns, emphasised, FlowColumn } from './flowColumns.tsx';
import { flowMarks, markLines } from './flowDiagramMarks.ts';
import { FLOW_HEIGHT, MOST_LANES, type ColumnBox, type FlowDiagram, type FlowHighlight } from './flowDiagramOptions.ts';
import { renderSvg } from './render.ts';
import { inputName, plural } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import { subscript } from '../text/notation.ts';

export type { FlowDiagram, FlowHighlight };

export interface FlowDiagramOptions {
  readonly theme: Theme;
  readonly width: number;
  readonly highlight?: FlowHighlight | undefined;
}

const TOP = 24;
/** For two lines that say what the marks mean, under the sizes of images. */
const BOTTOM = 32;
const LINE = 12;
/** Of a line of the smallest text, in characters a px of width. */
const CHARACTERS = 1 / 5;
const LEFT = 26;
/** Room for the names of u. */
const RIGHT = 28;
const GAP = 22;
/** Side of the matrix of dependencies. */
const MATRIX = FLOW_HEIGHT - TOP - BOTTOM;
/** Cells of that matrix at most, along a side. */
const MOST_CELLS = 52;

export function flowDiagramSvg(flow: FlowDiagram, o: FlowDiagramOptions): string {
  const { theme, width } = o;
  const matrixLeft = width - MATRIX - 4;
  const box: ColumnBox = { x: LEFT, y: TOP, width: matrixLeft - GAP - RIGHT - LEFT, height: MATRIX };
  const { columns, left } = arrangedColumns(flow, box);
  const lanes = flow.dimension <= MOST_LANES;
  const end = columns.at(-1);
  const xEnd = end ? end.x + end.width : box.x;
  const shown = columns.map(({ layer }) => layer);
  const shaded = shown.some((layer) => emphasised(layer, o.highlight));
  const marks = [
    ...(left > 0 ? [`and ${plural(left, 'more layer')}`] : []),
    ...flowMarks(flow, shown, o.highlight, shaded),
  ];
  const lines = markLines(marks, Math.floor(width * CHARACTERS));
  const height = FLOW_HEIGHT + LINE * Math.max(0, lines.length - 2);
  return renderSvg(
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      font-family={theme.font}
      fill={theme.foreground}
    >
      <defs>
        <HatchPattern id="never" theme={theme} />
      </defs>
      {columns.map((column) => (
        <FlowColumn flow={flow} column={column} box={box} theme={theme} highlight={o.highlight} />
      ))}
      <Ends {...{ flow, box, xEnd, lanes, theme }} cut={left > 0} strong={o.highlight === 'base'} />
      {lines.map((line, i) => (
        <text x={2} y={height - 5 - LINE * (lines.length - 1 - i)} font-size={textSize.small} fill={theme.muted}>
          {line}
        </text>
      ))}
      {flow.dependencies && (
        <g transform={`translate(${matrixLeft},${TOP})`}>
          <Dependencies bits={flow.dependencies} theme={theme} />
        </g>
      )}
    </svg>,
  );
}

/** Names of what goes in and of what comes out. */
function Ends({
  flow,
  box,
  xEnd,
  lanes,
  theme,
  cut,
  strong,
}: {
  readonly flow: FlowDiagram;
  readonly box: ColumnBox;
  readonly xEnd: number;
  readonly lanes: boolean;
  readonly theme: Theme;
  /** Whether layers before u are left out. */
  readonly cut: boolean;
  readonly strong: boolean;
}): VNode {
  const { dimension, variables } = flow;
  const ink = strong ? theme.accent : theme.foreground;
  const y = (place: number) => Math.round(box.y + ((place + 0.5) / dimension) * box.height) + 3.5;
  const right = xEnd + (cut ? 16 : 5);
  return (
    <g font-size={textSize.small}>
      {cut && (
        <text x={xEnd + 3} y={Math.round(box.y + box.height / 2) + 3} fill={theme.muted}>
          …
        </text>
      )}
      <text x={2} y={12} font-weight="600">
        x
      </text>
      <text x={right} y={12} font-weight="600" fill={ink}>
        u
      </text>
      {lanes &&
        Array.from(variables, (variable, place) => (
          <>
            <text x={2} y={y(place)} fill={degreeColour(theme.kind, place + 1, dimension)} font-weight="600">
              {inputName(place)}
            </text>
            <text x={right} y={y(place)} fill={degreeColour(theme.kind, variable + 1, dimension)} font-weight="600">
              {`u${subscript(place + 1)}`}
            </text>
          </>
        ))}
    </g>
  );
}

/** Rows u, columns x: what is filled may depend; of many variables shares of blocks. */
function Dependencies({ bits, theme }: { readonly bits: BitMatrix; readonly theme: Theme }): VNode {
  const { cells, shares } = binned(bits);
  const step = MATRIX / cells;
  // Runs of cells of one shade, drawn as one.
  const shades = [0.35, 0.6, 1];
  const paths = shades.map(() => '');
  const shadeOf = (share: number) => (share === 0 ? -1 : share < 1 / 3 ? 0 : share < 0.999 ? 1 : 2);
  const round = (value: number) => Math.round(value * 10) / 10;
  for (let row = 0; row < cells; row++) {
    for (let from = 0; from < cells;) {
      const shade = shadeOf(shares[row * cells + from]!);
      let to = from + 1;
      while (to < cells && shadeOf(shares[row * cells + to]!) === shade) to++;
      if (shade !== -1) {
        paths[shade] =
          `${paths[shade] ?? ''}M${round(from * step)} ${round(row * step)}h${round((to - from) * step)}v${round(step + 0.2)}h${round((from - to) * step)}z`;
      }
      from = to;
    }
  }
  return (
    <g font-size={textSize.small}>
      <text x={0} y={-12} font-weight="600">
        u ← x
      </text>
      <rect width={MATRIX} height={MATRIX} fill="url(#never)" stroke={theme.rule} />
      {paths.map((d, i) => d !== '' && <path d={d} fill={theme.neutral} fill-opacity={shades[i]} />)}
      {cells <= MOST_LANES && (
        <path
          d={Array.from(
            { length: cells - 1 },
            (_, i) => `M${round((i + 1) * step)} 0V${MATRIX}M0 ${round((i + 1) * step)}H${MATRIX}`,
          ).join('')}
          stroke={theme.background}
        />
      )}
      <rect width={MATRIX} height={MATRIX} fill="none" stroke={theme.rule} />
    </g>
  );
}

/** Shares of the pairs in each block that depend. */
function binned({ rows, words }: BitMatrix): { readonly cells: number; readonly shares: Float64Array } {
  const cells = Math.min(rows, MOST_CELLS);
  const shares = new Float64Array(cells * cells);
  const sizes = new Float64Array(cells);
  const stride = (rows + 31) >>> 5;
  const binOf = Int32Array.from({ length: rows }, (_, d) => Math.floor((d * cells) / rows));
  for (const bin of binOf) sizes[bin]!++;
  for (let row = 0; row < rows; row++) {
    const start = binOf[row]! * cells;
    for (let w = 0; w < stride; w++) {
      for (let word = words[row * stride + w]!; word !== 0; word &= word - 1) {
        shares[start + binOf[(w << 5) + 31 - Math.clz32(word & -word)]!]!++;
      }
    }
  }
  return { cells, shares: shares.map((count, at) => count / (sizes[Math.floor(at / cells)]! * sizes[at % cells]!)) };
}
