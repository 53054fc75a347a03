/** What one output depends on, drawn where its inputs are. */
import type { VNode } from 'preact';
import { inputBox, NAME_GAP, panelBoxes, type DependencyForm, type DependencyLayout } from './dependencyLayout.ts';
import {
  factsOf,
  type InputFacts,
  inputsWhere,
  isLeaking,
  isLost,
  isSilent,
  type ShownDependency,
} from './dependencyWords.ts';
import { wholeSource, type Box, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { spread } from './leaks.ts';
import { logScale, matrixPixels, type Pixels } from './pixels.ts';
import { errorRgb, magnitudeRamp, neutralRgb, rampColour, rgbText, silentRgb } from './ramps.ts';
import { formatValue, inputName } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export { dependencyLayout } from './dependencyLayout.ts';

/** Decades of the logarithmic scale below its largest entry. */
const DECADES = 3;

export interface StrengthRange {
  readonly low: number;
  readonly high: number;
}

export function strengthRange({ strength }: ShownDependency): StrengthRange {
  let high = 0;
  for (const value of strength) if (value > high && value < Infinity) high = value;
  const top = high > 0 ? high : 1;
  return { low: top * 10 ** -DECADES, high: top };
}

/** One of the images that a layout has side by side. */
function strengthPixels(shown: ShownDependency, layout: DependencyLayout, panel: number, theme: Theme): Pixels {
  const { low, high } = strengthRange(shown);
  const scale = logScale(low, high);
  const { rows, inputAt } = layout;
  const columns = layout.columns / layout.panels.length;
  const at = (row: number, column: number) => inputAt[row * layout.columns + panel * columns + column];
  const where = (holds: (facts: ReturnType<typeof factsOf>) => boolean) => (row: number, column: number) => {
    const input = at(row, column);
    return input !== undefined && holds(factsOf(shown, input));
  };
  return matrixPixels({
    rows,
    columns,
    ramp: magnitudeRamp(),
    flagged: { colour: errorRgb(theme.kind), at: where(isLeaking) },
    unknown: { colour: neutralRgb(theme.kind), at: where(({ strength }) => !Number.isFinite(strength)) },
    silent: {
      colour: silentRgb(theme.kind),
      at: where((facts) => isSilent(facts) || isLost(facts) || facts.beyond === 'far'),
    },
    position: (row, column) => {
      const input = at(row, column);
      if (input === undefined) return scale(0);
      // Nothing there, as where it is forbidden.
      return factsOf(shown, input).beyond === 'blind' ? NaN : scale(shown.strength[input]!);
    },
  });
}

const MOST_MARKERS = 40;

export function dependencyDrawing(shown: ShownDependency, layout: DependencyLayout, theme: Theme): Drawing {
  const { width, height, form, panels } = layout;
  const bars = form === 'bars';
  const boxes = bars ? [] : panelBoxes(layout);
  return {
    width,
    height,
    rasters: boxes.map((box, panel) => {
      const pixels = strengthPixels(shown, layout, panel, theme);
      return { ...box, pixels, source: wholeSource(pixels), hatched: true };
    }),
    marks: (
      <g font-family={theme.font} class="dependency">
        {bars && <Bars shown={shown} layout={layout} theme={theme} />}
        {boxes.map((box, panel) => (
          <>
            <rect {...box} fill="none" stroke={theme.rule} stroke-width={1} />
            {panels.length > 1 && (
              <text x={box.x} y={box.y - 6} font-size={textSize.label} fill={theme.foreground}>
                {panels[panel]}
              </text>
            )}
          </>
        ))}
        <Leaks shown={shown} layout={layout} theme={theme} />
        {!bars && <Losses shown={shown} layout={layout} theme={theme} />}
        <Outlined box={inputBox(layout, shown.output)} theme={theme} />
      </g>
    ),
  };
}

/** A frame about a cell that is seen on whatever it lies on. */
export function Outlined({ box, theme }: { readonly box: Box; readonly theme: Theme }): VNode {
  const around = { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2, fill: 'none' };
  return (
    <>
      <rect {...around} stroke={theme.background} stroke-width={4} />
      <rect {...around} stroke={theme.accent} stroke-width={2} />
    </>
  );
}

interface Part {
  readonly shown: ShownDependency;
  readonly layout: DependencyLayout;
  readonly theme: Theme;
}

/** One line an input, in the order: its name, a bar as long as it is strong, its number. */
function Bars({ shown, layout, theme }: Part): VNode {
  const { low, high } = strengthRange(shown);
  const scale = logScale(low, high);
  const hatchId = 'dependency-hatch';
  return (
    <>
      <defs>
        <pattern id={hatchId} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1={0} y1={0} x2={0} y2={6} stroke={theme.rule} stroke-width={2} />
        </pattern>
      </defs>
      {Array.from(layout.inputAt, (input) => {
        const facts = factsOf(shown, input);
        const box = inputBox(layout, input);
        const leak = isLeaking(facts);
        const known = Number.isFinite(facts.strength);
        const length = known ? Math.max(facts.strength > 0 ? 2 : 0, (box.width * facts.strength) / high) : 0;
        const middle = box.y + box.height / 2;
        const value = !known
          ? '?'
          : facts.strength > 0
            ? formatValue(facts.strength, 2)
            : isLost(facts)
              ? 'lost'
              : (facts.beyond ?? '0');
        return (
          <>
            <text
              x={layout.left - 8}
              y={middle}
              text-anchor="end"
              dominant-baseline="central"
              font-size={textSize.label}
              fill={theme.foreground}
            >
              {inputName(input)}
            </text>
            {!facts.allowed && (
              <rect x={box.x} y={box.y + 2} width={box.width} height={box.height - 4} fill={`url(#${hatchId})`} />
            )}
            <rect
              x={box.x}
              y={box.y + 3}
              width={length}
              height={box.height - 6}
              fill={leak ? theme.error : rampColour(magnitudeRamp(), scale(facts.strength))}
              stroke={leak ? theme.foreground : theme.rule}
              stroke-width={leak ? 1.5 : 0.5}
            />
            <text
              x={box.x + box.width + 6}
              y={middle}
              dominant-baseline="central"
              font-size={textSize.label}
              font-weight={leak ? 600 : 400}
              fill={leak || isLost(facts) ? theme.error : theme.muted}
            >
              {leak ? `${value} leak` : value}
            </text>
          </>
        );
      })}
    </>
  );
}

/** Leaks never smaller than can be seen, and the name of the worst beside the cells: over them it hid a neighbour. */
function Leaks({ shown, layout, theme }: Part): VNode | null {
  const leaks = inputsWhere(shown, isLeaking);
  const { worst } = layout;
  if (worst === null) return null;
  const box = inputBox(layout, worst.input);
  return (
    <g class="leaks">
      {spread(leaks, MOST_MARKERS).map((input) => {
        const own = inputBox(layout, input);
        const size = Math.max(6, own.width);
        return (
          <rect
            x={own.x + (own.width - size) / 2}
            y={own.y + (own.height - size) / 2}
            width={size}
            height={size}
            fill={theme.error}
            stroke={theme.foreground}
            stroke-width={1.5}
          />
        );
      })}
      <text
        x={panelBoxes(layout).at(-1)!.x + panelBoxes(layout).at(-1)!.width + NAME_GAP}
        y={Math.max(textSize.label / 2, box.y + box.height / 2)}
        dominant-baseline="central"
        font-size={textSize.label}
        font-weight="600"
        fill={theme.error}
      >
        {worst.name}
      </text>
    </g>
  );
}

/** Inputs that should reach the output and do not. */
function Losses({ shown, layout, theme }: Part): VNode {
  return (
    <g fill="none" stroke={theme.error} stroke-width={1.75} class="losses">
      {spread(inputsWhere(shown, isLost), MOST_MARKERS).map((input) => {
        const { x, y, width, height } = inputBox(layout, input);
        return <circle cx={x + width / 2} cy={y + height / 2} r={Math.max(3, Math.min(7, width * 0.32))} />;
      })}
    </g>
  );
}

const isBlind = ({ beyond }: InputFacts) => beyond === 'blind';
const isFar = ({ beyond }: InputFacts) => beyond === 'far';

export function dependencyLegend(shown: ShownDependency, form: DependencyForm, theme: Theme): LegendItem[] {
  const { low, high } = strengthRange(shown);
  const has = (holds: Parameters<typeof inputsWhere>[1]) => inputsWhere(shown, holds).length > 0;
  return [
    {
      mark: 'ramp',
      label: `mean |∂ output/∂x|, ${form === 'bars' ? 'colours ' : ''}log`,
      ramp: magnitudeRamp(),
      low: `≤ ${formatValue(low, 1)}`,
      high: formatValue(high),
    },
    {
      mark: 'hatch',
      label: has(isBlind) ? 'never seen: not before it, or in its blind spot' : 'forbidden: not before it',
    },
    ...(form !== 'bars' && has(isFar)
      ? [{ mark: 'patch' as const, label: 'too far for so few layers', colour: rgbText(silentRgb(theme.kind)) }]
      : []),
    ...(form !== 'bars' && has((facts) => isSilent(facts))
      ? [{ mark: 'patch' as const, label: 'allowed, but 0 here', colour: rgbText(silentRgb(theme.kind)) }]
      : []),
    { mark: 'dot', label: 'the output itself', colour: theme.accent, hollow: true },
    ...(has(isLost) ? [{ mark: 'dot' as const, label: 'lost: no path', colour: theme.error, hollow: true }] : []),
    ...(has(isLeaking) ? [{ mark: 'violation' as const, label: 'leak: must not reach it' }] : []),
    ...(has(({ strength }) => !Number.isFinite(strength))
      ? [{ mark: 'dot' as const, label: 'no finite number', colour: theme.neutral }]
      : []),
  ];
}
