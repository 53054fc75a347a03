import { rampColour, signedRamp } from '../../figures/ramps.ts';
import { unitTextFigure } from '../../figures/unitText.tsx';
import { beforeDearest, unitTextReading, unrolledOf } from '../../figures/unitTextWords.ts';
import { unrolledFigure } from '../../figures/unrolled.tsx';
import { unrolledReading } from '../../figures/unrolledWords.ts';
import { frameOf, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';
import { oneBelowTheOther } from './sideBySide.tsx';

/** The unit of the last layer that varies most. */
export async function unitsOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('unitText', run);
  const unit = frame.unit[0]!;
  const network = unrolledOf(frame);
  const words = {
    title: 'Units along the text',
    reading: `${unitTextReading(frame, unit)} ${unrolledReading(network)}`,
  };
  const draw = () => {
    const text = unitTextFigure({ frame, unit, after: beforeDearest(frame), width: WIDTH, theme });
    const ramp = signedRamp(theme.kind);
    const unrolled = unrolledFigure(network, {
      ...{ theme, width: WIDTH },
      colour: (h) => rampColour(ramp, (h + 1) / 2),
    });
    return {
      ...words,
      drawing: oneBelowTheOther([
        { title: 'A piece of text', drawing: text.drawing },
        { title: 'Its first characters, unrolled in time', drawing: unrolled.drawing },
      ]),
      legend: text.legend,
    };
  };
  return inspectedFigure(run, frame, draw, words);
}
