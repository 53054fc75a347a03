import { equivalenceFigure } from '../../figures/equivalence.tsx';
import { equivalenceReading, momentOf } from '../../figures/equivalenceWords.ts';
import { CliError } from '../output.ts';
import { closestFrame, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function equivalenceOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('equivalence', run);
  const words = { title: 'KL in x and KL in u', reading: equivalenceReading(frame) };
  if (frame.reason !== null) throw new CliError(words.reading);
  const moment = momentOf(frame);
  const epochs = run.metrics.flatMap((metric) =>
    metric.type === 'epoch' && metric.validation !== null ? [{ epoch: metric.epoch, nats: metric.validation }] : [],
  );
  const draw = () => ({
    ...words,
    ...equivalenceFigure({
      frame,
      moments: moment ? [moment] : [],
      epochs: frame.split === 'validation' ? epochs : [],
      logY: false,
      width: WIDTH,
      height: Math.round(HEIGHT * 0.8),
      theme,
    }),
  });
  return inspectedFigure(run, frame, draw, words);
}
