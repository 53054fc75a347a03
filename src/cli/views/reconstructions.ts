import { reconstructionsFigure } from '../../figures/reconstructions.tsx';
import { reconstructionsReading } from '../../figures/reconstructionsWords.ts';
import { frameOf, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function reconstructionsOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('reconstructions', run);
  const words = { title: 'Reconstructions', reading: reconstructionsReading(frame) };
  const draw = () => ({ ...words, ...reconstructionsFigure(frame, WIDTH, theme) });
  return inspectedFigure(run, frame, draw, words);
}
