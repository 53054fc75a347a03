/** The learning curves of two runs on the same axes: picture, legend, and what they say. */
import type { RunManifest } from '../runs/manifest.ts';
import { runStyle } from './colours.ts';
import { measuresApart } from './compareWords.ts';
import { curves, type CurveRun, type CurvesFigure, type CurvesOptions } from './curves.tsx';
import type { LegendItem } from './legend.tsx';
import { curvesReading } from './runSentences.ts';
import type { Theme } from './theme.ts';
import type { LossUnit } from './units.ts';

export interface ComparedCurve extends CurveRun {
  /** What is known of its model; left out by earlier versions. */
  readonly model: RunManifest['model'];
}

export const COMPARED_CURVES_TITLE = 'Learning curves of both';

export interface ComparedCurvesOptions extends Omit<CurvesOptions, 'runs'> {
  readonly runs: readonly [ComparedCurve, ComparedCurve];
  /** In full, for the legend: "A: bars-made, 2 Jan 2025, 03:04". */
  readonly names: readonly [string, string];
}

export function comparedCurves({ names, ...options }: ComparedCurvesOptions): CurvesFigure {
  return { ...curves(options), legend: legendOf(options.theme, names) };
}

/** One sentence a run, and whether their heights compare. */
export function comparedCurvesReading(runs: readonly [ComparedCurve, ComparedCurve], unit: LossUnit): string {
  const said = runs.map(
    ({ name, metrics, dimension, model }) => `${name}: ${curvesReading(metrics, unit, dimension, model)}`,
  );
  const apart = measuresApart(...runs);
  return [...said, ...(apart === null ? [] : [apart])].join(' ');
}

function legendOf(theme: Theme, names: readonly [string, string]): LegendItem[] {
  return [
    ...names.map((label, index): LegendItem => {
      const { colour, dash } = runStyle(theme.kind, index);
      return { mark: 'line', label, colour, dash, width: 2 };
    }),
    { mark: 'line', label: 'thick: validation', colour: theme.foreground, width: 2.5 },
    { mark: 'line', label: 'thin: train, averaged (A’s is grey)', colour: theme.muted, width: 1.5 },
    { mark: 'dot', label: 'best epoch', colour: theme.foreground, hollow: true },
  ];
}
