import { posteriorsFigure } from '../../figures/posteriors.tsx';
import { posteriorsReading } from '../../figures/posteriorsWords.ts';
import { closestFrame, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function posteriorsOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('posteriors', run);
  const words = { title: 'Posteriors', reading: posteriorsReading(frame) };
  const draw = () => ({
    ...words,
    ...posteriorsFigure({ frame, across: 0, down: Math.min(1, frame.latent - 1), width: WIDTH, height: HEIGHT, theme }),
  });
  return inspectedFigure(run, frame, draw, words);
}
