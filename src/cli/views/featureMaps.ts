import { featureMaps } from '../../figures/featureMaps.tsx';
import { featureMapsReading } from '../../figures/featureMapsWords.ts';
import { frameFacts } from '../../inspection/frames.ts';
import { frameOf, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function featureMapsOf(run: InspectedRun): Promise<Inspected> {
  const { options } = frameFacts.featureMaps;
  const frame = await frameOf('featureMaps', run, run.layer === null ? options : { ...options, layer: run.layer - 1 });
  const words = { title: 'Feature maps', reading: featureMapsReading(frame) };
  const draw = () => ({ ...words, ...featureMaps({ frame, channel: 0, width: WIDTH, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
