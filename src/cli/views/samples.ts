import type { Figure } from '../../figures/compose.tsx';
import { samplesReading } from '../../figures/runSentences.ts';
import { sampleDrawing, sampleLayout, sampleLegend, samplePixels } from '../../figures/sampleGrid.tsx';
import { frameOf, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function samplesOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('samples', run);
  const words = { title: 'Samples', reading: samplesReading(frame) };
  const draw = (): Figure => {
    const layout = sampleLayout(frame, WIDTH);
    const drawing = sampleDrawing(frame, layout, samplePixels(frame, 'draws', layout), theme);
    return { ...words, drawing, legend: sampleLegend(frame) };
  };
  return inspectedFigure(run, frame, draw, words);
}
