/** log|det| as a flow's layers state it beside that of the measured Jacobian, row by row: on the line they are one number. */
import { extent, scaleLinear } from 'd3';
import { logDetsAgree } from '../inspection/diagnostics/tolerances.ts';
import type { FlowJacobianFrame } from '../inspection/frames/flowJacobian.ts';
import { Axis } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import type { Theme } from './theme.ts';

const MARGIN = { left: 58, right: 12, top: 8, bottom: 40 };
const LARGEST = 320;
/** Rows that are all alike are drawn in the middle of so many nats. */
const NARROWEST = 1;

export interface LogDetFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
}

export function logDetFigure({
  frame,
  width,
  theme,
}: {
  readonly frame: FlowJacobianFrame;
  readonly width: number;
  readonly theme: Theme;
}): LogDetFigure {
  const { stated, numeric, dimension } = frame;
  const side = Math.min(LARGEST, width - MARGIN.left - MARGIN.right);
  const [right, bottom] = [MARGIN.left + side, MARGIN.top + side];
  const [low = 0, high = 0] = extent([...stated, ...numeric].filter(Number.isFinite));
  const spare = Math.max(0.06 * (high - low), (NARROWEST - (high - low)) / 2);
  const domain = [low - spare, high + spare];
  const x = scaleLinear(domain, [MARGIN.left, right]);
  const y = scaleLinear(domain, [bottom, MARGIN.top]);
  const { colour } = runStyle(theme.kind, 0);
  const off = (n: number) => !logDetsAgree({ stated: stated[n]!, measured: numeric[n]! }, dimension);
  const rows = Array.from(numeric.keys()).filter((n) => Number.isFinite(numeric[n]!) && Number.isFinite(stated[n]!));
  return {
    drawing: {
      width: right + MARGIN.right,
      height: bottom + MARGIN.bottom,
      rasters: [],
      marks: (
        <>
          <Axis scale={y} side="left" at={MARGIN.left} label="measured, nats" theme={theme} ticks={5} grid={side} />
          <Axis scale={x} side="bottom" at={bottom} label="stated, nats" theme={theme} ticks={5} grid={side} />
          <line
            x1={x(domain[0]!)}
            y1={y(domain[0]!)}
            x2={x(domain[1]!)}
            y2={y(domain[1]!)}
            stroke={theme.muted}
            stroke-dasharray="4 3"
          />
          {rows.map((n) =>
            off(n) ? (
              <rect
                x={x(stated[n]!) - 4}
                y={y(numeric[n]!) - 4}
                width={8}
                height={8}
                fill={theme.error}
                stroke={theme.foreground}
                stroke-width={1.5}
              />
            ) : (
              <circle
                cx={x(stated[n]!)}
                cy={y(numeric[n]!)}
                r={4}
                fill={colour}
                fill-opacity={0.7}
                stroke={theme.background}
              />
            ),
          )}
        </>
      ),
    },
    legend: [
      { mark: 'dot', label: 'a row', colour },
      { mark: 'line', label: 'equal', colour: theme.muted, dash: '4 3' },
      ...(rows.some(off) ? [{ mark: 'violation' as const, label: 'not the same number' }] : []),
    ],
  };
}
