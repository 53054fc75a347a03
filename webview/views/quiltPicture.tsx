/** A large network as a quilt, ready to be pointed at. */
import { highlightWithContext, type Focus } from '../../src/figures/dependencies.ts';
import type { Box, Drawing } from '../../src/figures/drawing.tsx';
import { quiltDrawing, quiltPixels, type QuiltPixels } from '../../src/figures/quilt.tsx';
import { QuiltHighlight, QuiltPin } from '../../src/figures/quiltHighlight.tsx';
import { markedRuns, positionSpan, quiltAt, quiltLayout, type QuiltLayout } from '../../src/figures/quiltLayout.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { WeightMatrix } from '../../src/inspection/frames.ts';
import type { Connectivity } from '../../src/masks/connectivity.ts';
import type { UnitId } from '../../src/masks/network.ts';
import type { GraphPicture } from './graph.tsx';
import { around } from './nodePicture.tsx';

const MOST_ZOOM = 48;

export interface QuiltPictureOptions {
  readonly network: Connectivity;
  readonly weights: readonly (WeightMatrix | null)[] | null;
  /** Weights of the context into its layers. */
  readonly given: readonly WeightMatrix[];
  readonly of?: QuiltPixels['of'];
  readonly theme: Theme;
  readonly room: { readonly width: number; readonly height: number };
}

/** Matrices are read by area: a quilt may be taller than a window that is low, and then scrolls. */
export function quiltRoom(width: number, height: number): { readonly width: number; readonly height: number } {
  return { width, height: Math.max(height, Math.min(width * 0.8, 760)) };
}

export type QuiltPicture = GraphPicture & { readonly pixels: QuiltPixels };

export function quiltPicture({
  network,
  weights,
  given,
  of = 'weight',
  theme,
  room,
}: QuiltPictureOptions): QuiltPicture {
  const layout = quiltLayout(network, room);
  const pixels = quiltPixels(network, weights, layout, theme, of, given);
  const draw = (zoom: { k: number; x: number; y: number }) => quiltDrawing({ network, layout, pixels, theme, zoom });
  return {
    pixels,
    width: layout.width,
    height: layout.height,
    label: `Network with ${network.layers.map(({ units }) => units).join(', ')} units a layer, inputs first, as mask matrices sorted by degree`,
    rasters: (zoom) => draw(zoom).rasters,
    marks: (zoom) => draw(zoom).marks,
    highlight: (focus, pinned, zoom) => (
      <QuiltHighlight network={network} layout={layout} theme={theme} focus={focus} pinned={pinned} zoom={zoom} />
    ),
    pin: (focus, zoom) => <QuiltPin layout={layout} theme={theme} focus={focus} zoom={zoom} />,
    hit: (x, y) => quiltAt(layout, x, y),
    place: (focus) => focusBox(layout, focus),
    anchor: (focus) => anchorBox(network, layout, focus),
    bounds: (focus) => {
      const { below, above } = highlightWithContext(network, focus);
      const boxes = layout.strips.flatMap((strip) =>
        [below, above].flatMap((marks) =>
          markedRuns(marks[strip.layer]!, layout.unitAt[strip.layer]!).map(({ position, count }): Box => {
            const { start, size } = positionSpan(layout, strip, strip.axis, strip.layer, position, count);
            return strip.axis === 'x' ? { ...strip, x: start, width: size } : { ...strip, y: start, height: size };
          }),
        ),
      );
      return around(boxes);
    },
    rows: layout.unitAt.slice(0, layout.depth),
    aside: network.context && {
      layer: layout.depth,
      units: layout.unitAt[layout.depth]!,
      side: 'left',
      into: Math.min(...network.context.into),
    },
    upward: 'down',
    faded: 1,
    mostZoom: MOST_ZOOM,
  };
}

/** A quilt that stands alone, with what is pinned. */
export function quiltFigure(
  options: QuiltPictureOptions,
  pinned: Focus | null,
): { readonly drawing: Drawing; readonly pixels: QuiltPixels } {
  const { network, weights, given, of = 'weight', theme, room } = options;
  const layout = quiltLayout(network, room);
  const pixels = quiltPixels(network, weights, layout, theme, of, given);
  const drawing = quiltDrawing({ network, layout, pixels, theme });
  if (!pinned) return { drawing, pixels };
  const marks = (
    <>
      {drawing.marks}
      <QuiltHighlight network={network} layout={layout} theme={theme} focus={pinned} pinned />
    </>
  );
  return { drawing: { ...drawing, marks }, pixels };
}

/** Where a focus is: the cell of two units that share a matrix, or the unit on its strip. */
function focusBox(layout: QuiltLayout, { unit, from }: Focus): Box {
  if (from) {
    const panel = layout.panels.find((own) => own.from === from.layer && own.to === unit.layer);
    if (panel) {
      const along = (axis: 'x' | 'y') => {
        const own = (axis === 'x' ? panel.xLayer : panel.yLayer) === unit.layer ? unit : from;
        return positionSpan(layout, panel, axis, own.layer, layout.positionOf[own.layer]![own.unit]!, 1);
      };
      const [x, y] = [along('x'), along('y')];
      return { x: x.start, y: y.start, width: x.size, height: y.size };
    }
  }
  return stripBox(layout, unit);
}

/** Of a unit, the middle of the weights that it shares with its lit neighbours: beside them all would be hatched. */
function anchorBox(network: Connectivity, layout: QuiltLayout, focus: Focus): Box {
  const { unit, from } = focus;
  const panel = layout.panels.find((own) => own.from === unit.layer || own.to === unit.layer);
  if (from || !panel) return focusBox(layout, focus);
  const other = panel.from === unit.layer ? panel.to : panel.from;
  const { below, above } = highlightWithContext(network, focus);
  const runs = markedRuns((panel.from === unit.layer ? above : below)[other]!, layout.unitAt[other]!);
  const first = runs[0];
  const last = runs.at(-1);
  if (!first || !last) return focusBox(layout, focus);
  const along = (axis: 'x' | 'y') =>
    (axis === 'x' ? panel.xLayer : panel.yLayer) === unit.layer
      ? positionSpan(layout, panel, axis, unit.layer, layout.positionOf[unit.layer]![unit.unit]!, 1)
      : positionSpan(layout, panel, axis, other, first.position, last.position + last.count - first.position);
  const [x, y] = [along('x'), along('y')];
  return { x: x.start, y: y.start, width: x.size, height: y.size };
}

function stripBox(layout: QuiltLayout, { layer, unit }: UnitId): Box {
  const strip = layout.strips.find((own) => own.layer === layer)!;
  const { start, size } = positionSpan(layout, strip, strip.axis, layer, layout.positionOf[layer]![unit]!, 1);
  return strip.axis === 'x' ? { ...strip, x: start, width: size } : { ...strip, y: start, height: size };
}
