import { latentFigure } from '../../figures/latent.tsx';
import { byMisfit, latentReading } from '../../figures/latentWords.ts';
import { closestFrame, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function latentOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('latent', run);
  const words = { title: 'Latent traffic', reading: latentReading(frame) };
  const order = byMisfit(frame);
  const draw = () => ({ ...words, ...latentFigure({ frame, coordinate: order[0] ?? 0, order, width: WIDTH, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
