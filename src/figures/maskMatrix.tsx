/** Masks as matrices, with the weights that live in them, and their product: how many paths join each pair. */
import type { VNode } from 'preact';
import type { ConnectivityFrame } from '../inspection/frames.ts';
import { bitsOf } from '../masks/bits.ts';
import type { Connectivity, NetworkLayer } from '../masks/connectivity.ts';
import { contextLayer } from './dependencies.ts';
import { leakingCells, leakingWeights, spread } from './leaks.ts';
import type { LegendItem } from './legend.tsx';
import {
  matrixAxes,
  matrixPanel,
  staircase,
  triangleOutline,
  type CellPlace,
  type CellWindow,
  type MatrixAxes,
  type MatrixPanel,
} from './matrix.tsx';
import type { UnitOrder } from './nodeLayout.ts';
import { pathPixels } from './pathPixels.ts';
import { logScale, type Pixels } from './pixels.ts';
import { inkOn } from './colours.ts';
import { errorRgb, magnitudeRamp, rampInk, rgbText, signedRamp, weightColour } from './ramps.ts';
import { formatCount, formatValue, percent, plural, weightName } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import { weightPixels } from './weightPixels.ts';
import { drawsVectors } from './sentences.ts';
import { contextReaders, weightReaders, type WeightReader } from './weights.ts';

interface Common {
  readonly network: Connectivity;
  readonly theme: Theme;
  readonly size: { readonly width: number; readonly height: number };
  readonly order: UnitOrder;
  readonly window?: CellWindow | null;
}

/** One weight matrix of a network: the masks' in order, then the direct connection. */
export interface MaskLayer {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly name: string;
  /** Connections that exist, and the weights that each stands for: where an output gives k numbers, k. */
  readonly existing: number;
  readonly each: number;
  readonly rows: number;
  readonly columns: number;
  /** Weights of the context: `from` is no layer of the network, and every weight exists. */
  readonly context?: true;
}

/** @param companions those of a frame: where a matrix has one, half of a connection's weights are its own. */
export function maskLayers(network: Connectivity, companions: ConnectivityFrame['companions'] = []): MaskLayer[] {
  return network.joints.map(({ index, from, to, direct }) => ({
    index,
    from,
    to,
    name: direct ? 'A, direct' : weightName(index, network.last),
    rows: network.layers[to]!.units,
    columns: network.layers[from]!.units,
    existing: network.existing(index),
    each: (network.weightsEach?.[index] ?? 1) / (companions[index] ? 2 : 1),
  }));
}

/** One matrix of a frame, with the weights in it. */
export interface WeightPane {
  /** Names it among those of a frame. */
  readonly id: string;
  readonly layer: MaskLayer;
  readonly reader: WeightReader | null;
  /** What its weights are, for legends: each has a scale of its own. */
  readonly of: 'weight' | 'U' | 'context';
}

/** All matrices of a frame: the masks' own weights, the companions (U) of those that have some, the context's. */
export function weightPanes(
  network: Connectivity,
  { weights, companions, context }: Pick<ConnectivityFrame, 'weights' | 'companions' | 'context'>,
): WeightPane[] {
  const layers = maskLayers(network, companions);
  const own = weightReaders(network, weights);
  const conditioning = weightReaders(network, companions);
  const given = contextReaders(context);
  return [
    ...layers.map((layer, i): WeightPane => ({ id: `mask ${i}`, layer, reader: own[i] ?? null, of: 'weight' })),
    ...layers.flatMap((layer, i): WeightPane[] => {
      const reader = conditioning[i];
      return reader ? [{ id: `companion ${i}`, layer: { ...layer, name: `U of ${layer.name}` }, reader, of: 'U' }] : [];
    }),
    ...(network.context?.into ?? []).map((to, i): WeightPane => {
      const [rows, columns] = [network.layers[to]!.units, network.context!.size];
      const layer: MaskLayer = {
        ...{ index: i, from: contextLayer(network), to, rows, columns, existing: rows * columns },
        each: layers[to - 1]!.each,
        name: `context into ${network.layers[to]!.name}`,
        context: true,
      };
      return { id: `context ${i}`, layer, reader: given[i] ?? null, of: 'context' };
    }),
  ];
}

/** The layers that a matrix lies between; the context is one beyond those of the network. */
function layersOf(network: Connectivity, { context }: MaskLayer): readonly NetworkLayer[] {
  if (!context) return network.layers;
  return [...network.layers, { name: 'context', units: network.context!.size, degrees: null }];
}

export const maskAxes = (network: Connectivity, layer: MaskLayer, order: UnitOrder): MatrixAxes =>
  matrixAxes(layersOf(network, layer), layer.from, layer.to, order);

/** How many columns the degrees allow each row to see, in a degree-sorted matrix; null where units have no degrees. */
export function allowedPerRow(layers: readonly NetworkLayer[], axes: MatrixAxes): number[] | null {
  const strict = axes.toLayer === layers.length - 1;
  const [below, above] = [layers[axes.fromLayer]!.degrees, layers[axes.toLayer]!.degrees];
  if (!below || !above) return null;
  const sorted = Array.from(axes.columnUnits, (unit) => below[unit]!);
  let at = 0;
  return Array.from(axes.rowUnits, (unit) => {
    const high = above[unit]!;
    while (at < sorted.length && (strict ? sorted[at]! < high : sorted[at]! <= high)) at++;
    return at;
  });
}

export function maskPixels(
  network: Connectivity,
  layer: MaskLayer,
  reader: WeightReader | null,
  axes: MatrixAxes,
  theme: Theme,
): Pixels {
  const layers = layersOf(network, layer);
  return weightPixels({
    matrix: reader?.matrix ?? null,
    mask: layer.context ? bitsOf(layer.rows, layer.columns, () => true) : network.mask(layer.index),
    flagged: { mask: layer.context ? null : leakingWeights(network, layer.index), colour: errorRgb(theme.kind) },
    receivers: { degrees: layers[layer.to]!.degrees, units: axes.rowUnits },
    senders: { degrees: layers[layer.from]!.degrees, units: axes.columnUnits },
    turned: false,
    colour: weightColour(
      theme.kind,
      !reader ? 'unknown' : reader.signed && !drawsVectors(network) ? 'signed' : 'magnitude',
    ),
    largest: reader?.largest ?? 0,
  });
}

export interface MaskFigure {
  readonly panel: MatrixPanel;
  readonly layer: MaskLayer;
  readonly title: string;
  readonly reading: string;
  readonly legend: readonly LegendItem[];
}

/** One mask. `pixels` may be kept from the last drawing of the same frame. */
export function maskFigure(
  o: Common & { readonly layer: MaskLayer; readonly reader: WeightReader | null; readonly pixels?: Pixels },
): MaskFigure {
  const { network, layer, theme, reader } = o;
  const layers = layersOf(network, layer);
  const axes = maskAxes(network, layer, o.order);
  const allowed =
    o.order === 'degree' && !layer.context && layers[layer.from]!.vectors === undefined
      ? allowedPerRow(layers, axes)
      : null;
  const leaking = layer.context ? [] : leakingCells(network, layer.index);
  const panel = matrixPanel({
    layers,
    layerCount: network.layers.length,
    axes,
    theme,
    size: o.size,
    window: o.window ?? null,
    pixels: o.pixels ?? maskPixels(network, layer, reader, axes, theme),
    over: (place) => (
      <>
        {allowed && <path d={staircase(place, allowed)} fill="none" stroke={theme.foreground} stroke-width={1} />}
        {leaking.length > 0 && <Violations place={place} axes={axes} pairs={leaking} theme={theme} />}
      </>
    ),
  });
  return {
    panel,
    layer,
    title: layer.name,
    reading: maskReading(layer),
    legend: maskLegend(theme, reader, network),
  };
}

/** "3 × 4: 6 weights exist (50 %)." */
function maskReading({ rows, columns, existing, each }: MaskLayer): string {
  const share = percent(existing, rows * columns);
  const weights = `${plural(existing * each, 'weight')} ${existing * each === 1 ? 'exists' : 'exist'} (${share})`;
  return `${rows} × ${columns}: ${weights}${each === 1 ? '' : `, ${formatCount(each)} to a connection`}.`;
}

export function maskLegend(
  theme: Theme,
  reader: WeightReader | null | undefined,
  network: Connectivity,
  of: WeightPane['of'] = 'weight',
): LegendItem[] {
  const what = of === 'context' ? 'context weight' : of;
  const leaks = network.report().leaks.length > 0;
  return [
    ...(reader
      ? [
          reader.signed && !drawsVectors(network)
            ? {
                mark: 'ramp' as const,
                label: what,
                ramp: signedRamp(theme.kind),
                low: `−${formatValue(reader.largest)}`,
                high: formatValue(reader.largest),
              }
            : {
                mark: 'ramp' as const,
                label: drawsVectors(network) ? `norm of ${what}s` : `mean |${what}|`,
                ramp: magnitudeRamp(),
                low: '0',
                high: formatValue(reader.largest),
              },
        ]
      : []),
    { mark: 'hatch', label: 'masked: no weight' },
    ...(leaks
      ? [
          { mark: 'violation' as const, label: 'on a path that leaks' },
          { mark: 'outline' as const, label: 'what the degrees allow' },
        ]
      : []),
  ];
}

/** Whether a pair must not depend: the input does not come before the output. */
export const isLeak = (order: Int32Array, output: number, input: number): boolean => order[output]! <= order[input]!;

export interface PairFigure {
  readonly panel: MatrixPanel;
  readonly legend: readonly LegendItem[];
}

const MOST_MARKERS = 40;

export function pathsFigure(o: Common & { readonly pixels?: Pixels }): PairFigure {
  const { network, theme } = o;
  const { dimension, last, layers } = network;
  const paths = network.pathMatrix();
  const axes = matrixAxes(layers, 0, last, o.order);
  const report = network.report();
  const most = paths.reduce((a, b) => Math.max(a, b), 1);
  const position = logScale(0.5, most);
  const panel = matrixPanel({
    layers,
    axes,
    theme,
    size: o.size,
    window: o.window ?? null,
    pixels: o.pixels ?? pathPixels(network, axes.rowUnits, axes.columnUnits, theme),
    over: (place) => (
      <>
        <Triangle place={place} dimension={dimension} order={o.order} theme={theme} />
        <Violations place={place} axes={axes} pairs={report.leaks} theme={theme} />
        <Losses place={place} axes={axes} pairs={report.losses} theme={theme} />
        <CellNumbers
          place={place}
          axes={axes}
          theme={theme}
          value={(output, input) => paths[output * dimension + input]!}
          write={(n) => formatCount(n)}
          flagged={(output, input) => isLeak(network.order, output, input)}
          ink={(n) => rampInk(magnitudeRamp(), position(n))}
        />
      </>
    ),
  });
  return {
    panel,
    legend: [
      { mark: 'ramp', label: 'paths, logarithmic', ramp: magnitudeRamp(), low: '1', high: formatCount(most) },
      { mark: 'hatch', label: 'no path' },
      ...(o.order === 'degree' ? [{ mark: 'outline' as const, label: 'strict triangle: must depend' }] : []),
      ...(report.leaks.length > 0 ? [{ mark: 'violation' as const, label: 'leak: must not depend' }] : []),
      ...(report.losses.length > 0 ? [{ mark: 'lost' as const, label: 'lost: should depend' }] : []),
    ],
  };
}

/** The strict triangle of the order, outlined when rows and columns are in the order. */
export function Triangle({
  place,
  dimension,
  order,
  theme,
}: {
  readonly place: CellPlace;
  readonly dimension: number;
  readonly order: UnitOrder;
  readonly theme: Theme;
}): VNode | null {
  if (order !== 'degree' || dimension < 2) return null;
  return <path d={triangleOutline(place, dimension)} fill="none" stroke={theme.foreground} stroke-width={1.5} />;
}

const NUMBER_CELL = 24;

export interface CellNumbersProps {
  readonly place: CellPlace;
  readonly axes: MatrixAxes;
  readonly theme: Theme;
  readonly value: (output: number, input: number) => number;
  readonly write: (value: number) => string;
  /** Colour that is read on the cell of a value. */
  readonly ink: (value: number) => string;
  /** Cells that are drawn in the colour of violations. */
  readonly flagged: (output: number, input: number) => boolean;
}

/** Room that a digit takes, px. */
const DIGIT = 5.8;

/** Numbers inside the cells, once all that are in sight fit into theirs. */
export function CellNumbers({ place, axes, theme, value, write, ink, flagged }: CellNumbersProps): VNode | null {
  const { plot, cell } = place;
  if (Math.min(cell.width, cell.height) < NUMBER_CELL) return null;
  const texts: { x: number; y: number; text: string; fill: string }[] = [];
  const onError = inkOn(errorRgb(theme.kind));
  for (const [row, output] of axes.rowUnits.entries()) {
    const y = place.y(row + 0.5);
    if (y < plot.y || y > plot.y + plot.height) continue;
    for (const [column, input] of axes.columnUnits.entries()) {
      const x = place.x(column + 0.5);
      const own = value(output, input);
      if (own === 0 || x < plot.x || x > plot.x + plot.width) continue;
      const text = write(own);
      if (text.length * DIGIT > cell.width) return null;
      texts.push({ x, y, text, fill: flagged(output, input) ? onError : ink(own) });
    }
  }
  return (
    <g font-family={theme.font} font-size={textSize.small} text-anchor="middle" dominant-baseline="central">
      {texts.map(({ text, ...at }) => (
        <text {...at}>{text}</text>
      ))}
    </g>
  );
}

interface PairMarks {
  readonly place: CellPlace;
  readonly axes: MatrixAxes;
  readonly pairs: readonly { readonly output: number; readonly input: number }[];
  readonly theme: Theme;
}

/** Forbidden pairs that depend all the same: the error colour with an outline, never smaller than can be seen. */
export function Violations({ place, axes, pairs, theme }: PairMarks): VNode {
  return (
    <g fill={theme.error} stroke={theme.foreground} stroke-width={1.5} class="violations">
      {spread(pairs, MOST_MARKERS).map(({ output, input }) => {
        const width = Math.max(6, place.cell.width);
        const height = Math.max(6, place.cell.height);
        const x = place.x(axes.columnAt[input]! + 0.5) - width / 2;
        const y = place.y(axes.rowAt[output]! + 0.5) - height / 2;
        return <rect x={x} y={y} width={width} height={height} fill-opacity={place.cell.width > 14 ? 0.85 : 1} />;
      })}
    </g>
  );
}

/** Required pairs that no path joins: a ring on the error colour, which their pixels have already. */
function Losses({ place, axes, pairs, theme }: PairMarks): VNode {
  const colour = errorRgb(theme.kind);
  return (
    <g fill={rgbText(colour)} stroke={inkOn(colour)} stroke-width={2} class="losses">
      {spread(pairs, MOST_MARKERS).map(({ output, input }) => (
        <circle
          cx={place.x(axes.columnAt[input]! + 0.5)}
          cy={place.y(axes.rowAt[output]! + 0.5)}
          r={Math.max(3, Math.min(7, place.cell.width * 0.3))}
        />
      ))}
    </g>
  );
}
