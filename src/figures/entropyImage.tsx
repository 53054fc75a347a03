/**
 * Conditional entropies of pixels where they are: surprise, entropy, and the difference of the two; in colour of whole pixels
 * and of each colour.
 */
import { extent } from 'd3';
import { channelsOf, type ImageSize, placeIn, variableIn } from '../spec/imageShape.ts';
import { wholeSource, type Box } from './drawing.tsx';
import type { EntropyFigure, EntropyOptions } from './entropy.tsx';
import { channelName } from './imageWords.ts';
import { matrixPixels } from './pixels.ts';
import { magnitudeRamp, signedRamp, type Ramp } from './ramps.ts';
import { formatValue, wrapText } from './text.ts';
import { textSize } from './theme.ts';

const GAP = 20;
/** Below a title, and between two of its lines. */
const BELOW_TITLE = 7;
const LINE = 13;
const LARGEST = 300;

interface Quantity {
  readonly title: string;
  readonly value: (variable: number) => number;
  readonly ramp: Ramp;
  /** Place on the ramp, 0 … 1. */
  readonly position: (value: number) => number;
}

/** One image: of a channel, or (null) of pixels as a whole. */
interface Panel extends Quantity {
  readonly channel: number | null;
}

/** @param o.of what the numbers are of: means of many rows, or one row */
export function entropyImages(
  { frame, width, theme, of = 'mean' }: EntropyOptions & { readonly of?: 'mean' | 'row' },
  image: ImageSize,
): EntropyFigure {
  const { surprise, entropy, real } = frame;
  const ofRow = of === 'row';
  const [rows, columns] = image;
  const channels = channelsOf(image);
  const pixels = rows * columns;
  // What a pixel costs is the sum of what its colours cost.
  const ofPixel = (value: (variable: number) => number) => (pixel: number) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += value(pixel * channels + c);
    return sum;
  };
  const gap = (d: number) => surprise[d]! - (entropy?.[d] ?? NaN);
  const shownOf = (value: (variable: number) => number) =>
    Array.from({ length: pixels }, (_, pixel) => ofPixel(value)(pixel));
  const parts = [...surprise, ...(entropy ?? [])];
  const sums = channels === 1 ? [] : [...shownOf((d) => surprise[d]!), ...(entropy ? shownOf((d) => entropy[d]!) : [])];
  const [least = 0, most = 1] = extent([...parts, ...sums].filter(Number.isFinite));
  const low = real ? least : 0;
  const span = most - low || 1;
  const gaps = entropy ? [...surprise.map((_, d) => gap(d)), ...(channels === 1 ? [] : shownOf(gap))] : [];
  const furthest = gaps.reduce((far, own) => Math.max(far, Math.abs(own) || 0), 0) || 1;
  const size = { ramp: magnitudeRamp(), position: (value: number) => (value - low) / span };
  // A probability is not broken over two lines.
  const quantities: Quantity[] = [
    { title: `${ofRow ? '' : 'mean '}−log\u00a0p(x_d\u00a0|\u00a0before)`, value: (d) => surprise[d]!, ...size },
    ...(entropy
      ? [
          {
            title: `${ofRow ? 'expected: ' : 'mean '}entropy of p(·\u00a0|\u00a0before)`,
            value: (d: number) => entropy[d]!,
            ...size,
          },
          {
            title: `difference: ${ofRow ? 'surprised, or less than expected' : 'over- or underconfident'}`,
            value: gap,
            ramp: signedRamp(theme.kind),
            position: (value: number) => 0.5 + value / (2 * furthest),
          },
        ]
      : []),
  ];
  const panels = quantities.flatMap((quantity): Panel[] =>
    channels === 1
      ? [{ ...quantity, channel: 0 }]
      : [
          { ...quantity, channel: null },
          ...Array.from({ length: channels }, (_, channel) => ({
            ...quantity,
            channel,
            title: channelName(channel, channels),
          })),
        ],
  );
  // A line for each quantity, where they are of several colours.
  const across =
    channels > 1 ? channels + 1 : Math.max(1, Math.min(panels.length, Math.floor((width + GAP) / (150 + GAP))));
  const room = Math.min(LARGEST, (width - (across - 1) * GAP) / across);
  // Whole pixels of the screen, so that every pixel of the image is equally large.
  const cell = Math.max(1, Math.floor(room / Math.max(rows, columns)));
  const [wide, tall] = [columns * cell, rows * cell];
  const titles = panels.map(({ title }) => wrapText(title, textSize.label, Math.max(wide, room)));
  const top = BELOW_TITLE + LINE * Math.max(...titles.map((lines) => lines.length));
  const step = { x: Math.max(wide, room) + GAP, y: tall + top + GAP };
  const boxes = panels.map((_, i): Box => ({
    x: (i % across) * step.x,
    y: Math.floor(i / across) * step.y + top,
    width: wide,
    height: tall,
  }));
  const rasters = panels.map(({ value, channel, ramp, position }, i) => {
    const at = channel === null ? ofPixel(value) : (pixel: number) => value(pixel * channels + channel);
    const drawn = matrixPixels({ rows, columns, ramp, position: (r, c) => position(at(r * columns + c)) });
    return { ...boxes[i]!, pixels: drawn, source: wholeSource(drawn), hatched: false };
  });
  return {
    drawing: {
      width,
      height: Math.ceil(panels.length / across) * step.y - GAP + 2,
      rasters,
      marks: (
        <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
          {titles.map((lines, i) => (
            <>
              {lines.map((line, n) => (
                <text x={boxes[i]!.x} y={boxes[i]!.y - BELOW_TITLE - LINE * (lines.length - 1 - n)}>
                  {line}
                </text>
              ))}
              <rect {...boxes[i]!} fill="none" stroke={theme.rule} />
            </>
          ))}
        </g>
      ),
    },
    legend: [
      { mark: 'ramp', label: 'nats', ramp: magnitudeRamp(), low: formatValue(low, 2), high: formatValue(most, 2) },
      ...(entropy
        ? [
            {
              mark: 'ramp' as const,
              label: 'difference, nats',
              ramp: signedRamp(theme.kind),
              low: `${formatValue(-furthest, 2)} ${ofRow ? 'less than expected' : 'underconfident'}`,
              high: `${formatValue(furthest, 2)} ${ofRow ? 'surprised' : 'overconfident'}`,
            },
          ]
        : []),
    ],
    variableAt: (x, y) => {
      const panel = boxes.findIndex((own) => x >= own.x && x < own.x + wide && y >= own.y && y < own.y + tall);
      const box = boxes[panel];
      if (!box) return null;
      const [row, column] = [Math.floor((y - box.y) / cell), Math.floor((x - box.x) / cell)];
      return variableIn(image, { row, column, channel: panels[panel]!.channel ?? 0 });
    },
    boxesOf: (d) => {
      const { row, column, channel } = placeIn(image, d);
      return boxes.flatMap(({ x, y }, panel) => {
        const own = panels[panel]!.channel;
        if (own !== null && own !== channel) return [];
        return [{ x: x + column * cell, y: y + row * cell, width: cell, height: cell }];
      });
    },
    moved: (from, right, down) => {
      const { row, column, channel } = placeIn(image, from ?? 0);
      const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, value));
      // Beyond the edge of one colour the next one begins.
      const along = clamp(channel * columns + column + right, channels * columns);
      return variableIn(image, {
        row: clamp(row + down, rows),
        column: along % columns,
        channel: Math.floor(along / columns),
      });
    },
  };
}
