import { probabilityFigure } from '../../figures/probability.tsx';
import { probabilityReading } from '../../figures/probabilityWords.ts';
import { closestFrame, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function probabilityOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('probability', run);
  const words = { title: 'Total probability', reading: probabilityReading(frame) };
  const draw = () => ({ ...words, ...probabilityFigure({ frame, width: WIDTH, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
