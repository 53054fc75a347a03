/** The splits of a flow, layer by layer: what passes goes straight on, what moves shows by how much. */
import type { ComponentChildren, VNode } from 'preact';
import { SPREAD_BINS, type SplitLayer, type SplitsFrame, type Spread } from '../inspection/frames/splits.ts';
import { inversePermutation } from '../masks/sorting.ts';
import { degreeColour } from './colours.ts';
import type { Box, Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { hasLines, splitsLegend, splitsRasters } from './splitsColours.ts';
import type { SplitBand, SplitsLayout } from './splitsLayout.ts';
import { countedLayers, isStill, logDetText, untransformed, type Moved } from './splitsWords.ts';
import { formatValue, inputName, textWidth } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface SplitsFigureOptions {
  readonly frame: SplitsFrame;
  readonly layout: SplitsLayout;
  /** What colours stand for, where there is no room for histograms. */
  readonly shows: Moved;
  readonly theme: Theme;
}

export interface SplitsFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
}

export function splitsFigure(o: SplitsFigureOptions): SplitsFigure {
  const { frame, layout, theme } = o;
  return {
    drawing: {
      width: layout.width,
      height: layout.height,
      rasters: layout.form === 'histograms' ? [] : splitsRasters(o),
      marks: (
        <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
          {layout.form !== 'images' && <Names layout={layout} theme={theme} dimension={frame.dimension} />}
          {layout.bands.map((band) => (
            <>
              <BandLabel {...o} band={band} />
              {layout.form !== 'images' && <Row {...o} band={band} />}
              {layout.form === 'images' && <rect {...band.box} fill="none" stroke={theme.rule} />}
            </>
          ))}
          <Never {...o} />
        </g>
      ),
    },
    legend: splitsLegend(o),
  };
}

type Part = SplitsFigureOptions & { readonly band: SplitBand };

const middleOf = ({ x, width }: Box) => x + width / 2;

/** As much of a text as fits. */
function fitted(text: string, width: number): string {
  if (textWidth(text, textSize.label) <= width) return text;
  let end = text.length;
  while (end > 1 && textWidth(`${text.slice(0, end)}…`, textSize.label) > width) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** How far the axes of a layer's histograms reach to both sides of 0. */
function axesText({ logScale, shift }: SplitLayer): string {
  const ends = (spread: Spread | null, name: string) =>
    spread && spread.reach > 0 ? [`${name} ±${formatValue(spread.reach, 2)}`] : [];
  return [...ends(logScale, 'scale'), ...ends(shift, 'shift')].join(', ');
}

/** Which layers have no image of their own between this one and the one that is drawn before it. */
function skippedText({ layers }: SplitsFrame, l: number): string {
  let first = l;
  while (first > 0 && isStill(layers[first - 1]!)) first--;
  const skipped = layers.slice(first, l);
  if (skipped.length === 0) return '';
  return `behind ${skipped.map(({ title }, i) => `${first + i + 1} ${title}`).join(', ')}`;
}

function BandLabel({ frame, band, theme, layout }: Part): VNode {
  const layer = band.layer === null ? null : frame.layers[band.layer]!;
  const { x, y, width, height } = band.label;
  const images = layout.form === 'images';
  const title = layer ? `${band.layer! + 1} ${layer.title}` : 'times transformed';
  // Above an image there is little room beside, and a line more below.
  const [, head, tail] = (images && /^([^,]+), (.+)$/.exec(title)) || [null, title, null];
  const below = layer
    ? [
        ...(tail === null ? [] : [tail]),
        ...(height >= 28 ? [logDetText(layer)] : []),
        ...(images ? [skippedText(frame, band.layer!)] : []),
        ...(layout.form === 'histograms' && height >= 44 ? [axesText(layer)] : []),
      ].filter((text) => text !== '')
    : [`by ${countedLayers(frame)}`].filter((text) => text !== 'by ');
  const top = images ? y + 11 : y + height / 2 + 4 - 7 * below.length;
  return (
    <>
      <text x={x} y={top}>
        {fitted(head, width)}
      </text>
      {below.map((text, i) => (
        <text x={x} y={top + 13 * (i + 1)} fill={theme.muted} font-size={textSize.small}>
          {fitted(text, width)}
        </text>
      ))}
    </>
  );
}

/** Names of the variables above the first row, as far as they fit. */
function Names({
  layout,
  theme,
  dimension,
}: {
  readonly layout: SplitsLayout;
  readonly theme: Theme;
  readonly dimension: number;
}): VNode {
  const every = Math.max(1, Math.ceil(24 / layout.cell.width));
  const band = layout.bands.at(-1)!;
  return (
    <g font-size={textSize.small} text-anchor="middle">
      {Array.from({ length: dimension }, (_, d) => {
        const { x, width } = layout.boxOf(band, d);
        return (
          <>
            <rect x={x} y={15} width={width + 0.2} height={4} fill={degreeColour(theme.kind, d + 1, dimension)} />
            {d % every === 0 && (
              <text x={x + width / 2} y={10} fill={theme.muted}>
                {inputName(d)}
              </text>
            )}
          </>
        );
      })}
    </g>
  );
}

function Row(part: Part): VNode | null {
  const { frame, layout, band, theme } = part;
  if (band.layer === null) return <Counts {...part} />;
  const layer = frame.layers[band.layer]!;
  const { dimension } = frame;
  const place = inversePermutation(layer.variable);
  const thin = layout.cell.width < 6;
  const colour = (variable: number) => degreeColour(theme.kind, variable + 1, dimension);
  const marks: ComponentChildren[] = [];
  for (let variable = 0; variable < dimension; variable++) {
    const box = layout.boxOf(band, variable);
    const at = place[variable]!;
    const centre = middleOf(box);
    if (layer.moves[at] === 1 || (layout.form === 'colours' && !isStill(layer) && !hasLines(layout))) {
      if (layout.form === 'histograms') {
        marks.push(<Moves layer={layer} place={at} box={box} theme={theme} />);
      }
      continue;
    }
    const from = layout.arrangement === 'place' ? band.box.x + (layer.origin[at]! + 0.5) * layout.cell.width : centre;
    marks.push(
      <path
        d={`M${round(from)} ${box.y - 3}L${round(centre)} ${box.y + box.height + 3}`}
        stroke={colour(variable)}
        stroke-width={thin ? 1 : 2}
        fill="none"
      />,
    );
  }
  return (
    <>
      {layout.form === 'colours' && !isStill(layer) && <rect {...band.box} fill="none" stroke={theme.rule} />}
      {marks}
    </>
  );
}

const round = (value: number) => Math.round(value * 10) / 10;
const INSET = 2;
/** The part of a histogram that is about 0. */
const MIDDLE = (SPREAD_BINS - 1) / 2;

/** A cell that is moved: its log-scales above its shifts, or what there is of them. */
function Moves({
  layer,
  place,
  box,
  theme,
}: {
  readonly layer: SplitLayer;
  readonly place: number;
  readonly box: Box;
  readonly theme: Theme;
}): VNode {
  const frame = { x: box.x + INSET, y: box.y, width: box.width - 2 * INSET, height: box.height };
  const spreads = [layer.logScale, layer.shift].filter((own) => own !== null);
  const height = (frame.height - 2) / Math.max(1, spreads.length);
  return (
    <>
      <rect {...frame} fill={spreads.length === 0 ? theme.neutral : 'none'} fill-opacity={0.35} stroke={theme.rule} />
      {spreads.map((spread, i) => (
        <Bars
          spread={spread}
          place={place}
          box={{ x: frame.x + 1, y: frame.y + 1 + i * height, width: frame.width - 2, height: height - 1 }}
          theme={theme}
        />
      ))}
      {spreads.length === 2 && (
        <line
          x1={frame.x}
          x2={frame.x + frame.width}
          y1={frame.y + 1 + height}
          y2={frame.y + 1 + height}
          stroke={theme.rule}
          stroke-width={0.5}
        />
      )}
    </>
  );
}

function Bars({
  spread,
  place,
  box,
  theme,
}: {
  readonly spread: Spread;
  readonly place: number;
  readonly box: Box;
  readonly theme: Theme;
}): VNode {
  const counts = spread.counts!.subarray(place * SPREAD_BINS, (place + 1) * SPREAD_BINS);
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const wide = box.width / SPREAD_BINS;
  let [below, about, above] = ['', '', ''];
  for (const [bin, count] of counts.entries()) {
    if (count === 0) continue;
    const tall = Math.max(1, (box.height * count) / most);
    const bar = `M${round(box.x + bin * wide)} ${round(box.y + box.height)}v${-round(tall)}h${round(wide)}v${round(tall)}Z`;
    if (bin < MIDDLE) below += bar;
    else if (bin > MIDDLE) above += bar;
    else about += bar;
  }
  const x = box.x + box.width / 2;
  return (
    <>
      <line x1={x} x2={x} y1={box.y} y2={box.y + box.height} stroke={theme.rule} stroke-width={1} />
      <path d={below} fill={theme.negative} />
      <path d={about} fill={theme.neutral} />
      <path d={above} fill={theme.positive} />
    </>
  );
}

/** How often each variable is transformed, in numbers while they fit. */
function Counts({ frame, layout, band }: Part): VNode | null {
  if (layout.cell.width < 11) return null;
  return (
    <g text-anchor="middle" font-size={textSize.small}>
      {Array.from(frame.times, (times, variable) => {
        const box = layout.boxOf(band, variable);
        return (
          <text x={middleOf(box)} y={box.y + box.height / 2 + 4}>
            {times}
          </text>
        );
      })}
    </g>
  );
}

/** What is never transformed: the colour of violations and a ring, where its count stands. */
function Never({ frame, layout, theme }: SplitsFigureOptions): VNode {
  const band = layout.bands.at(-1)!;
  return (
    <g fill="none" stroke={theme.error} class="untransformed">
      {untransformed(frame).map((variable) => {
        const { x, y, width, height } = layout.boxOf(band, variable);
        const size = Math.max(6, Math.min(width, height) - 2);
        return (
          <rect x={x + (width - size) / 2} y={y + (height - size) / 2} width={size} height={size} stroke-width={2} />
        );
      })}
    </g>
  );
}
