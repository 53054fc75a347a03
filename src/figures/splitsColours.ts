/** The splits of a flow in colours, where there is no room for histograms, and what its marks mean. */
import type { SplitLayer } from '../inspection/frames/splits.ts';
import { inversePermutation } from '../masks/sorting.ts';
import { wholeSource, type RasterMark } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { matrixPixels } from './pixels.ts';
import { errorRgb, magnitudeRamp, rgbText, signedRamp, silentRgb } from './ramps.ts';
import type { SplitsFigureOptions } from './splits.tsx';
import type { SplitsLayout } from './splitsLayout.ts';
import { countedLayers, isStill, movedName, untransformed } from './splitsWords.ts';
import { formatValue } from './text.ts';

const furthest = ([low, high]: readonly [number, number]) => Math.max(-low, high) || 1;

/** Cells in which the line of what passes can be told from its neighbours, px. */
const LINE_ROOM = 4;

/** Whether what passes is drawn as a line in its cell: a hatch there is hard to tell from what moves by next to nothing. */
export const hasLines = ({ form, cell }: SplitsLayout): boolean => form === 'colours' && cell.width >= LINE_ROOM;

export function splitsRasters({ frame, layout, shows, theme }: SplitsFigureOptions): RasterMark[] {
  const reach = furthest(frame.range[shows]);
  const most = frame.times.reduce((a, b) => Math.max(a, b), 1);
  return layout.bands.flatMap((band): RasterMark[] => {
    const layer = band.layer === null ? null : frame.layers[band.layer]!;
    if (layer && isStill(layer)) return [];
    if (layer === null && layout.form === 'colours' && layout.cell.width >= 11) return [];
    const [rows, columns] =
      layout.form === 'images'
        ? [Math.round(band.box.height / layout.cell.height), layout.across]
        : [1, frame.dimension];
    const place = layer && inversePermutation(layer.variable);
    const variableAt = (row: number, column: number) =>
      layout.at(
        band.box.x + ((column + 0.5) * band.box.width) / columns,
        band.box.y + ((row + 0.5) * band.box.height) / rows,
      )!.variable;
    const spread = layer?.[shows] ?? null;
    const pixels = matrixPixels({
      rows,
      columns,
      ramp: layer ? signedRamp(theme.kind) : magnitudeRamp(),
      flagged: {
        colour: errorRgb(theme.kind),
        at: (row, column) =>
          layer === null && frame.times[variableAt(row, column)] === 0 && untransformed(frame).length > 0,
      },
      // Moved, but not by this: a shift where log-scales are shown.
      unknown: {
        colour: silentRgb(theme.kind),
        at: (row, column) => layer !== null && spread === null && layer.moves[place![variableAt(row, column)]!] === 1,
      },
      position: (row, column) => {
        const variable = variableAt(row, column);
        if (layer === null) return frame.times[variable]! / most;
        const at = place![variable]!;
        return layer.moves[at] === 1 ? 0.5 + spread!.mean[at]! / (2 * reach) : NaN;
      },
    });
    return [{ ...band.box, pixels, source: wholeSource(pixels), hatched: layer !== null && !hasLines(layout) }];
  });
}

/** Layers may differ by magnitudes: the one that first meets data about 100, and all behind it. */
const ends = '0 in the middle, to the ends told beside each layer';

export function splitsLegend({ frame, layout, shows, theme }: SplitsFigureOptions): LegendItem[] {
  const { layers, range } = frame;
  const has = (holds: (layer: SplitLayer) => boolean) => layers.some(holds);
  const otherwise = has((layer) => !isStill(layer) && layer.logScale === null && layer.shift === null);
  const common: LegendItem[] = [
    ...(untransformed(frame).length > 0 ? [{ mark: 'violation' as const, label: 'never transformed' }] : []),
  ];
  if (layout.form === 'histograms') {
    const scales = has(({ logScale }) => logScale !== null);
    const shifts = has(({ shift }) => shift !== null);
    const wholeCell = (two: boolean) => {
      const names = [
        ...(has(({ logScale, shift }) => logScale !== null && shift === null) ? ['log-scale'] : []),
        ...(has(({ logScale, shift }) => logScale === null && shift !== null) ? ['shift'] : []),
      ];
      return `${two ? 'one alone' : 'moved'}: rows by ${names.join(' or ')}, ${ends}`;
    };
    const meant = (scaled: string, shifted: string) =>
      [...(scales ? [scaled] : []), ...(shifts ? [shifted] : [])].join(', ');
    // A layer that only shifts has its histogram in the whole of the cell, beside others that have two in it.
    const alone = has(({ logScale, shift }) => (logScale === null) !== (shift === null));
    const both = has(({ logScale, shift }) => logScale !== null && shift !== null);
    return [
      { mark: 'line', label: 'passes', colour: theme.foreground, width: 2 },
      ...(both
        ? [
            { mark: 'upper' as const, label: `top: rows by log-scale, ${ends}` },
            { mark: 'lower' as const, label: `bottom: rows by shift, ${ends}` },
          ]
        : []),
      ...(alone ? [{ mark: 'outline' as const, label: wholeCell(both) }] : []),
      { mark: 'patch', label: `below 0: ${meant('shrinks', 'moved down')}`, colour: theme.negative },
      { mark: 'patch', label: 'about 0: stays', colour: theme.neutral },
      { mark: 'patch', label: `above 0: ${meant('grows', 'moved up')}`, colour: theme.positive },
      ...(otherwise
        ? [
            {
              mark: 'patch' as const,
              label: 'moved, not by a scale and shift of each coordinate',
              colour: theme.neutral,
            },
          ]
        : []),
      ...common,
    ];
  }
  const reach = furthest(range[shows]);
  return [
    {
      mark: 'ramp',
      label: `mean ${movedName[shows]}`,
      ramp: signedRamp(theme.kind),
      low: formatValue(-reach, 2),
      high: formatValue(reach, 2),
    },
    hasLines(layout)
      ? { mark: 'line', label: 'passes', colour: theme.foreground, width: 1.5 }
      : { mark: 'hatch', label: 'passes' },
    ...(has((layer) => !isStill(layer) && layer[shows] === null)
      ? [
          {
            mark: 'patch' as const,
            label: has((layer) => !isStill(layer) && layer[shows] === null && (layer.logScale ?? layer.shift) !== null)
              ? `moved, but by no ${movedName[shows]}`
              : 'moved, not coordinate by coordinate',
            colour: rgbText(silentRgb(theme.kind)),
          },
        ]
      : []),
    {
      mark: 'ramp',
      label: `times transformed, by ${countedLayers(frame)}`,
      ramp: magnitudeRamp(),
      low: '0',
      high: String(frame.times.reduce((a, b) => Math.max(a, b), 1)),
    },
    ...common,
  ];
}
