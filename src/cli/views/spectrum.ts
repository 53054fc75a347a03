import { spectrumFigure } from '../../figures/spectrum.tsx';
import { spectrumReading } from '../../figures/spectrumWords.ts';
import { CliError } from '../output.ts';
import { closestFrame, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function spectrumOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('spectrum', run);
  const words = { title: 'Scaling spectrum', reading: spectrumReading(frame) };
  if (frame.reason !== null) throw new CliError(words.reading);
  const draw = () => ({ ...words, ...spectrumFigure({ frame, logY: true, width: WIDTH, height: HEIGHT, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
