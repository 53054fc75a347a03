/** The Jacobian of a flow or of a layer as a matrix: what the structure allows, what is felt, and what leaks. */
import type { VNode } from 'preact';
import type { FlowJacobianFrame } from '../inspection/frames/flowJacobian.ts';
import type { JacobianReader } from '../inspection/jacobianCodes.ts';
import { countBits, hasBit } from '../masks/bits.ts';
import type { NetworkLayer } from '../masks/connectivity.ts';
import { inversePermutation } from '../masks/sorting.ts';
import { inkOn } from './colours.ts';
import { entriesOf, namesOf, pairText, silentEntries, structureKind } from './flowJacobianWords.ts';
import type { LegendItem } from './legend.tsx';
import { CellNumbers, Violations, type PairFigure } from './maskMatrix.tsx';
import { matrixPanel, staircase, type CellPlace, type CellWindow, type MatrixAxes } from './matrix.tsx';
import { logScale, matrixPixels, type Pixels } from './pixels.ts';
import { errorRgb, magnitudeRamp, neutralRgb, rampInk, rgbText, silentRgb } from './ramps.ts';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** In the layer's own order, in which it is triangular if it can be, or by place as the rows are numbered. */
export type FlowJacobianOrder = 'own' | 'place';

/** Decades of the logarithmic scale below its largest entry. */
const DECADES = 4;
/** Ratio of its ends at least. */
const NARROWEST = 1.5;

export interface FlowJacobianRange {
  readonly low: number;
  readonly high: number;
  /** Whether entries above 0 lie below the ramp. */
  readonly below: boolean;
  readonly reader: JacobianReader;
  readonly silent: number;
}

export function flowJacobianRange(frame: FlowJacobianFrame): FlowJacobianRange {
  const reader = entriesOf(frame);
  let high = frame.coding?.high ?? 0;
  if (!frame.coding) for (const value of frame.values) if (value > high && value < Infinity) high = value;
  const top = high > 0 ? high : 1;
  const lowest = top * 10 ** -DECADES;
  const least = leastEntry(frame, reader);
  return {
    // Entries that lie close together have the ramp for themselves.
    low: Math.min(Math.max(least, lowest), top / NARROWEST),
    high: top,
    below: least < lowest,
    reader,
    silent: silentEntries(frame, reader),
  };
}

/** The least entry above 0; ∞ where there is none. */
function leastEntry({ structure }: FlowJacobianFrame, reader: JacobianReader): number {
  let least = Infinity;
  for (let output = 0; output < structure.rows; output++) {
    for (let input = 0; input < structure.columns; input++) {
      const value = reader.at(output, input);
      if (value !== null && value > 0 && value < least) least = value;
    }
  }
  return least;
}

/** Inputs and outputs as layers of a network: their degrees are the data's own variables, which give them their colours. */
export function flowJacobianLayers(frame: FlowJacobianFrame, order: FlowJacobianOrder): NetworkLayer[] {
  const { dimension, variables } = frame;
  const names = namesOf(frame);
  const told = (name: (place: number) => string, what: string) =>
    `${name(0).replace(/[₀-₉]+$/, '')} ${what}${order === 'own' ? ', in the order of the structure' : ''}`;
  const side = (name: string, own: Int32Array) => ({ name, units: dimension, degrees: own.map((d) => d + 1) });
  return [side(told(names.input, 'before'), variables.before), side(told(names.output, 'after'), variables.after)];
}

export function flowJacobianAxes({ form, dimension }: FlowJacobianFrame, order: FlowJacobianOrder): MatrixAxes {
  const natural = Int32Array.from({ length: dimension }, (_, d) => d);
  const [rowUnits, columnUnits] = order === 'own' ? [form.rows, form.columns] : [natural, natural];
  return {
    fromLayer: 0,
    toLayer: 1,
    rowUnits,
    columnUnits,
    rowAt: inversePermutation(rowUnits),
    columnAt: inversePermutation(columnUnits),
  };
}

const isKnown = (value: number | null): value is number => value !== null && Number.isFinite(value);

export function flowJacobianPixels(
  { structure, dimension }: FlowJacobianFrame,
  { low, high, reader }: FlowJacobianRange,
  { rowUnits, columnUnits }: MatrixAxes,
  theme: Theme,
): Pixels {
  const scale = logScale(low, high);
  const value = (row: number, column: number) => reader.at(rowUnits[row]!, columnUnits[column]!);
  const allowed = (row: number, column: number) => hasBit(structure, rowUnits[row]!, columnUnits[column]!);
  return matrixPixels({
    rows: dimension,
    columns: dimension,
    ramp: magnitudeRamp(),
    flagged: {
      colour: errorRgb(theme.kind),
      at: (row, column) => {
        const own = value(row, column);
        return isKnown(own) && own !== 0 && !allowed(row, column);
      },
    },
    unknown: { colour: neutralRgb(theme.kind), at: (row, column) => !isKnown(value(row, column)) },
    silent: {
      colour: silentRgb(theme.kind),
      at: (row, column) => value(row, column) === 0 && allowed(row, column),
    },
    position: (row, column) => scale(value(row, column) ?? NaN),
  });
}

export function flowJacobianFigure(o: {
  readonly frame: FlowJacobianFrame;
  readonly theme: Theme;
  readonly size: { readonly width: number; readonly height: number };
  readonly order: FlowJacobianOrder;
  readonly window?: CellWindow | null;
  readonly range?: FlowJacobianRange;
  readonly pixels?: Pixels;
}): PairFigure {
  const { frame, theme, order } = o;
  const axes = flowJacobianAxes(frame, order);
  const range = o.range ?? flowJacobianRange(frame);
  const scale = logScale(range.low, range.high);
  const names = namesOf(frame);
  const worst = frame.largestLeaks[0];
  const panel = matrixPanel({
    layers: flowJacobianLayers(frame, order),
    unitName: ({ layer, unit }) => (layer === 0 ? names.input(unit) : names.output(unit)),
    axes,
    theme,
    size: o.size,
    window: o.window ?? null,
    pixels: o.pixels ?? flowJacobianPixels(frame, range, axes, theme),
    over: (place) => (
      <>
        {order === 'own' && <Outline place={place} frame={frame} theme={theme} />}
        <Violations place={place} axes={axes} pairs={frame.largestLeaks} theme={theme} />
        <CellNumbers
          place={place}
          axes={axes}
          theme={theme}
          value={(output, input) => range.reader.at(output, input) ?? NaN}
          write={(value) => (Number.isNaN(value) ? '?' : formatValue(value, 2))}
          flagged={(output, input) =>
            isKnown(range.reader.at(output, input)) && !hasBit(frame.structure, output, input)
          }
          ink={(value) =>
            Number.isNaN(value) ? inkOn(neutralRgb(theme.kind)) : rampInk(magnitudeRamp(), scale(value))
          }
        />
        {worst && (
          <text
            x={Math.min(place.plot.x + place.plot.width - 60, place.x(axes.columnAt[worst.input]! + 1) + 8)}
            y={Math.max(place.plot.y + 14, place.y(axes.rowAt[worst.output]!) - 4)}
            font-family={theme.font}
            font-size={textSize.label}
            font-weight="600"
            fill={theme.error}
            stroke={theme.background}
            stroke-width={4}
            paint-order="stroke"
          >
            {pairText(frame, worst.output, worst.input)}
          </text>
        )}
      </>
    ),
  });
  return { panel, legend: legendOf(frame, range, order, theme) };
}

/** Where entries may stand: the staircase of the groups, and blocks of variables that are mixed with each other. */
function Outline({
  place,
  frame: { form },
  theme,
}: {
  readonly place: CellPlace;
  readonly frame: FlowJacobianFrame;
  readonly theme: Theme;
}): VNode {
  const seen: number[] = [];
  for (const size of form.levels) {
    const end = seen.length + size;
    while (seen.length < end) seen.push(end);
  }
  let from = 0;
  const blocks = Array.from(form.blocks, (size) => ({ size, from: (from += size) - size })).filter(
    ({ size }) => size > 1 && size < form.columns.length,
  );
  return (
    <g fill="none" stroke={theme.foreground} stroke-width={1.5} class="outline">
      {form.levels.length > 1 && <path d={staircase(place, seen)} />}
      {blocks.map(({ size, from: start }) => (
        <rect
          x={place.x(start)}
          y={place.y(start)}
          width={size * place.cell.width}
          height={size * place.cell.height}
          stroke-width={1}
        />
      ))}
    </g>
  );
}

const OUTLINES: Readonly<Partial<Record<ReturnType<typeof structureKind>, string>>> = {
  triangular: 'triangle of the layer’s order',
  levels: 'block triangle: what passes, what moves',
  blocks: 'blocks that are mixed',
  mixed: 'block triangle',
};

function legendOf(
  frame: FlowJacobianFrame,
  range: FlowJacobianRange,
  order: FlowJacobianOrder,
  theme: Theme,
): LegendItem[] {
  const outline = order === 'own' ? OUTLINES[structureKind(frame)] : undefined;
  return [
    {
      mark: 'ramp',
      label: 'mean |∂ after/∂ before|, log',
      ramp: magnitudeRamp(),
      low: `${range.below ? '≤ ' : ''}${formatValue(range.low, range.below ? 1 : 3)}`,
      high: formatValue(range.high),
    },
    ...(countBits(frame.structure) < frame.dimension ** 2
      ? [{ mark: 'hatch' as const, label: 'must be 0, and is' }]
      : []),
    ...(range.silent > 0
      ? [{ mark: 'patch' as const, label: 'allowed, but 0 here', colour: rgbText(silentRgb(theme.kind)) }]
      : []),
    ...(outline ? [{ mark: 'outline' as const, label: outline }] : []),
    ...(frame.notFinite > 0 ? [{ mark: 'dot' as const, label: 'no finite number', colour: theme.neutral }] : []),
    ...(frame.leaks > 0 ? [{ mark: 'violation' as const, label: 'leak: must be 0' }] : []),
  ];
}
