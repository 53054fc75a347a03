import type { Figure } from '../../figures/compose.tsx';
import { curves } from '../../figures/curves.tsx';
import { curvesReading } from '../../figures/runSentences.ts';
import { CliError } from '../output.ts';
import { HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export function curvesOf(run: InspectedRun): Inspected {
  const { metrics, manifest } = run;
  const { dimension, experiment, model } = manifest;
  if (metrics.length === 0) throw new CliError('this run has no metrics yet');
  const words = { title: 'Learning curves', reading: curvesReading(metrics, 'nats', dimension, model) };
  const draw = (): Figure => {
    const runs = [{ name: experiment, metrics, dimension, quantity: model?.quantity }];
    const { drawing, legend } = curves({
      runs,
      unit: 'nats',
      axis: 'epoch',
      logX: false,
      logY: false,
      wholeRange: false,
      width: WIDTH,
      height: HEIGHT,
      theme,
    });
    return { ...words, drawing, legend };
  };
  return inspectedFigure(run, { metrics }, draw, words);
}
