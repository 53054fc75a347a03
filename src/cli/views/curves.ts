import type { Figure } from '../../figures/compose.tsx';
import { curves } from '../../figures/curves.tsx';
import { curvesReading } from '../../figures/runSentences.ts';
import { checkDrawable, drawnAxes } from '../curveAxes.ts';
import { CliError } from '../output.ts';
import { HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export function curvesOf(run: InspectedRun): Inspected {
  const { metrics, manifest, axes = {} } = run;
  const { dimension, experiment, model } = manifest;
  if (metrics.length === 0) throw new CliError('this run has no metrics yet');
  const words = { title: 'Learning curves', reading: curvesReading(metrics, 'nats', dimension, model) };
  const draw = (): Figure => {
    const runs = [{ name: experiment, metrics, dimension, quantity: model?.quantity }];
    const { drawing, legend, logLegal } = curves({
      runs,
      unit: 'nats',
      ...drawnAxes(axes),
      wholeRange: false,
      width: WIDTH,
      height: HEIGHT,
      theme,
    });
    checkDrawable(axes, [metrics], logLegal);
    return { ...words, drawing, legend };
  };
  return inspectedFigure(run, { metrics }, draw, words);
}
