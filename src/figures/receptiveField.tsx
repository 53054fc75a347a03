/** How far an output's pixel sees: where each layer reaches, as nested outlines over the image, and the share of the past. */
import { scaleLinear } from 'd3';
import type { VNode } from 'preact';
import { channelsOf, placeIn } from '../spec/imageShape.ts';
import { Axis } from './axis.tsx';
import { runStyle } from './colours.ts';
import { wholeSource, type Box, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { matrixPixels } from './pixels.ts';
import { growthFacts, seenBehind, type GrowthFrame } from './receptiveFieldWords.ts';
import { magnitudeRamp, rampColour, rgbText, silentRgb } from './ramps.ts';
import { regionPath } from './regionPath.ts';
import { percent } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface ReceptiveFieldOptions {
  readonly frame: GrowthFrame;
  /** The layer that is looked at, from 0; null for all. */
  readonly layer: number | null;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

export interface ReceptiveFieldFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** The layer at a point: in the image the first that sees the pixel, in the chart the one above. */
  readonly layerAt: (x: number, y: number) => number | null;
  /** The pixel at a point, as the first of its variables. */
  readonly inputAt: (x: number, y: number) => number | null;
}

const GAP = 30;
const CHART = { left: 56, right: 14, top: 14, bottom: 44 };
const NARROWEST = 260;
const LARGEST = 420;

export function receptiveField(o: ReceptiveFieldOptions): ReceptiveFieldFigure {
  const { frame, width, theme } = o;
  const image = frame.image!;
  const [rows, columns] = image;
  const channels = channelsOf(image);
  const beside = width >= 2 * NARROWEST + GAP;
  const room = Math.min(LARGEST, beside ? width - NARROWEST - GAP : width - 4, o.height - 4);
  const fitting = room / Math.max(rows, columns);
  const cell = fitting >= 1 ? Math.floor(fitting) : fitting;
  const map: Box = { x: 2, y: 2, width: columns * cell, height: rows * cell };
  const chartBox: Box = beside
    ? {
        x: map.x + map.width + GAP,
        y: 0,
        width: Math.min(460, width - map.width - GAP - 4),
        height: Math.max(200, Math.min(320, map.height + 4)),
      }
    : { x: 0, y: map.height + GAP, width: Math.min(width, 460), height: 230 };
  const { names } = frame.growth;
  const stages = names.length;
  const firstOf = (pixel: number) => {
    let first = -1;
    for (let c = 0; c < channels; c++) {
      const own = frame.growth.first[pixel * channels + c]!;
      if (own >= 0 && (first < 0 || own < first)) first = own;
    }
    return first;
  };
  const shade = (layer: number) => (stages === 1 ? 0.75 : 0.12 + (0.83 * layer) / (stages - 1));
  const { output } = frame;
  const pixel = Math.floor(output / channels);
  // In colour, a pixel is blind where all that could be heard of it never is.
  const each = (at: number, holds: (d: number) => boolean) =>
    Array.from({ length: channels }, (_, c) => at * channels + c).every(holds);
  const before = (at: number) => frame.order[at * channels]! < frame.order[output]!;
  const pixels = matrixPixels({
    rows,
    columns,
    ramp: magnitudeRamp(),
    silent: {
      colour: silentRgb(theme.kind),
      at: (r, c) => {
        const at = r * columns + c;
        const first = firstOf(at);
        // Behind the layer that is looked at, what comes later is as far away as what never will.
        if (o.layer !== null && first > o.layer) return true;
        return first < 0 && at < pixel && !each(at, (d) => frame.blind[d] === 1);
      },
    },
    position: (r, c) => {
      const first = firstOf(r * columns + c);
      return first < 0 ? NaN : shade(first);
    },
  });
  const chart = growthChart(frame, chartBox, o.layer, theme);
  const own = placeIn(image, output);
  return {
    drawing: {
      width: beside ? chartBox.x + chartBox.width : Math.max(map.width + 4, chartBox.width),
      height: beside ? Math.max(map.height + 4, chartBox.height) : chartBox.y + chartBox.height,
      rasters: [{ ...map, pixels, source: wholeSource(pixels), hatched: true }],
      marks: (
        <g font-family={theme.font} font-size={textSize.label} class="receptive-field">
          <rect {...map} fill="none" stroke={theme.rule} />
          {names.map((_, layer) => {
            const d = regionPath({
              ...{ rows, columns, cell, x: map.x, y: map.y },
              inside: (r, c) => seenBehind(firstOf(r * columns + c), layer),
            });
            const chosen = o.layer === layer;
            const faded = o.layer !== null && !chosen;
            return (
              <g fill="none" stroke-linecap="square">
                <path d={d} stroke={theme.background} stroke-width={chosen ? 4 : 2.5} opacity={faded ? 0.3 : 1} />
                <path
                  d={d}
                  stroke={chosen ? theme.accent : theme.foreground}
                  stroke-width={chosen ? 2 : 1}
                  opacity={faded ? 0.35 : 1}
                />
              </g>
            );
          })}
          <OwnPixel
            box={{ x: map.x + own.column * cell, y: map.y + own.row * cell, width: cell, height: cell }}
            theme={theme}
          />
          {chart.marks}
        </g>
      ),
    },
    legend: [
      {
        mark: 'ramp',
        label: 'first seen behind',
        ramp: magnitudeRamp(),
        low: names[0]!,
        high: names.at(-1)!,
      },
      {
        mark: 'hatch',
        label: growthFacts(frame).blind > 0 ? 'never seen: not before it, or its blind spot' : 'not before it',
      },
      ...(Array.from({ length: pixel }, (_, at) => at).some(
        (at) => before(at) && firstOf(at) < 0 && !each(at, (d) => frame.blind[d] === 1),
      )
        ? [{ mark: 'patch' as const, label: 'too far for so few layers', colour: rgbText(silentRgb(theme.kind)) }]
        : []),
      { mark: 'dot', label: 'the output itself', colour: theme.accent, hollow: true },
      { mark: 'line', label: 'share of its past with a path', colour: runStyle(theme.kind, 0).colour, width: 2 },
      { mark: 'line', label: 'most that any number of layers gives', colour: theme.muted, width: 1.5, dash: '5 3' },
      { mark: 'cross', label: 'felt on the rows measured', colour: runStyle(theme.kind, 1).colour },
    ],
    layerAt: (x, y) => chart.layerAt(x, y) ?? layerOf(pixelAt(x, y)),
    inputAt: (x, y) => {
      const at = pixelAt(x, y);
      return at === null ? null : at * channels;
    },
  };

  function pixelAt(x: number, y: number): number | null {
    const [column, row] = [Math.floor((x - map.x) / cell), Math.floor((y - map.y) / cell)];
    if (column < 0 || column >= columns || row < 0 || row >= rows) return null;
    return row * columns + column;
  }

  function layerOf(at: number | null): number | null {
    const first = at === null ? -1 : firstOf(at);
    return first < 0 ? null : first;
  }
}

function OwnPixel({ box, theme }: { readonly box: Box; readonly theme: Theme }): VNode {
  const around = { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2, fill: 'none' };
  return (
    <>
      <rect {...around} stroke={theme.background} stroke-width={4} />
      <rect {...around} stroke={theme.accent} stroke-width={2} />
    </>
  );
}

function growthChart(frame: GrowthFrame, box: Box, chosen: number | null, theme: Theme) {
  const { before, seen, blind, felt } = growthFacts(frame);
  const stages = seen.length;
  const plot: Box = {
    x: box.x + CHART.left,
    y: box.y + CHART.top,
    width: box.width - CHART.left - CHART.right,
    height: box.height - CHART.top - CHART.bottom,
  };
  const step = plot.width / stages;
  const at = (layer: number) => plot.x + (layer + 0.5) * step;
  const share = (count: number) => (before === 0 ? 0 : count / before);
  const y = scaleLinear([0, 100], [plot.y + plot.height, plot.y]);
  const level = (count: number) => y(100 * share(count));
  const colour = runStyle(theme.kind, 0).colour;
  const line = seen.map((count, layer) => `${layer === 0 ? 'M' : 'L'}${at(layer)},${level(count)}`).join('');
  const every = Math.max(1, Math.ceil(22 / step));
  return {
    marks: (
      <>
        <Axis scale={y} side="left" at={plot.x} label="% of its past" theme={theme} ticks={5} grid={plot.width} />
        {before > 0 && (
          <line
            x1={plot.x}
            x2={plot.x + plot.width}
            y1={level(before - blind)}
            y2={level(before - blind)}
            stroke={theme.muted}
            stroke-width={1.5}
            stroke-dasharray="5 3"
          />
        )}
        {chosen !== null && (
          <line x1={at(chosen)} x2={at(chosen)} y1={plot.y} y2={plot.y + plot.height} stroke={theme.accent} />
        )}
        <path d={line} fill="none" stroke={colour} stroke-width={2} />
        {seen.map((count, layer) => (
          <circle
            cx={at(layer)}
            cy={level(count)}
            r={layer === chosen ? 5 : 3.5}
            fill={rampColour(magnitudeRamp(), stages === 1 ? 0.75 : 0.12 + (0.83 * layer) / (stages - 1))}
            stroke={layer === chosen ? theme.accent : colour}
            stroke-width={1.5}
          />
        ))}
        {before > 0 && (
          <path
            d={`M${at(stages - 1) - 5},${level(felt)}h10M${at(stages - 1)},${level(felt) - 5}v10`}
            stroke={runStyle(theme.kind, 1).colour}
            stroke-width={2}
          />
        )}
        {seen.map((_, layer) =>
          layer % every === 0 ? (
            <text x={at(layer)} y={plot.y + plot.height + 15} text-anchor="middle" fill={theme.muted}>
              {layer === 0 ? 'first' : layer}
            </text>
          ) : null,
        )}
        <text x={plot.x + plot.width / 2} y={plot.y + plot.height + 34} text-anchor="middle" fill={theme.muted}>
          layers
        </text>
        {before > 0 && (
          <text
            x={Math.min(at(stages - 1), plot.x + plot.width - 4)}
            y={Math.max(plot.y + 10, level(seen.at(-1)!) - 9)}
            text-anchor="end"
            fill={theme.foreground}
          >
            {percent(seen.at(-1)!, before)}
          </text>
        )}
      </>
    ),
    layerAt: (px: number, py: number): number | null => {
      if (px < plot.x || px >= plot.x + plot.width || py < box.y || py >= box.y + box.height) return null;
      return Math.min(stages - 1, Math.floor((px - plot.x) / step));
    },
  };
}
