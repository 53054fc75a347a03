/** The scaling spectrum: σ_d = 1/S_dd sorted, beside its start and principal components, and as an image of the variables. */
import { extent, scaleLinear, scaleLog } from 'd3';
import type { VNode } from 'preact';
import type { SpectrumFrame } from '../inspection/frames/spectrum.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { degreeColour, runStyle } from './colours.ts';
import { BoxOutline } from './boxOutline.tsx';
import type { Box, Drawing, RasterMark } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { spectrumImages, type SpectrumImages } from './spectrumImage.tsx';
import { componentsLabel, sortedSpectrum, type Sorted } from './spectrumWords.ts';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface SpectrumOptions {
  readonly frame: SpectrumFrame;
  readonly logY: boolean;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

export interface SpectrumFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  readonly sorted: Sorted;
  readonly plot: Box;
  /** Whether a logarithmic axis may be drawn: every σ is above 0. */
  readonly logLegal: boolean;
  /** The rank drawn at a point, px, counted from 0. */
  readonly rankAt: (x: number, y: number) => number | null;
  /** Everywhere that a rank is drawn. */
  readonly boxesOf: (rank: number) => readonly Box[];
}

const MARGIN = { left: 58, right: 14, top: 12, bottom: 40 };
/** Ranks at least so far apart have marks of their own, px. */
const MARK_ROOM = 7;
/** A spectrum beside an image is at least so wide. */
const NARROWEST = 360;
const GAP = 26;

export function spectrumFigure(o: SpectrumOptions): SpectrumFigure {
  const { frame, theme, width } = o;
  const sorted = sortedSpectrum(frame);
  const beside = frame.image && width >= NARROWEST + GAP + 180;
  const imageWidth = beside
    ? Math.min(width - NARROWEST - GAP, Math.max(180, Math.round(width * 0.36)))
    : width - MARGIN.left;
  const images =
    frame.image && spectrumImages({ frame, image: frame.image, width: imageWidth, height: o.height, theme });
  const plot: Box = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: Math.max(40, (beside ? width - imageWidth - GAP : width) - MARGIN.left - MARGIN.right),
    height: Math.max(40, o.height - MARGIN.top - MARGIN.bottom),
  };
  const at = beside ? { x: width - imageWidth, y: MARGIN.top - 2 } : { x: MARGIN.left, y: o.height + 12 };
  const lines = linesOf(frame, sorted);
  const logLegal = frame.sigma.every((own) => own > 0);
  const y = yScale(lines, o.logY && logLegal, plot);
  const { dimension } = frame;
  const band = plot.width / dimension;
  const xOf = (rank: number) => plot.x + (rank + 0.5) * band;
  const x: NumericScale = scaleLinear([0.5, dimension + 0.5], [plot.x, plot.x + plot.width]);
  const places: Places = { frame, sorted, lines, plot, band, xOf, y, theme };
  const drawn: Drawing = {
    width,
    height: images && !beside ? at.y + images.height : Math.max(o.height, images ? at.y + images.height : 0),
    rasters: images ? images.rasters.map((mark): RasterMark => ({ ...mark, x: mark.x + at.x, y: mark.y + at.y })) : [],
    marks: (
      <>
        <Axis
          scale={y}
          side="left"
          at={plot.x}
          label="σ = 1/S"
          theme={theme}
          ticks={Math.max(3, Math.round(plot.height / 48))}
          grid={plot.width}
        />
        <Axis
          scale={x}
          side="bottom"
          at={plot.y + plot.height}
          label={dimension === 1 ? 'the only one' : 'rank: the largest σ first'}
          theme={theme}
          ticks={Math.min(dimension, Math.max(2, Math.round(plot.width / 70)))}
        />
        <Lines {...places} />
        {images && <g transform={`translate(${at.x},${at.y})`}>{images.marks}</g>}
      </>
    ),
  };
  return {
    drawing: drawn,
    legend: legendOf(places, images),
    sorted,
    plot,
    logLegal,
    rankAt(px, py) {
      const place = images?.variableAt(px - at.x, py - at.y) ?? null;
      if (place !== null) return rankOfVariable(frame, sorted, place);
      if (py < plot.y - 4 || py > plot.y + plot.height + 8 || px < plot.x || px >= plot.x + plot.width) return null;
      return Math.min(dimension - 1, Math.floor((px - plot.x) / band));
    },
    boxesOf(rank) {
      const variable = frame.variables[sorted.places[rank]!]!;
      const own = images?.boxOf(variable);
      const wide = Math.max(2, Math.min(band, 12));
      return [
        { x: xOf(rank) - wide / 2, y: plot.y, width: wide, height: plot.height },
        ...(own ? [{ ...own, x: own.x + at.x, y: own.y + at.y }] : []),
      ];
    },
  };
}

/** The rank at which a variable of the data stands. */
export function rankOfVariable({ variables }: SpectrumFrame, { ranks }: Sorted, variable: number): number | null {
  const place = variables.indexOf(variable);
  return place === -1 ? null : ranks[place]!;
}

interface LinesOf {
  /** By rank. */
  readonly sigma: Float64Array;
  readonly initial: Float64Array;
  readonly components: Float64Array | null;
}

/** The start is sorted by itself: what a spectrum was, not what became of each place. */
function linesOf({ sigma, initial, components, baseDeviation }: SpectrumFrame, { places }: Sorted): LinesOf {
  return {
    sigma: Float64Array.from(places, (place) => sigma[place]!),
    initial: Float64Array.from(initial).sort().reverse(),
    components: components && components.map((own) => own / baseDeviation),
  };
}

/** Components smaller than this share of all σ are numerically nothing and would stretch a logarithmic axis. */
const LEAST_SHOWN = 1e-2;

function yScale({ sigma, initial, components }: LinesOf, log: boolean, plot: Box): NumericScale {
  const range: [number, number] = [plot.y + plot.height, plot.y];
  const finite = [...sigma, ...initial].filter((own) => Number.isFinite(own));
  const [low = 0, high = 1] = extent([...finite, ...(components ?? []).slice(0, 1)]);
  if (!log) return scaleLinear([0, high * 1.06 || 1], range);
  const least = extent(finite.filter((own) => own > 0))[0] ?? low;
  const small = [...(components ?? [])].filter((own) => own >= least * LEAST_SHOWN);
  const bottom = Math.min(least, ...small);
  const pad = (high / bottom) ** 0.05 * 1.08;
  return scaleLog([bottom / pad, high * pad], range);
}

interface Places {
  readonly frame: SpectrumFrame;
  readonly sorted: Sorted;
  readonly lines: LinesOf;
  readonly plot: Box;
  readonly band: number;
  readonly xOf: (rank: number) => number;
  readonly y: NumericScale;
  readonly theme: Theme;
}

const hasMarks = ({ band }: Pick<Places, 'band'>) => band >= MARK_ROOM;

function Lines(o: Places): VNode {
  const { frame, sorted, lines, plot, xOf, y, theme } = o;
  const { dimension, variables } = frame;
  const own = runStyle(theme.kind, 0).colour;
  const other = runStyle(theme.kind, 1);
  const inside = (value: number) =>
    Number.isFinite(value) && y(value) >= plot.y - 1 && y(value) <= plot.y + plot.height + 1;
  const path = (values: Float64Array) => {
    // One variable would be a point: its line crosses its band.
    if (dimension === 1)
      return inside(values[0]!) ? `M${plot.x} ${y(values[0]!).toFixed(1)}H${plot.x + plot.width}` : '';
    let text = '';
    let pen = false;
    for (const [rank, value] of values.entries()) {
      if (inside(value)) text += `${pen ? 'L' : 'M'}${xOf(rank).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = inside(value);
    }
    return text;
  };
  return (
    <g fill="none" stroke-linejoin="round">
      <g>
        <path d={path(lines.initial)} stroke={theme.muted} stroke-width={1.25} stroke-dasharray="3 3" class="initial" />
        {lines.components && (
          <path
            d={path(lines.components)}
            stroke={other.colour}
            stroke-width={1.75}
            stroke-dasharray={other.dash}
            class="components"
          />
        )}
        <path d={path(lines.sigma)} stroke={own} stroke-width={2.25} class="sigma" />
      </g>
      {hasMarks(o) &&
        Array.from(lines.sigma, (value, rank) =>
          inside(value) ? (
            <circle
              cx={xOf(rank)}
              cy={y(value)}
              r={o.band >= 14 ? 4.5 : 3}
              fill={degreeColour(theme.kind, variables[sorted.places[rank]!]! + 1, dimension)}
              stroke={theme.background}
              stroke-width={1}
            />
          ) : null,
        )}
      <RunOff {...o} />
    </g>
  );
}

/** At the edge that they ran to, every σ that is 0, infinite or no number. */
function RunOff({ lines, xOf, plot, theme }: Places): VNode {
  return (
    <g fill={theme.error} stroke={theme.foreground} stroke-width={1.5} class="violations">
      {Array.from(lines.sigma, (value, rank) =>
        Number.isFinite(value) && value > 0 ? null : (
          <rect x={xOf(rank) - 4} y={value > 1 ? plot.y : plot.y + plot.height - 8} width={8} height={8} />
        ),
      )}
    </g>
  );
}

function legendOf(o: Places, images: SpectrumImages | null): LegendItem[] {
  const { frame, lines, theme } = o;
  const other = runStyle(theme.kind, 1);
  const start = frame.initial.every((own) => own === frame.initial[0]) ? `: ${formatValue(frame.initial[0]!)}` : '';
  return [
    { mark: 'line', label: 'σ = 1/S, sorted', colour: runStyle(theme.kind, 0).colour, width: 2.25 },
    ...(hasMarks(o)
      ? [
          {
            mark: 'dot' as const,
            label: 'its variable, coloured by its place in the row',
            colour: degreeColour(theme.kind, Math.ceil(frame.dimension / 2), frame.dimension),
          },
        ]
      : []),
    { mark: 'line', label: `before training${start}`, colour: theme.muted, width: 1.25, dash: '3 3' },
    ...(frame.components
      ? [{ mark: 'line' as const, label: componentsLabel(frame), colour: other.colour, width: 1.75, dash: other.dash }]
      : []),
    ...(lines.sigma.every((own) => Number.isFinite(own) && own > 0)
      ? []
      : [{ mark: 'violation' as const, label: 'ran off to 0 or ∞' }]),
    ...(images?.legend ?? []),
  ];
}

/** Outlines of a rank wherever it is drawn, and what stands there. */
export function SpectrumMark({
  figure,
  rank,
  label,
  theme,
  pinned = false,
}: {
  readonly figure: SpectrumFigure;
  readonly rank: number;
  readonly label: string;
  readonly theme: Theme;
  readonly pinned?: boolean;
}): VNode {
  const [line, ...boxes] = figure.boxesOf(rank);
  const x = line!.x + line!.width / 2;
  const right = x < figure.plot.x + figure.plot.width / 2;
  return (
    <g pointer-events="none">
      <line
        x1={x}
        x2={x}
        y1={line!.y}
        y2={line!.y + line!.height}
        stroke={theme.accent}
        stroke-width={pinned ? 2 : 1}
      />
      <text
        x={right ? x + 5 : x - 5}
        y={line!.y + 11}
        text-anchor={right ? 'start' : 'end'}
        font-size={textSize.label}
        fill={theme.foreground}
        class="halo"
      >
        {label}
      </text>
      {boxes.map((box) => (
        <>
          <BoxOutline box={box} away={1.5} colour={theme.background} width={4} />
          <BoxOutline box={box} away={1.5} colour={theme.accent} />
        </>
      ))}
    </g>
  );
}
