/** The measured Jacobian: what the weights make of the masks. Exactly 0 is drawn as nothing, so that a leak shows. */
import type { JacobianFrame } from '../inspection/frames.ts';
import type { NetworkLayer } from '../masks/connectivity.ts';
import type { LegendItem } from './legend.tsx';
import { CellNumbers, isLeak, Triangle, Violations, type PairFigure } from './maskMatrix.tsx';
import { matrixAxes, matrixPanel, type CellWindow, type MatrixAxes } from './matrix.tsx';
import type { UnitOrder } from './nodeLayout.ts';
import { logScale, matrixPixels, type Pixels } from './pixels.ts';
import { errorRgb, magnitudeRamp, rampInk } from './ramps.ts';
import { pairName } from './sentences.ts';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** Decades of the logarithmic scale below its largest entry. */
const DECADES = 4;

/** Range of the scale and every forbidden pair whose entry is not 0, the largest first. */
export interface JacobianRange {
  readonly low: number;
  readonly high: number;
  readonly leaks: readonly { readonly output: number; readonly input: number; readonly value: number }[];
}

export function jacobianRange({ values, order, dimension }: JacobianFrame): JacobianRange {
  let high = 0;
  const leaks: { output: number; input: number; value: number }[] = [];
  for (let output = 0; output < dimension; output++) {
    for (let input = 0; input < dimension; input++) {
      const value = values[output * dimension + input]!;
      if (value > high) high = value;
      if (value !== 0 && order[output]! <= order[input]!) leaks.push({ output, input, value });
    }
  }
  leaks.sort((a, b) => b.value - a.value);
  const top = high > 0 ? high : 1;
  return { low: top * 10 ** -DECADES, high: top, leaks };
}

export function jacobianPixels(
  frame: JacobianFrame,
  { low, high }: JacobianRange,
  axes: MatrixAxes,
  theme: Theme,
): Pixels {
  const { dimension, values, order } = frame;
  const scale = logScale(low, high);
  return matrixPixels({
    rows: dimension,
    columns: dimension,
    ramp: magnitudeRamp(),
    flagged: {
      colour: errorRgb(theme.kind),
      at: (row, column) => {
        const [output, input] = [axes.rowUnits[row]!, axes.columnUnits[column]!];
        return values[output * dimension + input] !== 0 && isLeak(order, output, input);
      },
    },
    position: (row, column) => scale(values[axes.rowUnits[row]! * dimension + axes.columnUnits[column]!]!),
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
  const { dimension, values } = frame;
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
            value={(output, input) => values[output * dimension + input]!}
            write={(value) => formatValue(value, 2)}
            flagged={(output, input) => isLeak(frame.order, output, input)}
            ink={(value) => rampInk(magnitudeRamp(), scale(value))}
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
  return { panel, legend: jacobianLegend(range, o.order) };
}

function jacobianLegend(range: JacobianRange, order: UnitOrder): LegendItem[] {
  return [
    {
      mark: 'ramp',
      label: 'mean |∂ logit/∂x|, log',
      ramp: magnitudeRamp(),
      low: `≤ ${formatValue(range.low, 1)}`,
      high: formatValue(range.high),
    },
    { mark: 'hatch', label: 'exactly 0' },
    ...(order === 'degree' ? [{ mark: 'outline' as const, label: 'strict triangle' }] : []),
    ...(range.leaks.length > 0 ? [{ mark: 'violation' as const, label: 'leak: must be 0' }] : []),
  ];
}
