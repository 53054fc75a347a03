/** The measured Jacobian: what the weights make of the masks. Exactly 0 is drawn as nothing, so that a leak shows. */
import type { JacobianFrame } from '../inspection/frames.ts';
import { jacobianReader, silentPairs, type JacobianReader } from '../inspection/jacobianCodes.ts';
import type { NetworkLayer } from '../masks/connectivity.ts';
import { inkOn } from './colours.ts';
import type { LegendItem } from './legend.tsx';
import { CellNumbers, isLeak, Triangle, Violations, type PairFigure } from './maskMatrix.tsx';
import { matrixAxes, matrixPanel, type CellWindow, type MatrixAxes } from './matrix.tsx';
import type { UnitOrder } from './nodeLayout.ts';
import { logScale, matrixPixels, type Pixels } from './pixels.ts';
import { errorRgb, magnitudeRamp, neutralRgb, rampInk, rgbText, silentRgb } from './ramps.ts';
import { formatValue, pairName } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** Decades of the logarithmic scale below its largest entry. */
const DECADES = 4;

/** Range of the scale, the reader of the entries, and forbidden pairs whose entry is not 0, the largest first. */
export interface JacobianRange {
  readonly low: number;
  readonly high: number;
  readonly reader: JacobianReader;
  readonly leaks: JacobianFrame['largestLeaks'];
  /** Pairs that may depend, but whose entry is 0 over these rows. */
  readonly silent: number;
}

export function jacobianRange(frame: JacobianFrame): JacobianRange {
  const { values, coding, largestLeaks } = frame;
  let high = coding?.high ?? 0;
  if (!coding) for (const value of values) if (value > high && value < Infinity) high = value;
  const top = high > 0 ? high : 1;
  const reader = jacobianReader(frame);
  return { low: top * 10 ** -DECADES, high: top, reader, leaks: largestLeaks, silent: silentPairs(frame, reader) };
}

/** Whether a number is known of an entry. */
const isKnown = (value: number | null): value is number => value !== null && Number.isFinite(value);

export function jacobianPixels(
  frame: JacobianFrame,
  { low, high, reader }: JacobianRange,
  axes: MatrixAxes,
  theme: Theme,
): Pixels {
  const { dimension, order } = frame;
  const scale = logScale(low, high);
  const value = (row: number, column: number) => reader.at(axes.rowUnits[row]!, axes.columnUnits[column]!);
  return matrixPixels({
    rows: dimension,
    columns: dimension,
    ramp: magnitudeRamp(),
    flagged: {
      colour: errorRgb(theme.kind),
      at: (row, column) => {
        const own = value(row, column);
        return isKnown(own) && own !== 0 && isLeak(order, axes.rowUnits[row]!, axes.columnUnits[column]!);
      },
    },
    unknown: { colour: neutralRgb(theme.kind), at: (row, column) => !isKnown(value(row, column)) },
    silent: {
      colour: silentRgb(theme.kind),
      at: (row, column) => value(row, column) === 0 && !isLeak(order, axes.rowUnits[row]!, axes.columnUnits[column]!),
    },
    position: (row, column) => scale(value(row, column) ?? NaN),
  });
}

/** The frame's own order rules: it is that of the weights that were measured. */
function inOrder(layers: readonly NetworkLayer[], order: Int32Array): NetworkLayer[] {
  return layers.map((layer, l) => (l === 0 || l === layers.length - 1 ? { ...layer, degrees: order } : layer));
}

/** @param order position of every variable in the frame. */
export function jacobianAxes(layers: readonly NetworkLayer[], order: Int32Array, arranged: UnitOrder): MatrixAxes {
  return matrixAxes(inOrder(layers, order), 0, layers.length - 1, arranged);
}

export function jacobianFigure(o: {
  readonly frame: JacobianFrame;
  /** Layers of the network shown: inputs and outputs lie along the axes. */
  readonly layers: readonly NetworkLayer[];
  readonly theme: Theme;
  readonly size: { readonly width: number; readonly height: number };
  readonly order: UnitOrder;
  readonly window?: CellWindow | null;
  readonly range?: JacobianRange;
  readonly pixels?: Pixels;
}): PairFigure {
  const { frame, theme } = o;
  const { dimension } = frame;
  const layers = inOrder(o.layers, frame.order);
  const axes = jacobianAxes(o.layers, frame.order, o.order);
  const range = o.range ?? jacobianRange(frame);
  const scale = logScale(range.low, range.high);
  const panel = matrixPanel({
    layers,
    axes,
    theme,
    size: o.size,
    window: o.window ?? null,
    pixels: o.pixels ?? jacobianPixels(frame, range, axes, theme),
    over: (place) => {
      const worst = frame.worstLeak;
      return (
        <>
          <Triangle place={place} dimension={dimension} order={o.order} theme={theme} />
          <Violations place={place} axes={axes} pairs={range.leaks} theme={theme} />
          <CellNumbers
            place={place}
            axes={axes}
            theme={theme}
            value={(output, input) => range.reader.at(output, input) ?? NaN}
            write={(value) => (Number.isNaN(value) ? '?' : formatValue(value, 2))}
            flagged={(output, input) => isKnown(range.reader.at(output, input)) && isLeak(frame.order, output, input)}
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
              {pairName(worst)}
            </text>
          )}
        </>
      );
    },
  });
  return { panel, legend: jacobianLegend(frame, range, o.order, theme) };
}

function jacobianLegend(frame: JacobianFrame, range: JacobianRange, order: UnitOrder, theme: Theme): LegendItem[] {
  return [
    {
      mark: 'ramp',
      label: 'mean |∂ logit/∂x|, log',
      ramp: magnitudeRamp(),
      low: `≤ ${formatValue(range.low, 1)}`,
      high: formatValue(range.high),
    },
    { mark: 'hatch', label: range.silent > 0 ? 'must be 0, and is' : 'exactly 0' },
    ...(range.silent > 0
      ? [{ mark: 'patch' as const, label: 'allowed, but 0 here', colour: rgbText(silentRgb(theme.kind)) }]
      : []),
    ...(order === 'degree' ? [{ mark: 'outline' as const, label: 'strict triangle' }] : []),
    ...(frame.notFinite > 0 ? [{ mark: 'dot' as const, label: 'no finite number', colour: theme.neutral }] : []),
    ...(range.leaks.length > 0 ? [{ mark: 'violation' as const, label: 'leak: must be 0' }] : []),
  ];
}
