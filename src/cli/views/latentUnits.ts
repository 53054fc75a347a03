import { latentUnitsFigure } from '../../figures/latentUnits.tsx';
import { byDivergence, latentUnitsReading } from '../../figures/latentUnitsWords.ts';
import { closestFrame, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function latentUnitsOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('latentUnits', run);
  const words = { title: 'Latent units', reading: latentUnitsReading(frame) };
  const order = byDivergence(frame);
  const draw = () => ({ ...words, ...latentUnitsFigure({ frame, order, marked: null, width: WIDTH, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
