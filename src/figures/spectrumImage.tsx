/** σ of every pixel where it is, on a logarithmic ramp: one image for each channel. */
import { extent } from 'd3';
import type { VNode } from 'preact';
import type { SpectrumFrame } from '../inspection/frames/spectrum.ts';
import type { ImageSize } from '../spec/imageShape.ts';
import { channelLetter } from './imageWords.ts';
import { wholeSource, type Box, type RasterMark } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { logScale, matrixPixels } from './pixels.ts';
import { magnitudeRamp } from './ramps.ts';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface SpectrumImages {
  readonly height: number;
  readonly rasters: readonly RasterMark[];
  readonly marks: VNode;
  readonly legend: readonly LegendItem[];
  readonly variableAt: (x: number, y: number) => number | null;
  readonly boxOf: (variable: number) => Box;
}

const TITLE = 18;
const GAP = 14;
const LARGEST = 300;

/**
 * Ratio of the ends at least: beyond that the ramp is as wide as the values lie apart, so that what has begun to separate
 * is in sight; the legend says how little it may be.
 */
const LEAST_RATIO = 1.02;

function rampEnds(values: Float64Array): readonly [number, number] {
  const [low = 1, high = 1] = extent([...values].filter((own) => own > 0 && Number.isFinite(own)));
  const short = Math.sqrt(LEAST_RATIO / (high / low));
  return short > 1 ? [low / short, high * short] : [low, high];
}

/** @returns null where the variables are no pixels of such an image. */
export function spectrumImages(o: {
  readonly frame: SpectrumFrame;
  readonly image: ImageSize;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}): SpectrumImages | null {
  const { frame, width, theme } = o;
  const [rows, columns] = o.image;
  const channels = frame.dimension / (rows * columns);
  if (!Number.isInteger(channels) || frame.variables.length === 0) return null;
  const ofVariable = new Float64Array(frame.dimension);
  for (const [place, variable] of frame.variables.entries()) ofVariable[variable] = frame.sigma[place]!;
  const [low, high] = rampEnds(ofVariable);
  const position = logScale(low, high);
  const across = Math.min(channels, Math.max(1, Math.floor((width + GAP) / (90 + GAP))));
  const room = Math.min(LARGEST, (width - (across - 1) * GAP) / across, Math.max(60, o.height - TITLE - 40));
  const cell = Math.max(1, Math.floor(room / Math.max(rows, columns)));
  const step = { x: columns * cell + GAP, y: rows * cell + GAP };
  const boxes = Array.from({ length: channels }, (_, c): Box => ({
    x: (c % across) * step.x,
    y: TITLE + Math.floor(c / across) * step.y,
    width: columns * cell,
    height: rows * cell,
  }));
  const rasters = boxes.map((box, channel): RasterMark => {
    const pixels = matrixPixels({
      rows,
      columns,
      ramp: magnitudeRamp(),
      position: (r, c) => position(ofVariable[(r * columns + c) * channels + channel]!),
    });
    return { ...box, pixels, source: wholeSource(pixels), hatched: false };
  });
  return {
    height: TITLE + Math.ceil(channels / across) * step.y - GAP + 2,
    rasters,
    legend: [
      {
        mark: 'ramp',
        label: 'σ of a pixel',
        ramp: magnitudeRamp(),
        low: formatValue(low),
        high: formatValue(high),
      },
    ],
    marks: (
      <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
        <text x={0} y={TITLE - 7}>
          {channels === 1
            ? 'σ of every pixel'
            : `σ of every pixel, ${Array.from({ length: channels }, (_, c) => channelLetter(c, channels)).join(', ')}`}
        </text>
        {boxes.map((box) => (
          <rect {...box} fill="none" stroke={theme.rule} />
        ))}
      </g>
    ),
    variableAt: (x, y) => {
      const channel = boxes.findIndex(
        (box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
      );
      if (channel === -1) return null;
      const { x: left, y: top } = boxes[channel]!;
      return (Math.floor((y - top) / cell) * columns + Math.floor((x - left) / cell)) * channels + channel;
    },
    boxOf: (variable) => {
      const box = boxes[variable % channels]!;
      const pixel = Math.floor(variable / channels);
      return {
        x: box.x + (pixel % columns) * cell,
        y: box.y + Math.floor(pixel / columns) * cell,
        width: cell,
        height: cell,
      };
    },
  };
}
