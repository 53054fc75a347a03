import type { Figure } from '../../figures/compose.tsx';
import { samplesReading } from '../../figures/runSentences.ts';
import { sampleDrawing, sampleLayout, sampleLegend, samplePixels } from '../../figures/sampleGrid.tsx';
import { beyondText, isPoints, sampleScatter, scatterWindow } from '../../figures/sampleScatter.tsx';
import { epochTextsWords, textsOf } from '../../figures/textSamples.ts';
import { writtenTextDrawing } from '../../figures/writtenText.tsx';
import { frameOf, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function samplesOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('samples', run);
  const { characters } = run.manifest;
  if (characters) {
    const texts = textsOf(frame, characters);
    const words = { title: 'Texts', reading: epochTextsWords(texts) };
    const shown = texts.map((text) => ({ prime: '', text }));
    const drawing = () => writtenTextDrawing(shown, WIDTH, theme);
    return inspectedFigure(run, { ...frame, texts }, () => ({ ...words, drawing: drawing(), legend: [] }), words);
  }
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
