import type { Figure } from '../../figures/compose.tsx';
import { flowJacobianFigure } from '../../figures/flowJacobian.tsx';
import { figureTitle, flowJacobianReading, logDetReading } from '../../figures/flowJacobianWords.ts';
import { logDetFigure } from '../../figures/logDet.tsx';
import { frameFacts } from '../../inspection/frames.ts';
import { CliError } from '../output.ts';
import { frameOf, type Inspected, inspectedFigure, type InspectedRun, theme } from './inspected.ts';
import { distinct, PANEL, sideBySide } from './sideBySide.tsx';

export async function flowJacobianOf(run: InspectedRun): Promise<Inspected> {
  const { layer, manifest } = run;
  const count = manifest.model?.flow?.layers.length ?? 0;
  if (layer !== null && layer > count) {
    throw new CliError(`there is no layer ${layer}`, `The flow has ${count}, counted from 1 at the data.`);
  }
  const frame = await frameOf(
    'flowJacobian',
    run,
    layer === null ? frameFacts.flowJacobian.options : { layer: layer - 1 },
  );
  const words = { title: figureTitle(frame), reading: `${flowJacobianReading(frame)} ${logDetReading(frame)}` };
  const draw = (): Figure => {
    const logDets = logDetFigure({ frame, width: PANEL, theme });
    if (frame.reason !== null)
      return { ...words, drawing: { width: 0, height: 0, rasters: [], marks: null }, legend: [] };
    const matrix = flowJacobianFigure({ frame, theme, size: { width: PANEL, height: PANEL }, order: 'own' });
    const panels = [
      { title: words.title, drawing: matrix.panel.drawing },
      { title: 'log|det|, stated and measured', drawing: logDets.drawing },
    ];
    return { ...words, drawing: sideBySide(panels), legend: distinct([...matrix.legend, ...logDets.legend]) };
  };
  return inspectedFigure(run, frame, draw, words);
}
