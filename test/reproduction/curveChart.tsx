/** Curves of several ways to learn, in panels beside each other: the figures of Kingma & Welling 2014 with our numbers. */
import type { VNode } from 'preact';
import { extent, line, max, median, min, scaleLinear, scaleLog } from 'd3';
import { Axis } from '../../src/figures/axis.tsx';
import { runStyle } from '../../src/figures/colours.ts';
import { figureSvg } from '../../src/figures/compose.tsx';
import type { LegendItem } from '../../src/figures/legend.tsx';
import { pngDataUri } from '../../src/figures/png.ts';
import { renderSvg } from '../../src/figures/render.ts';
import { textSize, themeFor } from '../../src/figures/theme.ts';
import { learnings, type Curve, type Learning, type Panel, type Point } from './curveRuns.ts';

const theme = themeFor('light');
const [WIDTH, HEIGHT, GAP] = [300, 230, 74];
const MARGIN = { left: 60, top: 26, bottom: 44 };
/** Panels in a row. */
const COLUMNS = 3;
/** Share of the axis at the start that does not decide what the panel shows: the first steep rise. */
const START = 0.3;
/** Room below that, as a share of what is above it. */
const BELOW = 0.6;

export const learningNames: Readonly<Record<Learning, string>> = {
  aevb: 'AEVB',
  'wake-sleep': 'wake–sleep',
  'monte-carlo-em': 'Monte Carlo EM',
};

export interface Chart {
  readonly title: string;
  readonly reading: string;
  readonly yLabel: string;
  readonly panels: readonly Panel[];
}

/** As an SVG file. */
export function chartSvg({ title, reading, yLabel, panels }: Chart): string {
  const columns = Math.min(COLUMNS, panels.length);
  const lines = Math.ceil(panels.length / columns);
  const shown = learnings.filter((one) => panels.some(({ curves }) => curves.some(({ learning }) => learning === one)));
  const legend: LegendItem[] = [
    ...shown.map((learning): LegendItem => ({
      ...styleOf(learning),
      mark: 'line',
      label: learningNames[learning],
      width: 2,
    })),
    { mark: 'line', label: 'thick: rows not trained on', colour: theme.foreground, width: 2.5 },
    { mark: 'line', label: 'thin: training rows', colour: theme.foreground, width: 1 },
  ];
  const drawing = {
    width: columns * (WIDTH + GAP),
    height: lines * (HEIGHT + MARGIN.top + MARGIN.bottom),
    rasters: [],
    marks: (
      <>
        {panels.map((panel, i) => (
          <g
            transform={`translate(${(i % columns) * (WIDTH + GAP) + MARGIN.left},${
              Math.floor(i / columns) * (HEIGHT + MARGIN.top + MARGIN.bottom) + MARGIN.top
            })`}
          >
            <PanelMarks panel={panel} yLabel={i % columns === 0 ? yLabel : 'nats'} index={i} />
          </g>
        ))}
      </>
    ),
  };
  return `${renderSvg(figureSvg({ title, reading, drawing, legend }, theme, pngDataUri))}\n`;
}

function PanelMarks({
  panel: { title, curves },
  yLabel,
  index,
}: {
  panel: Panel;
  yLabel: string;
  index: number;
}): VNode {
  const all = curves.flatMap(({ train, heldOut }) => [...train, ...heldOut]);
  const [from = 1, to = 10] = extent(all, ({ rows }) => rows);
  const x = scaleLog([from, to], [0, WIDTH]);
  const y = scaleLinear(
    natsShown(curves, (rows) => x(rows) >= START * WIDTH),
    [HEIGHT, 0],
  );
  const path = line<Point>(
    ({ rows }) => x(rows),
    ({ nats }) => y(nats),
  ).digits(1);
  const clip = `panel-${index}`;
  return (
    <>
      <text y={-10} font-family={theme.font} font-size={textSize.body} font-weight="600" fill={theme.foreground}>
        {title}
      </text>
      <clipPath id={clip}>
        <rect width={WIDTH} height={HEIGHT} />
      </clipPath>
      <Axis scale={y} side="left" at={0} label={yLabel} theme={theme} ticks={5} grid={WIDTH} />
      <Axis scale={x} side="bottom" at={HEIGHT} label="training samples evaluated (rows)" theme={theme} ticks={4} />
      <g clip-path={`url(#${clip})`} fill="none" stroke-linejoin="round">
        {curves.map(({ learning, train, heldOut }: Curve) => {
          const { colour, dash } = styleOf(learning);
          return (
            <>
              <path d={path(train) ?? ''} stroke={colour} stroke-width={1} />
              <path d={path(heldOut) ?? ''} stroke={colour} stroke-width={2.5} stroke-dasharray={dash} />
              {heldOut.length <= 20 &&
                heldOut.map((point) => <circle cx={x(point.rows)} cy={y(point.nats)} r={2.5} fill={colour} />)}
            </>
          );
        })}
      </g>
    </>
  );
}

/** From somewhat below what the lowest curve is half of the time: bounds of wake–sleep dive by thousands of nats now and then. */
function natsShown(curves: readonly Curve[], counts: (rows: number) => boolean): [number, number] {
  const shown = curves
    .flatMap(({ train, heldOut }) => [train, heldOut])
    .map((points) => points.filter(({ rows }) => counts(rows)).map(({ nats }) => nats));
  const high = max(shown.flat()) ?? 1;
  const low = min(shown, (nats) => median(nats)) ?? 0;
  return [low - BELOW * (high - low), high + 0.05 * (high - low)];
}

function styleOf(learning: Learning): { readonly colour: string; readonly dash: string | undefined } {
  const { colour, dash } = runStyle(theme.kind, learnings.indexOf(learning));
  return { colour, dash };
}
