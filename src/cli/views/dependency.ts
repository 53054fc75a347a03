import { channelFigure } from '../../figures/channelMatrix.tsx';
import { channelReading } from '../../figures/channelWords.ts';
import type { Figure } from '../../figures/compose.tsx';
import { dependencyDrawing, dependencyLayout, dependencyLegend } from '../../figures/dependency.tsx';
import { dependencyReading, outputWords } from '../../figures/dependencyWords.ts';
import { type DependencyFrame, frameFacts } from '../../inspection/frames.ts';
import { CliError } from '../output.ts';
import { frameOf, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';
import { distinct, oneBelowTheOther } from './sideBySide.tsx';

/** The frame of the output that was asked for. @throws CliError when there is none of that number. */
export async function dependencyFrameOf(run: InspectedRun): Promise<DependencyFrame> {
  const { output, manifest } = run;
  if (output !== null && (output < 1 || output > manifest.dimension)) {
    throw new CliError(`there is no output ${output}`, `The model has ${manifest.dimension}, counted from 1.`);
  }
  const options = output === null ? frameFacts.dependency.options : { output: output - 1 };
  return await frameOf('dependency', run, options);
}

export async function dependencyOf(run: InspectedRun): Promise<Inspected> {
  const frame = await dependencyFrameOf(run);
  const { channels } = frame;
  const reading = [dependencyReading(frame), ...(channels ? [channelReading(channels)] : [])].join(' ');
  const words = { title: `What ${outputWords(frame, frame.output)} depends on`, reading };
  const draw = (): Figure => {
    const layout = dependencyLayout(frame, { width: WIDTH, height: HEIGHT });
    const drawing = dependencyDrawing(frame, layout, theme);
    const legend = dependencyLegend(frame, layout.form, theme);
    if (!channels) return { ...words, drawing, legend };
    const matrix = channelFigure(channels, theme);
    return {
      ...words,
      drawing: oneBelowTheOther([
        { title: 'Inputs', drawing },
        { title: 'Colours of this pixel', drawing: matrix.drawing },
      ]),
      legend: distinct([...legend, ...matrix.legend]),
    };
  };
  return inspectedFigure(run, frame, draw, words);
}
