import { entropyFigure } from '../../figures/entropy.tsx';
import { entropyReading } from '../../figures/entropyWords.ts';
import { CliError } from '../output.ts';
import { closestFrame, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function entropyOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('entropy', run);
  const words = { title: 'Conditional entropy', reading: entropyReading(frame) };
  if (frame.reason !== null) throw new CliError(words.reading);
  const arrangement = frame.image ? 'image' : 'order';
  const draw = () => ({ ...words, ...entropyFigure({ frame, arrangement, width: WIDTH, height: HEIGHT, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
