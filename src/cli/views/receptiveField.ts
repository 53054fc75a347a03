import { receptiveField } from '../../figures/receptiveField.tsx';
import { growthReading, hasGrowth } from '../../figures/receptiveFieldWords.ts';
import { outputWords } from '../../figures/dependencyWords.ts';
import { CliError } from '../output.ts';
import { dependencyFrameOf } from './dependency.ts';
import { HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function receptiveFieldOf(run: InspectedRun): Promise<Inspected> {
  const frame = await dependencyFrameOf(run);
  if (!hasGrowth(frame)) {
    throw new CliError('the images of this run have neither one channel nor three, so they cannot be shown');
  }
  const words = {
    title: `How far ${outputWords(frame, frame.output)} sees`,
    reading: growthReading(frame),
  };
  const draw = () => ({ ...words, ...receptiveField({ frame, layer: null, width: WIDTH, height: HEIGHT, theme }) });
  return inspectedFigure(run, frame, draw, words);
}
