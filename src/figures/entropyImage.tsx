/** Conditional entropies of pixels where they are: surprise, entropy, and the difference of the two. */
import { extent } from 'd3';
import { wholeSource, type Box } from './drawing.tsx';
import type { EntropyFigure, EntropyOptions } from './entropy.tsx';
import { matrixPixels } from './pixels.ts';
import { magnitudeRamp, signedRamp, type Ramp } from './ramps.ts';
import { formatValue, wrapText } from './text.ts';
import { textSize } from './theme.ts';

const GAP = 20;
/** Below a title, and between two of its lines. */
const BELOW_TITLE = 7;
const LINE = 13;
const LARGEST = 300;

interface Panel {
  readonly title: string;
  readonly value: (variable: number) => number;
  readonly ramp: Ramp;
  /** Place on the ramp, 0 … 1. */
  readonly position: (value: number) => number;
}

export function entropyImages(
  { frame, width, theme }: EntropyOptions,
  [rows, columns]: readonly [number, number],
): EntropyFigure {
  const { surprise, entropy, real } = frame;
  const [least = 0, most = 1] = extent([...surprise, ...(entropy ?? [])].filter(Number.isFinite));
  const low = real ? least : 0;
  const span = most - low || 1;
  const gap = (d: number) => surprise[d]! - (entropy?.[d] ?? NaN);
  const furthest = entropy ? surprise.reduce((far, _, d) => Math.max(far, Math.abs(gap(d)) || 0), 0) || 1 : 1;
  const size = { ramp: magnitudeRamp(), position: (value: number) => (value - low) / span };
  // A probability is not broken over two lines.
  const panels: Panel[] = [
    { title: 'mean −log\u00a0p(x_d\u00a0|\u00a0before)', value: (d) => surprise[d]!, ...size },
    ...(entropy
      ? [
          { title: 'mean entropy of p(·\u00a0|\u00a0before)', value: (d: number) => entropy[d]!, ...size },
          {
            title: 'difference: over- or underconfident',
            value: gap,
            ramp: signedRamp(theme.kind),
            position: (value: number) => 0.5 + value / (2 * furthest),
          },
        ]
      : []),
  ];
  const across = Math.max(1, Math.min(panels.length, Math.floor((width + GAP) / (150 + GAP))));
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
  const rasters = panels.map(({ value, ramp, position }, i) => {
    const pixels = matrixPixels({ rows, columns, ramp, position: (r, c) => position(value(r * columns + c)) });
    return { ...boxes[i]!, pixels, source: wholeSource(pixels), hatched: false };
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
              low: `${formatValue(-furthest, 2)} underconfident`,
              high: `${formatValue(furthest, 2)} overconfident`,
            },
          ]
        : []),
    ],
    variableAt: (x, y) => {
      const box = boxes.find((own) => x >= own.x && x < own.x + wide && y >= own.y && y < own.y + tall);
      return box ? Math.floor((y - box.y) / cell) * columns + Math.floor((x - box.x) / cell) : null;
    },
    boxesOf: (d) =>
      boxes.map(({ x, y }) => ({
        x: x + (d % columns) * cell,
        y: y + Math.floor(d / columns) * cell,
        width: cell,
        height: cell,
      })),
    moved: (from, right, down) => {
      const at = from ?? 0;
      const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, value));
      return clamp(Math.floor(at / columns) + down, rows) * columns + clamp((at % columns) + right, columns);
    },
  };
}
