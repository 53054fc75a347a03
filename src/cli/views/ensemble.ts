import { ensembleCurve } from '../../figures/ensembleCurve.tsx';
import { ensembleReading } from '../../figures/ensembleCurveWords.ts';
import { CliError } from '../output.ts';
import { closestFrame, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function ensembleOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('ensemble', run);
  const { dimension } = run.manifest;
  const words = { title: 'Ensemble curve', reading: ensembleReading(frame, 'nats', dimension) };
  if (frame.reason !== null) throw new CliError(words.reading);
  const draw = () => ({
    ...words,
    ...ensembleCurve({ frame, unit: 'nats', dimension, logX: false, width: WIDTH, height: HEIGHT, theme }),
  });
  return inspectedFigure(run, frame, draw, words);
}
