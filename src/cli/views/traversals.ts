import { walkFigure } from '../../figures/decoded.tsx';
import { walkReading } from '../../figures/latentWords.ts';
import { traversalsFigure } from '../../figures/traversals.tsx';
import { traversalsReading } from '../../figures/traversalsWords.ts';
import {
  closestFrame,
  frameOf,
  type Inspected,
  inspectedFigure,
  type InspectedRun,
  theme,
  WIDTH,
} from './inspected.ts';
import { distinct, oneBelowTheOther } from './sideBySide.tsx';

export async function traversalsOf(run: InspectedRun): Promise<Inspected> {
  const traversals = await closestFrame('traversals', run);
  const walk = await frameOf('walk', run);
  const words = { title: 'Latent traversals', reading: `${traversalsReading(traversals)} ${walkReading(walk)}` };
  const draw = () => {
    const strips = traversalsFigure({ frame: traversals, order: traversals.units, width: WIDTH, theme });
    const way = walkFigure(walk, WIDTH, theme);
    return {
      ...words,
      drawing: oneBelowTheOther([
        { title: 'Along each coordinate', drawing: strips.drawing },
        { title: 'Between two rows', drawing: way.drawing },
      ]),
      legend: distinct([...strips.legend, ...way.legend]),
    };
  };
  return inspectedFigure(run, { traversals, walk }, draw, words);
}
