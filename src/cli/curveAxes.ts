/** `--axis`, `--log-x` and `--log-y`: how pictures of learning curves are drawn. */
import { Option } from 'commander';
import { axisMissing, type XAxis, xAxes } from '../figures/series.ts';
import type { Metric } from '../runs/metrics.ts';
import { CliError } from './output.ts';

export interface CurveAxes {
  readonly axis?: XAxis;
  readonly logX?: true;
  readonly logY?: true;
}

export function curveAxesOptions(): Option[] {
  return [
    new Option('--axis <axis>', 'what curves are drawn against; rows: training samples evaluated').choices(xAxes),
    new Option('--log-x', 'draw curves against a logarithmic axis'),
    new Option('--log-y', 'draw the values of curves on a logarithmic axis'),
  ];
}

/** @param svg where a picture is written: without one they mean nothing. @throws CliError naming what is in the way. */
export function checkCurveAxes({ axis, logX, logY }: CurveAxes, svg: string | undefined, view = 'curves'): void {
  const given = axis !== undefined ? '--axis' : logX ? '--log-x' : logY ? '--log-y' : null;
  if (given === null) return;
  if (view !== 'curves') throw new CliError(`${given} needs --view curves`, 'No other view is of learning curves.');
  if (svg === undefined) throw new CliError(`${given} needs --svg`, 'It says how the picture of the curves is drawn.');
}

/** What `curves` is told of them. */
export const drawnAxes = ({ axis = 'epoch', logX, logY }: CurveAxes) => ({
  axis,
  logX: logX === true,
  logY: logY === true,
});

/** @param legal which axes may be logarithmic, as drawn. @throws CliError when an axis cannot be drawn as it was asked for. */
export function checkDrawable(
  { axis = 'epoch', logX, logY }: CurveAxes,
  runs: readonly (readonly Metric[])[],
  legal: { readonly x: boolean; readonly y: boolean },
): void {
  for (const metrics of runs) {
    const missing = axisMissing(axis, metrics);
    if (missing !== null)
      throw new CliError(`--axis ${axis} cannot be drawn: ${missing}`, 'Take --axis epoch or step.');
  }
  const hint = 'Not every value on it is positive.';
  if (logX && !legal.x) throw new CliError('--log-x cannot be drawn', hint);
  if (logY && !legal.y) throw new CliError('--log-y cannot be drawn', hint);
}
