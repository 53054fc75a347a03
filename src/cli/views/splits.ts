import { splitsFigure } from '../../figures/splits.tsx';
import { splitsLayout } from '../../figures/splitsLayout.ts';
import { splitsReading } from '../../figures/splitsWords.ts';
import { frameOf, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function splitsOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('splits', run);
  const words = { title: 'Coupling splits', reading: splitsReading(frame) };
  const shows = frame.range.logScale[1] > frame.range.logScale[0] ? ('logScale' as const) : ('shift' as const);
  const draw = () => {
    const layout = splitsLayout(frame, WIDTH, frame.image ? 'image' : 'place');
    return { ...words, ...splitsFigure({ frame, layout, shows, theme }) };
  };
  return inspectedFigure(run, frame, draw, words);
}
