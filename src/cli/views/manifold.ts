import { manifoldFigure } from '../../figures/manifold.tsx';
import { manifoldReading } from '../../figures/manifoldWords.ts';
import { frameOf, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function manifoldOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('manifold', run);
  const words = { title: 'Latent manifold', reading: manifoldReading(frame) };
  const draw = () => ({ ...words, ...manifoldFigure({ frame, point: null, width: WIDTH, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
