/** What is pointed at in a quilt, drawn over it. */
import type { VNode } from 'preact';
import type { Connectivity } from '../masks/connectivity.ts';
import type { UnitId } from '../masks/network.ts';
import { highlightWithContext, type Focus } from './dependencies.ts';
import type { Box } from './drawing.tsx';
import { markedRuns, positionSpan, type QuiltLayout, type QuiltPanel, type QuiltStrip } from './quiltLayout.ts';
import { RulerNames } from './quiltRulers.tsx';
import { noZoom, rectPath, zoomed, type ZoomTransform } from './quiltZoom.ts';
import { isHighContrast, type Theme } from './theme.ts';

/** The share of a panel that lies below or above the focus. */
function litBoxes(layout: QuiltLayout, panel: QuiltPanel, lit: readonly Uint8Array[]): Box[] {
  const runs = (layer: number) => markedRuns(lit[layer]!, layout.unitAt[layer]!);
  const boxes: Box[] = [];
  for (const onX of runs(panel.xLayer)) {
    const x = positionSpan(layout, panel, 'x', panel.xLayer, onX.position, onX.count);
    for (const onY of runs(panel.yLayer)) {
      const y = positionSpan(layout, panel, 'y', panel.yLayer, onY.position, onY.count);
      boxes.push({ x: x.start, y: y.start, width: x.size, height: y.size });
    }
  }
  return boxes;
}

/** What is pointed at: its lines through the matrices, what it depends on (whole outline), what depends on it (dashed). */
export function QuiltHighlight(o: {
  readonly network: Connectivity;
  readonly layout: QuiltLayout;
  readonly theme: Theme;
  readonly focus: Focus;
  readonly pinned: boolean;
  readonly zoom?: ZoomTransform;
}): VNode {
  const { network, layout, theme, focus } = o;
  const zoom = o.zoom ?? noZoom;
  const { below, above } = highlightWithContext(network, focus);
  const focused = focus.from ? [focus.from, focus.unit] : [focus.unit];
  const { last } = network;
  let veil = '';
  const outlines: { path: string; dashed: boolean }[] = [];
  for (const panel of layout.panels) {
    veil += rectPath(zoomed(panel, zoom));
    const closing = panel.kind === 'direct' || panel.kind === 'paths';
    // The closing matrix joins inputs to outputs: it is lit only where an output or an input is pointed at.
    const ends = focused.some(({ layer }) => layer === 0 || layer === last);
    for (const [marks, dashed] of [[below, false] as const, [above, true] as const]) {
      const relevant = closing ? ends && (dashed ? focus.unit.layer === 0 : focus.unit.layer === last) : true;
      if (!relevant) continue;
      const boxes = litBoxes(layout, panel, marks).map((box) => zoomed(atLeast(box), zoom));
      veil += boxes.map(rectPath).join('');
      if (boxes.length > 0) outlines.push({ path: boxes.map(rectPath).join(''), dashed });
    }
  }
  return (
    <g class={o.pinned ? 'highlight pinned' : 'highlight'}>
      <path d={veil} fill={theme.background} opacity={isHighContrast(theme.kind) ? 0.4 : 0.62} fill-rule="evenodd" />
      {outlines.map(({ path, dashed }) => (
        <path
          d={path}
          fill="none"
          stroke={theme.foreground}
          stroke-width={1.25}
          stroke-dasharray={dashed ? '4 3' : undefined}
        />
      ))}
      {layout.strips.map((strip) => (
        <StripMarks
          strip={strip}
          layout={layout}
          zoom={zoom}
          theme={theme}
          below={below[strip.layer]!}
          above={above[strip.layer]!}
        />
      ))}
      {zoom.k > 1 && <RulerNames layout={layout} zoom={zoom} theme={theme} />}
      {focused.map((unit) => (
        <UnitLines unit={unit} layout={layout} zoom={zoom} theme={theme} />
      ))}
    </g>
  );
}

/** What is pinned, while something else is pointed at. */
export function QuiltPin(o: {
  readonly layout: QuiltLayout;
  readonly theme: Theme;
  readonly focus: Focus;
  readonly zoom: ZoomTransform;
}): VNode {
  const { unit, from } = o.focus;
  return (
    <g class="pin">
      {(from ? [from, unit] : [unit]).map((own) => (
        <UnitLines unit={own} layout={o.layout} zoom={o.zoom} theme={o.theme} faint />
      ))}
    </g>
  );
}

/** Thinner than a pixel would not be seen. */
function atLeast(box: Box): Box {
  const grow = (size: number) => Math.max(0, 1.5 - size);
  return {
    x: box.x - grow(box.width) / 2,
    y: box.y - grow(box.height) / 2,
    width: box.width + grow(box.width),
    height: box.height + grow(box.height),
  };
}

function StripMarks({
  strip,
  layout,
  zoom,
  theme,
  below,
  above,
}: {
  readonly strip: QuiltStrip;
  readonly layout: QuiltLayout;
  readonly zoom: ZoomTransform;
  readonly theme: Theme;
  readonly below: Uint8Array;
  readonly above: Uint8Array;
}): VNode {
  const box = zoomed(strip, zoom);
  const bar = (marks: Uint8Array) =>
    markedRuns(marks, layout.unitAt[strip.layer]!)
      .map(({ position, count }) => {
        const { start, size } = positionSpan(layout, box, strip.axis, strip.layer, position, count);
        return strip.axis === 'x'
          ? rectPath({ x: start, y: box.y - 1, width: Math.max(1.5, size), height: box.height + 2 })
          : rectPath({ x: box.x - 1, y: start, width: box.width + 2, height: Math.max(1.5, size) });
      })
      .join('');
  const lit = bar(below.map((mark, unit) => mark | above[unit]!));
  return (
    <>
      <path
        d={rectPath(box) + lit}
        fill={theme.background}
        opacity={isHighContrast(theme.kind) ? 0.45 : 0.75}
        fill-rule="evenodd"
      />
      <path d={bar(below)} fill="none" stroke={theme.foreground} stroke-width={1.5} />
      <path d={bar(above)} fill="none" stroke={theme.foreground} stroke-width={1.5} stroke-dasharray="4 3" />
    </>
  );
}

/** The focused unit's line through every matrix that has its layer, and its mark on the strip. */
function UnitLines({
  unit,
  layout,
  zoom,
  theme,
  faint = false,
}: {
  readonly unit: UnitId;
  readonly layout: QuiltLayout;
  readonly zoom: ZoomTransform;
  readonly theme: Theme;
  /** An outline alone. */
  readonly faint?: boolean;
}): VNode {
  const position = layout.positionOf[unit.layer]![unit.unit]!;
  const lines: string[] = [];
  for (const own of [...layout.panels, ...layout.strips]) {
    const axes: ('x' | 'y')[] =
      'axis' in own
        ? own.layer === unit.layer
          ? [own.axis]
          : []
        : [...(own.xLayer === unit.layer ? ['x' as const] : []), ...(own.yLayer === unit.layer ? ['y' as const] : [])];
    const box = zoomed(own, zoom);
    for (const axis of axes) {
      const { start, size } = positionSpan(layout, box, axis, unit.layer, position, 1);
      const thick = Math.max(2, size);
      const at = start + size / 2 - thick / 2;
      lines.push(
        axis === 'x'
          ? rectPath({ x: at, y: box.y, width: thick, height: box.height })
          : rectPath({ x: box.x, y: at, width: box.width, height: thick }),
      );
    }
  }
  const d = lines.join('');
  // The rim sets the line off from any colour of the matrices.
  return (
    <>
      <path d={d} fill="none" stroke={theme.background} stroke-width={3} />
      <path
        d={d}
        fill={theme.accent}
        fill-opacity={faint ? 0 : zoom.k > 6 ? 0.35 : 0.9}
        stroke={theme.accent}
        stroke-width={1}
        stroke-dasharray={faint ? '5 3' : undefined}
      />
    </>
  );
}
