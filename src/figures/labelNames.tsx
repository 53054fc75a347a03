/** Names of classes in a scatter, each in the middle of its rows: told without colours, as far as there is room. */
import { median } from 'd3';
import type { VNode } from 'preact';
import type { Box } from './drawing.tsx';
import { textWidth } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** Fewer rows than this have no middle worth a name. */
const FEWEST_ROWS = 3;
const LONGEST = 16;

export interface NamedPoints {
  readonly name: string;
  /** Of the rows of the class, px. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The largest classes first; a name that would lie on another one is left to the legend. */
export function LabelNames({
  classes,
  within,
  theme,
}: {
  readonly classes: readonly NamedPoints[];
  readonly within: Box;
  readonly theme: Theme;
}): VNode {
  const size = textSize.label;
  const placed: { readonly text: string; readonly x: number; readonly y: number; readonly half: number }[] = [];
  const largest = [...classes].sort((a, b) => b.x.length - a.x.length);
  for (const { name, x, y } of largest) {
    if (x.length < FEWEST_ROWS) continue;
    const text = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
    const half = textWidth(text, size) / 2 + 2;
    const at = Math.min(within.x + within.width - half, Math.max(within.x + half, median(x)!));
    const own = { text, x: at, y: median(y)!, half };
    const covers = placed.some((one) => Math.abs(one.x - at) < one.half + half && Math.abs(one.y - own.y) < size + 3);
    if (!covers) placed.push(own);
  }
  return (
    <g class="label-names" text-anchor="middle" font-size={size} font-family={theme.font} font-weight="bold">
      {placed.map(({ text, x, y }) => (
        <text
          x={x.toFixed(1)}
          y={y.toFixed(1)}
          dominant-baseline="central"
          fill={theme.foreground}
          stroke={theme.background}
          stroke-width={4}
          stroke-linejoin="round"
          paint-order="stroke"
        >
          {text}
        </text>
      ))}
    </g>
  );
}
