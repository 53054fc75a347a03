import type { Figure } from '../../figures/compose.tsx';
import { jacobianFigure } from '../../figures/jacobian.tsx';
import { jacobianReading } from '../../figures/jacobianWords.ts';
import { maskFigure, pathsFigure, weightPanes } from '../../figures/maskMatrix.tsx';
import { masksReading, pathsReading } from '../../figures/sentences.ts';
import { connectivityOf } from '../../masks/byMasks.ts';
import { frameOf, type Inspected, inspectedFigure, type InspectedRun, theme } from './inspected.ts';
import { distinct, PANEL, sideBySide } from './sideBySide.tsx';

export async function masksOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('connectivity', run);
  const jacobian = await frameOf('jacobian', run);
  const network = connectivityOf(frame.network);
  const report = network.report();
  const words = {
    title: 'Masks, paths and Jacobian',
    reading: `${masksReading(network)} ${pathsReading(report)} ${jacobianReading(jacobian)}`,
  };
  const draw = (): Figure => {
    const common = { theme, size: { width: PANEL, height: PANEL }, order: 'degree' as const };
    const masks = weightPanes(network, frame).map(({ layer, reader }) =>
      maskFigure({ ...common, network, layer, reader }),
    );
    const product = pathsFigure({ ...common, network });
    const measured = jacobianFigure({ ...common, layers: network.layers, frame: jacobian });
    const panels = [
      ...masks.map(({ title, panel }) => ({ title, drawing: panel.drawing })),
      { title: 'Paths: product of the masks', drawing: product.panel.drawing },
      { title: 'Jacobian, measured', drawing: measured.panel.drawing },
    ];
    const legend = distinct([...masks.flatMap((mask) => mask.legend), ...product.legend, ...measured.legend]);
    return { ...words, drawing: sideBySide(panels), legend };
  };
  const data = {
    connectivity: frame,
    jacobian,
    pathCounts: network.pathMatrix(),
    leaks: report.leaks,
    losses: report.losses,
  };
  return inspectedFigure(run, data, draw, words);
}
