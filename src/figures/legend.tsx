/** Legends: what each mark means, laid out in wrapping rows. */
import type { ComponentChildren, VNode } from 'preact';
import { inkOn } from './colours.ts';
import { errorRgb, rampColour, rgbText, type Ramp } from './ramps.ts';
import { HATCH } from './drawing.tsx';
import { textWidth } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** One entry: a small picture and what it means. */
export type LegendItem =
  | {
      readonly mark: 'line';
      readonly label: string;
      readonly colour: string;
      readonly width?: number;
      readonly dash?: string | undefined;
      readonly opacity?: number;
    }
  | {
      readonly mark: 'dot';
      readonly label: string;
      readonly colour: string;
      readonly hollow?: boolean;
      readonly outline?: string;
    }
  | { readonly mark: 'hatch' | 'empty' | 'outline'; readonly label: string }
  /** One half of a cell that holds two things, one above the other. */
  | { readonly mark: 'upper' | 'lower'; readonly label: string }
  | { readonly mark: 'frame'; readonly label: string; readonly colour: string; readonly halo: string }
  | { readonly mark: 'violation' | 'lost'; readonly label: string }
  | { readonly mark: 'patch' | 'cross'; readonly label: string; readonly colour: string }
  | {
      readonly mark: 'ramp';
      readonly label?: string;
      readonly ramp: Ramp;
      readonly low: string;
      readonly high: string;
    };

const ROW = 20;
const SWATCH = 18;
const RAMP_WIDTH = 76;
const NARROWEST_RAMP = 16;
const GAP = 18;

/** A ramp gives way where its row is narrower than it and its words. */
function rampWidth(item: Extract<LegendItem, { mark: 'ramp' }>, width: number): number {
  return Math.max(NARROWEST_RAMP, Math.min(RAMP_WIDTH, width - itemWidth(item) + RAMP_WIDTH));
}

function itemWidth(item: LegendItem): number {
  const size = textSize.label;
  if (item.mark !== 'ramp') return SWATCH + 6 + textWidth(item.label, size);
  const label = item.label ? textWidth(item.label, size) + 6 : 0;
  return label + textWidth(item.low, size) + RAMP_WIDTH + textWidth(item.high, size) + 12;
}

/** Items in rows no wider than `width`. */
function layOut(
  items: readonly LegendItem[],
  width: number,
): { placed: { item: LegendItem; x: number; y: number }[]; height: number } {
  let x = 0;
  let y = 0;
  const placed = items.map((item) => {
    const own = itemWidth(item);
    if (x > 0 && x + own > width) {
      x = 0;
      y += ROW;
    }
    const at = { item, x, y };
    x += own + GAP;
    return at;
  });
  return { placed, height: items.length === 0 ? 0 : y + ROW };
}

export function legendHeight(items: readonly LegendItem[], width: number): number {
  return layOut(items, width).height;
}

/** A legend as a group whose top left corner is the origin. */
export function Legend({
  items,
  width,
  theme,
  id = 'legend',
}: {
  readonly items: readonly LegendItem[];
  readonly width: number;
  readonly theme: Theme;
  readonly id?: string;
}): VNode {
  return (
    <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
      {layOut(items, width).placed.map(({ item, x, y }, i) => (
        <g transform={`translate(${x},${y})`}>{drawItem(item, theme, `${id}-${i}`, width)}</g>
      ))}
    </g>
  );
}

function drawItem(item: LegendItem, theme: Theme, id: string, width: number): ComponentChildren {
  const middle = ROW / 2;
  if (item.mark === 'ramp') return <RampItem item={item} theme={theme} id={id} wide={rampWidth(item, width)} />;
  const label = (
    <text x={SWATCH + 6} y={middle} dominant-baseline="central">
      {item.label}
    </text>
  );
  return (
    <>
      {swatch(item, theme, middle, id)}
      {label}
    </>
  );
}

function swatch(
  item: Exclude<LegendItem, { mark: 'ramp' }>,
  theme: Theme,
  middle: number,
  id: string,
): ComponentChildren {
  const square = { x: 3, y: middle - 6, width: 12, height: 12 };
  switch (item.mark) {
    case 'line':
      return (
        <line
          x1={0}
          x2={SWATCH}
          y1={middle}
          y2={middle}
          stroke={item.colour}
          stroke-width={item.width ?? 1.5}
          stroke-dasharray={item.dash}
          opacity={item.opacity}
        />
      );
    case 'dot':
      return (
        <circle
          cx={SWATCH / 2}
          cy={middle}
          r={4.5}
          fill={item.hollow ? 'none' : item.colour}
          stroke={item.outline ?? item.colour}
          stroke-width={item.hollow ? 2 : 1}
        />
      );
    case 'hatch':
      return (
        <>
          <defs>
            <pattern
              id={id}
              width={HATCH.step}
              height={HATCH.step}
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <line x1={0} y1={0} x2={0} y2={HATCH.step} stroke={theme.rule} stroke-width={HATCH.width * 2} />
            </pattern>
          </defs>
          <rect {...square} fill={`url(#${id})`} stroke={theme.rule} />
        </>
      );
    case 'empty':
      return <rect {...square} fill={theme.background} stroke={theme.rule} />;
    case 'cross':
      return <path d={`M3,${middle}h12m-6,-6v12`} fill="none" stroke={item.colour} stroke-width={2} />;
    case 'patch':
      return <rect {...square} fill={item.colour} stroke={theme.rule} />;
    case 'outline':
      return <rect {...square} fill="none" stroke={theme.foreground} stroke-width={1.5} />;
    case 'upper':
    case 'lower':
      return (
        <>
          <rect {...square} fill="none" stroke={theme.rule} />
          <rect
            {...square}
            y={square.y + (item.mark === 'upper' ? 0 : square.height / 2)}
            height={square.height / 2}
            fill={theme.foreground}
          />
        </>
      );
    case 'frame':
      return (
        <>
          <rect {...square} fill="none" stroke={item.halo} stroke-width={3} />
          <rect {...square} fill="none" stroke={item.colour} stroke-width={1.5} />
        </>
      );
    case 'lost': {
      const colour = errorRgb(theme.kind);
      return (
        <>
          <rect {...square} fill={rgbText(colour)} stroke={theme.rule} />
          <circle cx={9} cy={middle} r={3.5} fill="none" stroke={inkOn(colour)} stroke-width={2} />
        </>
      );
    }
    case 'violation':
      return <rect {...square} fill={theme.error} stroke={theme.foreground} stroke-width={1.5} />;
  }
}

const RAMP_STOPS = 12;

function RampItem({
  item,
  theme,
  id,
  wide,
}: {
  readonly wide: number;
  readonly item: Extract<LegendItem, { mark: 'ramp' }>;
  readonly theme: Theme;
  readonly id: string;
}) {
  const size = textSize.label;
  const label = item.label ? textWidth(item.label, size) + 6 : 0;
  const start = label + textWidth(item.low, size) + 6;
  const middle = ROW / 2;
  return (
    <>
      <defs>
        <linearGradient id={id}>
          {Array.from({ length: RAMP_STOPS + 1 }, (_, i) => (
            <stop offset={i / RAMP_STOPS} stop-color={rampColour(item.ramp, i / RAMP_STOPS)} />
          ))}
        </linearGradient>
      </defs>
      {item.label && (
        <text x={0} y={middle} dominant-baseline="central">
          {item.label}
        </text>
      )}
      <text x={start - 6} y={middle} dominant-baseline="central" text-anchor="end" fill={theme.muted}>
        {item.low}
      </text>
      <rect
        x={start}
        y={middle - 5}
        width={wide}
        height={10}
        fill={`url(#${id})`}
        stroke={theme.rule}
        stroke-width={0.5}
      />
      <text x={start + wide + 6} y={middle} dominant-baseline="central" fill={theme.muted}>
        {item.high}
      </text>
    </>
  );
}
