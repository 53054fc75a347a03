import type { Figure } from '../../figures/compose.tsx';
import { dependencyDrawing, dependencyLayout, dependencyLegend } from '../../figures/dependency.tsx';
import { dependencyReading } from '../../figures/dependencyWords.ts';
import { outputName } from '../../figures/text.ts';
import { frameFacts } from '../../inspection/frames.ts';
import { CliError } from '../output.ts';
import { frameOf, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function dependencyOf(run: InspectedRun): Promise<Inspected> {
  const { output, manifest } = run;
  if (output !== null && (output < 1 || output > manifest.dimension)) {
    throw new CliError(`there is no output ${output}`, `The model has ${manifest.dimension}, counted from 1.`);
  }
  const options = output === null ? frameFacts.dependency.options : { output: output - 1 };
  const frame = await frameOf('dependency', run, options);
  const words = { title: `What ${outputName(frame.output)} depends on`, reading: dependencyReading(frame) };
  const draw = (): Figure => {
    const layout = dependencyLayout(frame, { width: WIDTH, height: HEIGHT });
    const drawing = dependencyDrawing(frame, layout, theme);
    return { ...words, drawing, legend: dependencyLegend(frame, layout.form, theme) };
  };
  return inspectedFigure(run, frame, draw, words);
}
