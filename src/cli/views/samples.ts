import type { Figure } from '../../figures/compose.tsx';
import { samplesReading } from '../../figures/runSentences.ts';
import { sampleDrawing, sampleLayout, sampleLegend, samplePixels } from '../../figures/sampleGrid.tsx';
import { beyondText, isPoints, sampleScatter, scatterWindow } from '../../figures/sampleScatter.tsx';
import { frameOf, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function samplesOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('samples', run);
  const beyond = isPoints(frame) ? beyondText(frame, 'draws') : '';
  const words = { title: 'Samples', reading: [samplesReading(frame), beyond].filter((text) => text !== '').join(' ') };
  const draw = (): Figure => {
    if (isPoints(frame)) {
      const window = scatterWindow([frame]);
      return { ...words, ...sampleScatter({ frame, which: 'draws', window, width: WIDTH, height: HEIGHT, theme }) };
    }
    const layout = sampleLayout(frame, WIDTH);
    const drawing = sampleDrawing(frame, layout, samplePixels(frame, 'draws', layout), theme);
    return { ...words, drawing, legend: sampleLegend(frame) };
  };
  return inspectedFigure(run, frame, draw, words);
}
