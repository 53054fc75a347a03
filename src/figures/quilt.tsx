/** The quilt of a large network: rasters of weights and strips of units. */
import type { VNode } from 'preact';
import type { Connectivity } from '../masks/connectivity.ts';
import type { WeightMatrix } from '../inspection/frames.ts';
import { wholeSource, type Box, type Drawing, type RasterMark } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { pathPixels } from './pathPixels.ts';
import { matrixPixels, type Pixels } from './pixels.ts';
import { errorRgb, magnitudeRamp, variableRamp, weightColour } from './ramps.ts';
import { leakingCells, leakingWeights, spread } from './leaks.ts';
import { positionSpan, type QuiltLayout, type QuiltPanel, type QuiltStrip } from './quiltLayout.ts';
import { inSight, RulerNames, rulerRasters } from './quiltRulers.tsx';
import { noZoom, rectPath, zoomed, type ZoomTransform } from './quiltZoom.ts';
import { formatCount, formatValue, weightName } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import { weightPixels } from './weightPixels.ts';
import { largestOf, weightReaders } from './weights.ts';

/** The pixels of a quilt, made once per frame and theme: one image a panel, one a strip. */
export interface QuiltPixels {
  /** Which weights they are of: the masks' own, or those that condition on connectivity. */
  readonly of: 'weight' | 'U';
  readonly panels: readonly Pixels[];
  readonly strips: readonly Pixels[];
  readonly largest: number;
}

export function quiltPixels(
  network: Connectivity,
  weights: readonly (WeightMatrix | null)[] | null,
  layout: QuiltLayout,
  theme: Theme,
  of: QuiltPixels['of'] = 'weight',
): QuiltPixels {
  const readers = weights && weightReaders(network, weights);
  const side = (layer: number) => ({ degrees: layout.layers[layer]!.degrees, units: layout.unitAt[layer]! });
  const largest = largestOf(readers);
  const panels = layout.panels.map((panel) =>
    panel.joint === null
      ? knownPathPixels(network, layout, theme)
      : weightPixels({
          matrix: readers?.[panel.joint]?.matrix ?? null,
          mask: network.mask(panel.joint),
          flagged: { mask: leakingWeights(network, panel.joint), colour: errorRgb(theme.kind) },
          receivers: side(panel.to),
          senders: side(panel.from),
          turned: panel.xLayer === panel.to,
          colour: weightColour(theme.kind, readers ? 'magnitude' : 'unknown'),
          largest,
        }),
  );
  return { of, panels, strips: layout.strips.map((strip) => stripPixels(layout, strip, theme)), largest };
}

function stripPixels(layout: QuiltLayout, { layer, axis }: QuiltStrip, theme: Theme): Pixels {
  const units = layout.unitAt[layer]!;
  const { degrees } = layout.layers[layer]!;
  const dimension = layout.layers[0]!.units;
  const along = axis === 'x';
  return matrixPixels({
    rows: along ? 1 : units.length,
    columns: along ? units.length : 1,
    ramp: variableRamp(theme.kind),
    position: (row, column) =>
      degrees ? (degrees[units[along ? column : row]!]! - 1) / Math.max(1, dimension - 1) : NaN,
  });
}

/** Paths are the structure's alone: made once for a theme, while the weights go on changing. */
const knownPaths = new WeakMap<Connectivity, { readonly theme: Theme; readonly pixels: Pixels }>();

function knownPathPixels(network: Connectivity, layout: QuiltLayout, theme: Theme): Pixels {
  const known = knownPaths.get(network);
  if (known?.theme === theme) return known.pixels;
  const pixels = pathPixels(network, layout.unitAt[network.last]!, layout.unitAt[0]!, theme);
  knownPaths.set(network, { theme, pixels });
  return pixels;
}

export interface QuiltOptions {
  readonly network: Connectivity;
  readonly layout: QuiltLayout;
  readonly pixels: QuiltPixels;
  readonly theme: Theme;
  readonly zoom?: ZoomTransform;
}

/** What is there: rasters, and the names of layers and matrices over them. */
export function quiltDrawing({ network, layout, pixels, theme, zoom = noZoom }: QuiltOptions): Drawing {
  const raster = (box: Box, own: Pixels, hatched: boolean): RasterMark => ({
    ...zoomed(box, zoom),
    pixels: own,
    source: wholeSource(own),
    hatched,
  });
  return {
    width: layout.width,
    height: layout.height,
    rasters: [
      ...layout.panels.map((panel, i) => raster(panel, pixels.panels[i]!, true)),
      ...layout.strips.map((strip, i) => raster(strip, pixels.strips[i]!, false)),
      ...rulerRasters(layout, pixels.strips, zoom),
    ],
    marks: (
      <g font-family={theme.font} class="quilt">
        {layout.panels.map((panel) => (
          <PanelFrame panel={panel} of={pixels.of} zoom={zoom} layout={layout} theme={theme} />
        ))}
        {zoom.k > 1 && <RulerNames layout={layout} zoom={zoom} theme={theme} />}
        {layout.panels.map((panel) => (
          <LeakMarks panel={panel} network={network} layout={layout} zoom={zoom} theme={theme} />
        ))}
        {layout.strips.map((strip) => (
          <StripName
            strip={strip}
            box={zoomed(strip, zoom)}
            name={layout.layers[strip.layer]!.name}
            units={layout.layers[strip.layer]!.units}
            sorted={layout.layers[strip.layer]!.degrees !== null}
            theme={theme}
          />
        ))}
      </g>
    ),
  };
}

function PanelFrame({
  panel,
  of,
  zoom,
  layout,
  theme,
}: {
  readonly panel: QuiltPanel;
  readonly of: QuiltPixels['of'];
  readonly zoom: ZoomTransform;
  readonly layout: QuiltLayout;
  readonly theme: Theme;
}): VNode {
  const { layers } = layout;
  const box = zoomed(panel, zoom);
  // Names stay with the part that is in sight, clear of the rulers.
  const seen = zoom.k > 1 ? inSight(box, layout) : box;
  const clear = zoom.k > 1 ? 22 : 0;
  const matrix =
    panel.kind === 'direct'
      ? 'A, direct'
      : panel.kind === 'paths'
        ? 'paths'
        : weightName(panel.from, layers.length - 1);
  const name = of === 'U' && panel.kind !== 'paths' ? `U of ${matrix}` : matrix;
  const detail =
    panel.kind === 'paths' ? 'how many, log scale' : `${layers[panel.to]!.units} × ${layers[panel.from]!.units}`;
  // Receivers on y leave the upper right corner to what is forbidden, receivers on x the lower left one.
  const upperRight = panel.yLayer === panel.to;
  const fits = seen !== null && seen.width > 84 + 2 * clear && seen.height > 60 + 2 * clear;
  const [x, y] = !seen
    ? [0, 0]
    : upperRight
      ? [seen.x + seen.width - 8, seen.y + 18 + clear]
      : [seen.x + 8 + 2 * clear, seen.y + seen.height - 24];
  const anchor = upperRight ? 'end' : 'start';
  return (
    <>
      <rect {...box} fill="none" stroke={theme.rule} stroke-width={1} />
      {fits && (
        <g text-anchor={anchor} stroke={theme.background} stroke-width={4} stroke-linejoin="round" paint-order="stroke">
          <text x={x} y={y} font-size={textSize.body} font-weight="600" fill={theme.foreground}>
            {name}
          </text>
          {seen.width > 150 && (
            <text x={x} y={y + 14} font-size={textSize.small} fill={theme.foreground}>
              {detail}
            </text>
          )}
        </g>
      )}
    </>
  );
}

/** Markers of a panel; more would hide what they mark. */
const MOST_MARKERS = 40;

/** Frames around weights that leak, and around joined pairs that must not be: their own pixels may be too small to see. */
function LeakMarks({
  panel,
  network,
  layout,
  zoom,
  theme,
}: {
  readonly panel: QuiltPanel;
  readonly network: Connectivity;
  readonly layout: QuiltLayout;
  readonly zoom: ZoomTransform;
  readonly theme: Theme;
}): VNode | null {
  const cells = panel.joint === null ? network.report().leaks : leakingCells(network, panel.joint);
  if (cells.length === 0) return null;
  const box = zoomed(panel, zoom);
  const span = (axis: 'x' | 'y', receiver: number, sender: number) => {
    const layer = axis === 'x' ? panel.xLayer : panel.yLayer;
    const position = layout.positionOf[layer]![layer === panel.to ? receiver : sender]!;
    const { start, size } = positionSpan(layout, box, axis, layer, position, 1);
    const grown = Math.max(4, size);
    return { start: start + (size - grown) / 2, size: grown };
  };
  const path = spread(cells, MOST_MARKERS)
    .map(({ output, input }) => {
      const [x, y] = [span('x', output, input), span('y', output, input)];
      return rectPath({ x: x.start, y: y.start, width: x.size, height: y.size });
    })
    .join('');
  return (
    <g class="leaks" fill="none">
      <path d={path} stroke={theme.foreground} stroke-width={3} />
      <path d={path} stroke={theme.error} stroke-width={1.5} />
    </g>
  );
}

function StripName({
  strip,
  box,
  name,
  units,
  sorted,
  theme,
}: {
  readonly strip: QuiltStrip;
  readonly box: Box;
  readonly name: string;
  readonly units: number;
  readonly sorted: boolean;
  readonly theme: Theme;
}): VNode {
  const text = `${name} · ${formatCount(units)}`;
  const how = strip.layer === 0 && strip.axis === 'x' ? 'in the order' : sorted ? 'by degree' : 'as numbered';
  const common = { 'font-size': textSize.small, fill: theme.muted };
  return strip.axis === 'x' ? (
    <text x={box.x} y={strip.layer === 0 ? box.y - 5 : box.y + box.height + 11} {...common}>
      {`${text}, ${how} →`}
    </text>
  ) : (
    <text transform={`translate(${box.x + box.width + 5},${box.y}) rotate(90)`} {...common}>
      {`${text}, ${how} →`}
    </text>
  );
}

export function quiltLegend(theme: Theme, pixels: QuiltPixels, network: Connectivity): LegendItem[] {
  const { leaks, losses } = network.report();
  return [
    {
      mark: 'ramp',
      label: `|${pixels.of}|`,
      ramp: magnitudeRamp(),
      low: '0',
      high: pixels.largest > 0 ? formatValue(pixels.largest) : '',
    },
    { mark: 'ramp', label: 'degree', ramp: variableRamp(theme.kind), low: '1', high: formatCount(network.dimension) },
    { mark: 'hatch', label: 'masked: no weight' },
    ...(leaks.length > 0 ? [{ mark: 'violation' as const, label: 'on a path that leaks' }] : []),
    ...(losses.length > 0 && !network.direct && network.last > 1
      ? [{ mark: 'dot' as const, label: 'pair that is lost', colour: theme.error }]
      : []),
  ];
}
