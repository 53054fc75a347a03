import { posteriorsFigure } from '../../figures/posteriors.tsx';
import { leadingCoordinates, posteriorsReading } from '../../figures/posteriorsWords.ts';
import { closestFrame, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function posteriorsOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('posteriors', run);
  const words = { title: 'Posteriors', reading: posteriorsReading(frame) };
  const [across, down] = leadingCoordinates(frame);
  const draw = () => ({
    ...words,
    ...posteriorsFigure({ frame, across, down, width: WIDTH, height: HEIGHT, theme }),
  });
  return inspectedFigure(run, frame, draw, words);
}
