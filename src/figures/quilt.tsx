/** The quilt of a large network: rasters of weights and strips of units. */
import type { VNode } from 'preact';
import { bitsOf } from '../masks/bits.ts';
import type { Connectivity } from '../masks/connectivity.ts';
import type { WeightMatrix } from '../inspection/frames.ts';
import { wholeSource, type Box, type Drawing, type RasterMark } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { pathPixels } from './pathPixels.ts';
import { matrixPixels, type Pixels } from './pixels.ts';
import { errorRgb, magnitudeRamp, neutralRgb, variableRamp, weightColour } from './ramps.ts';
import { leakingCells, leakingWeights, spread } from './leaks.ts';
import { positionSpan, type QuiltLayout, type QuiltPanel, type QuiltStrip } from './quiltLayout.ts';
import { PanelFrame, StripName } from './quiltNames.tsx';
import { RulerNames, rulerRasters } from './quiltRulers.tsx';
import { noZoom, rectPath, zoomed, type ZoomTransform } from './quiltZoom.ts';
import { drawsVectors } from './sentences.ts';
import { formatCount, formatValue } from './text.ts';
import type { Theme } from './theme.ts';
import { weightPixels } from './weightPixels.ts';
import { contextReaders, largestOf, weightReaders, type WeightReader } from './weights.ts';

/** The pixels of a quilt, made once per frame and theme: one image a panel, one a strip. */
export interface QuiltPixels {
  /** Which weights they are of: the masks' own, or those that condition on connectivity. */
  readonly of: 'weight' | 'U';
  readonly panels: readonly Pixels[];
  readonly strips: readonly Pixels[];
  readonly largest: number;
  /** The largest weight of the context, whose matrices have a scale of their own; null without one. */
  readonly largestGiven: number | null;
}

export function quiltPixels(
  network: Connectivity,
  weights: readonly (WeightMatrix | null)[] | null,
  layout: QuiltLayout,
  theme: Theme,
  of: QuiltPixels['of'] = 'weight',
  given: readonly WeightMatrix[] = [],
): QuiltPixels {
  const readers = weights && weightReaders(network, weights);
  const side = (layer: number) => ({ degrees: layout.layers[layer]!.degrees, units: layout.unitAt[layer]! });
  const largest = largestOf(readers);
  const context = contextReaders(given);
  const panels = layout.panels.map((panel) => {
    if (panel.kind === 'context')
      return contextPixels(panel, layout, context[network.context!.into.indexOf(panel.to)], theme);
    return panel.joint === null
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
        });
  });
  const strips = layout.strips.map((strip) => stripPixels(layout, strip, theme));
  return { of, panels, strips, largest, largestGiven: network.context ? (context[0]?.largest ?? 0) : null };
}

/** Every unit of the layer sees every column. */
function contextPixels(panel: QuiltPanel, layout: QuiltLayout, reader: WeightReader | undefined, theme: Theme): Pixels {
  const [receivers, senders] = [layout.layers[panel.to]!, layout.layers[panel.from]!];
  return weightPixels({
    matrix: reader?.matrix ?? null,
    mask: bitsOf(receivers.units, senders.units, () => true),
    flagged: { mask: null, colour: errorRgb(theme.kind) },
    receivers: { degrees: receivers.degrees, units: layout.unitAt[panel.to]! },
    senders: { degrees: null, units: layout.unitAt[panel.from]! },
    turned: false,
    colour: weightColour(theme.kind, reader ? 'magnitude' : 'unknown'),
    largest: reader?.largest ?? 0,
  });
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
    ...(!degrees && { unknown: { colour: neutralRgb(theme.kind), at: () => true } }),
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
  if (panel.kind === 'context') return null;
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

export function quiltLegend(theme: Theme, pixels: QuiltPixels, network: Connectivity): LegendItem[] {
  const { leaks, losses } = network.report();
  return [
    {
      mark: 'ramp',
      label: drawsVectors(network) ? `norm of ${pixels.of}s` : `|${pixels.of}|`,
      ramp: magnitudeRamp(),
      low: '0',
      high: pixels.largest > 0 ? formatValue(pixels.largest) : '',
    },
    ...(pixels.largestGiven === null
      ? []
      : [
          {
            mark: 'ramp' as const,
            label: '|context weight|',
            ramp: magnitudeRamp(),
            low: '0',
            high: pixels.largestGiven > 0 ? formatValue(pixels.largestGiven) : '',
          },
        ]),
    { mark: 'ramp', label: 'degree', ramp: variableRamp(theme.kind), low: '1', high: formatCount(network.dimension) },
    ...(network.layers.some(({ degrees }) => degrees === null)
      ? [{ mark: 'dot' as const, label: 'unit without a degree', colour: theme.neutral }]
      : []),
    ...(network.context ? [{ mark: 'dot' as const, label: 'context, degree 0', colour: theme.neutral }] : []),
    { mark: 'hatch', label: 'masked: no weight' },
    ...(leaks.length > 0 ? [{ mark: 'violation' as const, label: 'on a path that leaks' }] : []),
    ...(losses.length > 0 && !network.direct && network.last > 1
      ? [{ mark: 'dot' as const, label: 'pair that is lost', colour: theme.error }]
      : []),
  ];
}
