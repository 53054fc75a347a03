/** Conditional entropies along an axis of variables: bars where there is room for them, lines where there is not. */
import { extent, scaleLinear } from 'd3';
import type { VNode } from 'preact';
import type { EntropyFrame } from '../inspection/entropyFrame.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { degreeColour, runStyle, variableRgb } from './colours.ts';
import { wholeSource, type Box, type RasterMark } from './drawing.tsx';
import type { EntropyFigure, EntropyOptions } from './entropy.tsx';
import { type EntropyTerms, entropyTerms } from './entropyCharacters.ts';
import { miscalibrated, SURE } from './entropyWords.ts';
import type { LegendItem } from './legend.tsx';
import { textSize, type Theme } from './theme.ts';

const MARGIN = { left: 52, right: 12, top: 16, bottom: 46 };
/** Height of the strip of the variables' colours under the axis. */
const STRIP = 6;
/** Bars at least so wide, px; narrower ones become lines. */
const NARROWEST_BAR = 5;
/** Names of variables at least so far apart, px. */
const NAME_ROOM = 34;
/** Signs of miscalibration that can still be told apart. */
const MOST_SIGNS = 80;

export function entropyPlot(
  { frame, arrangement, width, height, theme }: EntropyOptions,
  terms: EntropyTerms = entropyTerms(frame),
): EntropyFigure {
  const { dimension, order } = frame;
  const sorted = arrangement === 'sorted';
  const variables = arranged(frame, sorted);
  const placeOf = new Int32Array(dimension);
  for (const [place, d] of variables.entries()) placeOf[d] = place;
  const plot: Box = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: Math.max(40, width - MARGIN.left - MARGIN.right),
    height: Math.max(40, height - MARGIN.top - MARGIN.bottom),
  };
  const band = plot.width / dimension;
  const y = scaleLinear(rangeOf(frame), [plot.y + plot.height, plot.y]);
  const places: Places = { frame, variables, plot, band, y, theme };
  const base = plot.y + plot.height;
  const bars = band >= NARROWEST_BAR;
  const place: NumericScale = scaleLinear([0.5, dimension + 0.5], [plot.x, plot.x + plot.width]);
  const pixels = {
    width: dimension,
    height: 1,
    data: Uint8ClampedArray.from(
      Array.from(variables, (d) => [...variableRgb(theme.kind, share(order[d]!, dimension)), 255]).flat(),
    ),
  };
  const strip: RasterMark = {
    x: plot.x,
    y: base,
    width: plot.width,
    height: STRIP,
    pixels,
    source: wholeSource(pixels),
    hatched: false,
  };
  const marks = (
    <>
      <Axis
        scale={y}
        side="left"
        at={plot.x}
        label={frame.real ? 'nats (density)' : 'nats'}
        theme={theme}
        ticks={Math.max(3, Math.round(plot.height / 48))}
        grid={plot.width}
        labelOffset={40}
      />
      {bars ? <Bars {...places} /> : <Lines {...places} />}
      <Infinities {...places} />
      <Signs {...places} />
      {band >= NAME_ROOM ? (
        <g font-family={theme.font} font-size={textSize.small} fill={theme.muted} text-anchor="middle">
          {Array.from(variables, (d, i) => (
            <text x={plot.x + (i + 0.5) * band} y={base + STRIP + 14}>
              {terms.name(d)}
            </text>
          ))}
          <text x={plot.x + plot.width} y={base + STRIP + 31} text-anchor="end" font-size={textSize.label}>
            {sorted ? terms.sortedNames : terms.names}
          </text>
        </g>
      ) : (
        <Axis
          scale={place}
          side="bottom"
          at={base + STRIP}
          label={sorted ? terms.ranks : terms.positions}
          theme={theme}
          ticks={Math.max(2, Math.round(plot.width / 90))}
        />
      )}
    </>
  );
  return {
    drawing: { width, height, rasters: [strip], marks },
    legend: legendOf(frame, terms, bars, theme),
    variableAt: (px, py) => {
      if (py < plot.y - 4 || py > base + STRIP + 4) return null;
      return variables[Math.floor((px - plot.x) / band)] ?? null;
    },
    boxesOf: (d) => [
      { x: plot.x + placeOf[d]! * band, y: plot.y, width: Math.max(1, band), height: plot.height + STRIP },
    ],
    moved: (from, right, down) => {
      const at = from === null ? (right + down > 0 ? -1 : dimension) : placeOf[from]!;
      return variables[Math.min(dimension - 1, Math.max(0, at + right + down))]!;
    },
  };
}

const share = (degree: number, dimension: number) => (dimension > 1 ? (degree - 1) / (dimension - 1) : 0);

/** Variables in the model's order, or the costliest first. */
function arranged({ order, surprise, dimension }: EntropyFrame, sorted: boolean): Int32Array {
  const variables = Int32Array.from({ length: dimension }, (_, d) => d);
  return sorted
    ? variables.sort((a, b) => surprise[b]! - surprise[a]! || order[a]! - order[b]!)
    : variables.sort((a, b) => order[a]! - order[b]!);
}

function rangeOf({ surprise, entropy, marginal, real }: EntropyFrame): [number, number] {
  const [low = 0, high = 1] = extent([...surprise, ...(entropy ?? []), ...marginal].filter(Number.isFinite));
  return real ? [Math.min(0, low), Math.max(0, high) * 1.05 || 1] : [0, high * 1.05 || 1];
}

interface Places {
  readonly frame: EntropyFrame;
  readonly variables: Int32Array;
  readonly plot: Box;
  readonly band: number;
  readonly y: NumericScale;
  readonly theme: Theme;
}

function Bars({ frame, variables, plot, band, y, theme }: Places): VNode {
  const inner = Math.max(3, band * 0.72);
  const zero = y(0);
  return (
    <g>
      {Array.from(variables, (d, i) => {
        const x = plot.x + (i + 0.5) * band - inner / 2;
        const infinite = frame.surprise[d] === Infinity;
        const top = infinite ? plot.y : y(frame.surprise[d]!);
        const tick = (value: number, colour: string, dash?: string) =>
          Number.isFinite(value) && (
            <line
              x1={x - 1.5}
              x2={x + inner + 1.5}
              y1={y(value)}
              y2={y(value)}
              stroke={colour}
              stroke-width={2}
              stroke-dasharray={dash}
            />
          );
        return (
          <>
            {!Number.isNaN(top) && (
              <rect
                x={x}
                y={Math.min(top, zero)}
                width={inner}
                height={Math.max(0.5, Math.abs(zero - top))}
                fill={degreeColour(theme.kind, frame.order[d]!, frame.dimension)}
                opacity={infinite ? 0.35 : 0.85}
              />
            )}
            {tick(frame.marginal[d]!, theme.muted, '2 2')}
            {frame.entropy && Number.isFinite(frame.entropy[d]!) && (
              <>
                <line
                  x1={x - 1.5}
                  x2={x + inner + 1.5}
                  y1={y(frame.entropy[d]!)}
                  y2={y(frame.entropy[d]!)}
                  stroke={theme.background}
                  stroke-width={4.5}
                />
                {tick(frame.entropy[d]!, theme.foreground)}
              </>
            )}
          </>
        );
      })}
    </g>
  );
}

function Lines({ frame, variables, plot, band, y, theme }: Places): VNode {
  // A step for every variable; as the means of those that share a pixel where there are several.
  const together = Math.max(1, Math.round(1 / band));
  const step = (values: Float64Array, toZero = false) => {
    let path = '';
    let begun: number | null = null;
    const end = () => {
      if (toZero && begun !== null) path += `V${y(0)}H${begun}z`;
      begun = null;
    };
    for (let i = 0; i < variables.length; i += together) {
      const to = Math.min(variables.length, i + together);
      let sum = 0;
      for (let k = i; k < to; k++) sum += values[variables[k]!]!;
      const x = plot.x + i * band;
      // What is not finite leaves a gap.
      if (!Number.isFinite(sum)) {
        end();
        continue;
      }
      path += `${begun === null ? 'M' : 'L'}${x.toFixed(1)} ${y(sum / (to - i)).toFixed(1)}H${(plot.x + to * band).toFixed(1)}`;
      begun ??= x;
    }
    end();
    return path;
  };
  const own = runStyle(theme.kind, 0).colour;
  const other = runStyle(theme.kind, 1);
  return (
    <g fill="none" stroke-linejoin="round">
      <path d={step(frame.marginal)} stroke={theme.muted} stroke-width={1} opacity={0.8} />
      <path d={step(frame.surprise, true)} fill={own} opacity={0.25} />
      <path d={step(frame.surprise)} stroke={own} stroke-width={1.25} />
      {frame.entropy && <path d={step(frame.entropy)} stroke={other.colour} stroke-width={1.25} />}
    </g>
  );
}

const hasInfinite = ({ surprise }: EntropyFrame) => surprise.includes(Infinity);

/** At the top edge, over every variable that costs infinitely much: the model gives a row of it no probability. */
function Infinities({ frame, variables, plot, band, theme }: Places): VNode | null {
  if (!hasInfinite(frame)) return null;
  return (
    <g fill={theme.error} stroke={theme.foreground} class="violations">
      {Array.from(variables, (d, place) =>
        frame.surprise[d] === Infinity ? (
          <rect x={plot.x + (place + 0.5) * band - 4} y={plot.y} width={8} height={8} />
        ) : null,
      )}
    </g>
  );
}

/** Variables whose surprise and entropy differ for sure. */
const wrongOf = (frame: EntropyFrame) => [...frame.order.keys()].filter((d) => miscalibrated(frame, d) !== 0);

/** Triangles over variables whose surprise and entropy differ for sure: up where the model is overconfident. */
function Signs({ frame, variables, plot, band, theme }: Places): VNode | null {
  const wrong = Array.from(variables, (d, place) => ({ place, sign: miscalibrated(frame, d) })).filter(
    ({ sign }) => sign !== 0,
  );
  if (wrong.length > MOST_SIGNS) return null;
  return (
    <g>
      {wrong.map(({ place, sign }) => {
        const x = plot.x + (place + 0.5) * band;
        const [base, tip] = sign > 0 ? [plot.y - 4, plot.y - 11] : [plot.y - 11, plot.y - 4];
        return <path d={`M${x - 4} ${base}h8L${x} ${tip}z`} fill={sign > 0 ? theme.positive : theme.negative} />;
      })}
    </g>
  );
}

function legendOf(frame: EntropyFrame, terms: EntropyTerms, bars: boolean, theme: Theme): LegendItem[] {
  const middle = degreeColour(theme.kind, Math.ceil(frame.dimension / 2), frame.dimension);
  const items: LegendItem[] = [
    bars
      ? { mark: 'patch', label: terms.colouredCost, colour: middle }
      : { mark: 'line', label: terms.cost, colour: runStyle(theme.kind, 0).colour, width: 2 },
  ];
  if (frame.entropy) {
    items.push({
      mark: 'line',
      label: 'mean entropy of p(· | before)',
      colour: bars ? theme.foreground : runStyle(theme.kind, 1).colour,
      width: 2,
    });
  }
  items.push({
    mark: 'line',
    label: terms.alone,
    colour: theme.muted,
    ...(bars ? { width: 2, dash: '2 2' } : { width: 1 }),
  });
  if (hasInfinite(frame)) items.push({ mark: 'violation', label: '∞: some row has no probability' });
  const signs = wrongOf(frame).length;
  if (signs > 0 && signs <= MOST_SIGNS) {
    items.push({ mark: 'dot', label: `▲ overconfident by more than ${SURE} standard errors`, colour: theme.positive });
    items.push({ mark: 'dot', label: '▼ underconfident', colour: theme.negative });
  }
  return items;
}
