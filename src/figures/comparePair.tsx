/** Two drawings beside each other, or one above the other where there is no room, each under its run's name and mark. */
import { runStyle } from './colours.ts';
import type { Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { wrapText } from './text.ts';
import { textSize, type Theme } from './theme.ts';

const TITLE = 24;
const GAP = 24;
/** Height of a line of what stands in the place of a drawing. */
const LINE = 18;

export interface Named {
  readonly name: string;
  /** null where there is nothing to draw; `why` says why. */
  readonly drawing: Drawing | null;
  readonly why?: string | undefined;
}

/** Room for one of two. */
export function halfOf(width: number): number {
  return width < 520 ? width : Math.floor((width - GAP) / 2);
}

export function pairDrawing(runs: readonly Named[], width: number, theme: Theme): Drawing {
  const half = halfOf(width);
  let [x, y, tall, down] = [0, 0, 0, 0];
  const placed = runs.map(({ name, drawing, why }, index) => {
    const lines = drawing ? [] : wrapText(why ?? '', textSize.body, half);
    const height = TITLE + (drawing?.height ?? LINE * (lines.length + 1));
    const at = { name, drawing, lines, index, x, y };
    tall = Math.max(tall, y + height);
    if (half === width) {
      down = y + height + GAP;
      y = down;
    } else x += half + GAP;
    return at;
  });
  return {
    width,
    height: tall,
    rasters: placed.flatMap(
      (one) =>
        one.drawing?.rasters.map((raster) => ({ ...raster, x: raster.x + one.x, y: raster.y + one.y + TITLE })) ?? [],
    ),
    marks: placed.map((one) => {
      const style = runStyle(theme.kind, one.index);
      return (
        <g transform={`translate(${one.x},${one.y})`} font-family={theme.font} fill={theme.foreground}>
          <line x1={0} x2={22} y1={9} y2={9} stroke={style.colour} stroke-dasharray={style.dash} stroke-width={2.5} />
          <text x={30} y={9} font-size={textSize.body} font-weight="600" dominant-baseline="central">
            {one.name}
          </text>
          {one.drawing ? (
            <g transform={`translate(0,${TITLE})`}>{one.drawing.marks}</g>
          ) : (
            <text x={0} y={TITLE + 14} font-size={textSize.body} fill={theme.muted}>
              {one.lines.map((line, i) => (
                <tspan x={0} dy={i === 0 ? 0 : LINE}>
                  {line}
                </tspan>
              ))}
            </text>
          )}
        </g>
      );
    }),
  };
}

/** What marks mean in either picture: once where it is the same in both, with the run's letter where a scale is its own. */
export function legendOfBoth(legends: readonly (readonly LegendItem[])[]): LegendItem[] {
  const known = new Map<string, LegendItem>();
  const scales = legends.map((items) => JSON.stringify(items.filter(({ mark }) => mark === 'ramp')));
  const shared = legends.some((items) => items.length === 0) || new Set(scales).size === 1;
  for (const [i, items] of legends.entries()) {
    for (const item of items) {
      const own = item.mark === 'ramp' && !shared;
      const shown = own ? { ...item, label: `${'AB'[i]!}: ${item.label ?? ''}` } : item;
      known.set(JSON.stringify(shown), shown);
    }
  }
  return [...known.values()].sort((a, b) => Number(b.mark === 'ramp') - Number(a.mark === 'ramp'));
}
