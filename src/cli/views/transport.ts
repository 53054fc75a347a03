import { transportFilm } from '../../figures/transportFilm.tsx';
import { everythingShown } from '../../figures/transportPlane.tsx';
import { transportReading } from '../../figures/transportWords.ts';
import { closestFrame, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

/** Every stage beside the others: nothing plays on paper. */
export async function transportOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('transport', run);
  const words = { title: 'Transport', reading: transportReading(frame) };
  const draw = () => ({ ...words, ...transportFilm({ frame, shown: everythingShown, width: WIDTH, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
