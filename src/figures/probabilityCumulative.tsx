/** How few rows carry the probability: the share of the most probable ones, against how many they are. */
import type { VNode } from 'preact';
import { line, scaleLinear, scaleLog } from 'd3';
import type { Cumulative, ProbabilityFrame, RowSum } from '../inspection/probabilityFrame.ts';
import { Axis } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { LegendItem } from './legend.tsx';
import { formatCount, plural } from './text.ts';
import { textSize, type Theme } from './theme.ts';

const MARGIN = { left: 52, right: 14, top: 22, bottom: 38 };

export function cumulativePlot(
  { quantity }: ProbabilityFrame,
  sum: RowSum,
  size: { readonly width: number; readonly height: number },
  theme: Theme,
): { readonly marks: VNode; readonly legend: LegendItem[] } {
  const right = size.width - MARGIN.right;
  const bottom = size.height - MARGIN.bottom;
  const x = scaleLog([1, Math.max(2, sum.rows)], [MARGIN.left, right]);
  const y = scaleLinear([0, 1], [bottom, MARGIN.top]);
  const own = runStyle(theme.kind, 0);
  const data = runStyle(theme.kind, 1);
  const what = quantity.kind === 'exact' ? 'probability' : `exp(${quantity.kind === 'loss' ? '−loss' : 'bound'})`;
  const path = ({ rank, share }: Cumulative) =>
    line<number>(
      (_, i) => x(rank[i]!),
      (value) => y(value),
    ).digits(1)(share) ?? undefined;
  const half = { x: x(sum.half), y: y(0.5) };
  const halfText = `half: ${plural(sum.half, 'row')}`;
  const onRight = half.x < (MARGIN.left + right) / 2;
  const marks = (
    <g font-family={theme.font}>
      <text x={0} y={10} font-size={textSize.label} font-weight="600" fill={theme.foreground}>
        How few rows carry it
      </text>
      <Axis
        scale={y}
        side="left"
        at={MARGIN.left}
        label="share of the total"
        theme={theme}
        ticks={5}
        grid={right - MARGIN.left}
        labelOffset={38}
      />
      <Axis
        scale={x}
        side="bottom"
        at={bottom}
        label={`the most probable rows, of ${formatCount(sum.rows)} (log)`}
        theme={theme}
        ticks={Math.max(2, Math.round(size.width / 110))}
      />
      <path
        d={`M${MARGIN.left} ${half.y}H${half.x}V${bottom}`}
        fill="none"
        stroke={theme.muted}
        stroke-dasharray="2 3"
      />
      {sum.data && (
        <path
          d={path(sum.data.cumulative)}
          fill="none"
          stroke={data.colour}
          stroke-width={1.75}
          stroke-dasharray={data.dash}
        />
      )}
      <path d={path(sum.cumulative)} fill="none" stroke={own.colour} stroke-width={2.25} />
      <circle cx={half.x} cy={half.y} r={4} fill={theme.background} stroke={own.colour} stroke-width={2} />
      <text
        x={half.x + (onRight ? 9 : -9)}
        y={half.y + 14}
        text-anchor={onRight ? 'start' : 'end'}
        font-size={textSize.label}
        fill={theme.foreground}
        stroke={theme.background}
        stroke-width={3}
        paint-order="stroke"
      >
        {halfText}
      </text>
    </g>
  );
  return {
    marks,
    legend: [
      { mark: 'line', label: `${what}, rows by it`, colour: own.colour, width: 2.25 },
      ...(sum.data
        ? [
            {
              mark: 'line' as const,
              label: 'training data, rows by their frequency',
              colour: data.colour,
              width: 1.75,
              dash: data.dash,
            },
          ]
        : []),
    ],
  };
}
