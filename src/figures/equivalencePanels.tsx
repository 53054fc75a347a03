/** The two panels of KL in x and KL in u: curves over training, and rows on the diagonal. */
import type { VNode } from 'preact';
import type { EquivalenceFrame } from '../inspection/frames/equivalence.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box } from './drawing.tsx';
import { largestGap, sideNames, type Moment } from './equivalenceWords.ts';
import type { LegendItem } from './legend.tsx';
import { plural } from './text.ts';
import { isHighContrast, textSize, type Theme } from './theme.ts';

/** Moments that have marks of their own; more are a line. */
const FEW = 24;
/** Of the broad line below the other: both can be seen. */
const broad = ({ kind }: Theme) => (isHighContrast(kind) ? 0.7 : 0.4);

export interface RowScales {
  readonly x: NumericScale;
  readonly y: NumericScale;
  /** Rows that lie beyond the axes and are drawn at their ends. */
  readonly beyond: number;
}

/** What both panels are drawn by. */
export interface Panels {
  readonly frame: EquivalenceFrame;
  readonly moments: readonly Moment[];
  readonly theme: Theme;
  readonly over: Box;
  readonly scatter: Box;
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly both: RowScales;
  readonly epochs: readonly { readonly epoch: number; readonly nats: number }[];
  readonly rows: readonly number[];
  readonly known: boolean;
}

const unit = (known: boolean) => (known ? 'KL divergence (nats)' : 'KL up to the data’s entropy (nats)');

function Title({ box, theme, children }: { readonly box: Box; readonly theme: Theme; readonly children: string }) {
  return (
    <text x={box.x} y={box.y - 10} font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
      {children}
    </text>
  );
}

export function MomentCurves({ moments, theme, over, x, y, epochs, known }: Panels): VNode {
  const own = runStyle(theme.kind, 0).colour;
  const other = runStyle(theme.kind, 1).colour;
  const path = (points: readonly { readonly epoch: number; readonly nats: number }[]) =>
    points.map(({ epoch, nats }, i) => `${i === 0 ? 'M' : 'L'}${x(epoch).toFixed(1)} ${y(nats).toFixed(1)}`).join('');
  const side = (which: 'inX' | 'inU') =>
    moments
      .filter((moment) => Number.isFinite(moment[which]))
      .map((moment) => ({ epoch: moment.epoch, nats: moment[which] }));
  const [inX, inU] = [side('inX'), side('inU')];
  const few = moments.length <= FEW;
  return (
    <g fill="none" stroke-linejoin="round">
      <Title box={over} theme={theme}>
        over training
      </Title>
      <Axis
        scale={y}
        side="left"
        at={over.x}
        label={unit(known)}
        theme={theme}
        ticks={Math.max(3, Math.round(over.height / 48))}
        grid={over.width}
        labelOffset={48}
      />
      <Axis
        scale={x}
        side="bottom"
        at={over.y + over.height}
        label="epochs"
        theme={theme}
        ticks={Math.max(2, Math.round(over.width / 80))}
      />
      <path d={path(epochs)} stroke={theme.muted} stroke-width={1} class="scores" />
      <path
        d={path(inX)}
        stroke={own}
        stroke-width={7}
        stroke-opacity={broad(theme)}
        stroke-linecap="round"
        class="in-x"
      />
      <path d={path(inU)} stroke={other} stroke-width={2} stroke-dasharray="5 4" class="in-u" />
      {few && inX.map(({ epoch, nats }) => <circle cx={x(epoch)} cy={y(nats)} r={5.5} stroke={own} stroke-width={2} />)}
      {few && inU.map(({ epoch, nats }) => <circle cx={x(epoch)} cy={y(nats)} r={2.2} fill={other} />)}
    </g>
  );
}

export function RowScatter({ frame, theme, scatter, both, rows, known }: Panels): VNode {
  const own = runStyle(theme.kind, 0).colour;
  const gap = largestGap(frame);
  const wrong = gap !== null && !gap.rounding;
  // Thousands of points as one path of dots.
  const dots = rows.map((i) => `M${both.x(frame.inX[i]!).toFixed(1)} ${both.y(frame.inU[i]!).toFixed(1)}h0`).join('');
  const [low, high] = both.x.domain() as [number, number];
  return (
    <g fill="none">
      <Title box={scatter} theme={theme}>
        row by row, at this step
      </Title>
      <Axis
        scale={both.y}
        side="left"
        at={scatter.x}
        label={known ? 'in u: log p_u(u) − log base(u)' : 'in u: log|det ∂x/∂u| − log base(u)'}
        theme={theme}
        ticks={Math.max(3, Math.round(scatter.height / 60))}
        grid={scatter.width}
        labelOffset={48}
      />
      <Axis
        scale={both.x}
        side="bottom"
        at={scatter.y + scatter.height}
        label={known ? 'in x: log p*(x) − log p(x), nats' : 'in x: −log p(x), nats'}
        theme={theme}
        ticks={Math.max(2, Math.round(scatter.width / 80))}
      />
      <line
        x1={both.x(low)}
        y1={both.y(low)}
        x2={both.x(high)}
        y2={both.y(high)}
        stroke={theme.muted}
        stroke-width={1}
        stroke-dasharray="4 3"
        class="identity"
      />
      <path
        d={dots}
        stroke={own}
        stroke-width={rows.length > 500 ? 3.5 : 5}
        stroke-opacity={isHighContrast(theme.kind) ? 0.85 : 0.55}
        stroke-linecap="round"
        class="rows"
      />
      {wrong && (
        <g fill={theme.error} stroke={theme.foreground} stroke-width={1.5} class="violations">
          <rect x={both.x(frame.inX[gap.index]!) - 4} y={both.y(frame.inU[gap.index]!) - 4} width={8} height={8} />
        </g>
      )}
    </g>
  );
}

export function equivalenceLegend({ frame, theme, epochs, known, both }: Panels): LegendItem[] {
  const names = sideNames(known);
  const gap = largestGap(frame);
  return [
    { mark: 'line', label: names.x, colour: runStyle(theme.kind, 0).colour, width: 7, opacity: broad(theme) },
    { mark: 'line', label: names.u, colour: runStyle(theme.kind, 1).colour, width: 2, dash: '5 4' },
    ...(epochs.length > 0
      ? [
          {
            mark: 'line' as const,
            label: known ? `in x by every epoch’s score of all ${frame.split} rows` : 'NLL after every epoch',
            colour: theme.muted,
            width: 1,
          },
        ]
      : []),
    ...(both.beyond > 0
      ? [{ mark: 'empty' as const, label: `at the ends: ${plural(both.beyond, 'row')} beyond the axes` }]
      : []),
    { mark: 'line', label: 'where both are equal', colour: theme.muted, width: 1, dash: '4 3' },
    ...(gap && !gap.rounding ? [{ mark: 'violation' as const, label: 'differs most, by more than rounding' }] : []),
  ];
}
