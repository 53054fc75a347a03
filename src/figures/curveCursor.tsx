/** The learning curves at one place: what they say, and the mark that follows the pointer. */
import type { VNode } from 'preact';
import type { CurvesFigure } from './curves.tsx';
import { firstAtLeast, type RunSeries } from './series.ts';
import type { Theme } from './theme.ts';

/** What the curves say at one place: shown at the cursor and in words. */
export interface CurveReadout {
  readonly x: number;
  readonly train: number | null;
  readonly smoothed: number | null;
  readonly validation: EpochReadout | null;
}
interface EpochReadout {
  readonly epoch: number;
  readonly value: number;
  readonly best: boolean;
}

export function readCurves(series: RunSeries, at: number): CurveReadout | null {
  if (series.x.length === 0 && series.validation.length === 0) return null;
  const i = Math.min(series.x.length - 1, firstAtLeast(series.x, at));
  const x = i >= 0 ? series.x[i]! : at;
  let nearest: RunSeries['validation'][number] | null = null;
  for (const point of series.validation) {
    if (nearest === null || Math.abs(point.x - x) <= Math.abs(nearest.x - x)) nearest = point;
  }
  return {
    x,
    train: i >= 0 ? series.raw[i]! : null,
    smoothed: i >= 0 ? series.smoothed[i]! : null,
    validation: nearest && { epoch: nearest.epoch, value: nearest.y, best: nearest === series.best },
  };
}

/** A vertical line with dots on the curves at one place. */
export function CurveCursor({
  figure,
  readout,
  theme,
}: {
  readonly figure: CurvesFigure;
  readonly readout: CurveReadout;
  readonly theme: Theme;
}): VNode {
  const { x, y, plot } = figure;
  const px = x(readout.x);
  const dot = (value: number | null, colour: string, atX = px) => {
    if (value === null || !Number.isFinite(value)) return null;
    const py = y(value);
    if (py < plot.y || py > plot.y + plot.height) return null;
    return <circle cx={atX} cy={py} r={3.5} fill={theme.background} stroke={colour} stroke-width={1.75} />;
  };
  return (
    <g pointer-events="none">
      <line x1={px} x2={px} y1={plot.y} y2={plot.y + plot.height} stroke={theme.accent} stroke-width={1} />
      {dot(readout.smoothed, theme.muted)}
    </g>
  );
}
