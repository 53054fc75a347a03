import { type EntropyArrangement, entropyFigure } from '../../figures/entropy.tsx';
import { entropyReading } from '../../figures/entropyWords.ts';
import { rowSurprise } from '../../figures/rowSurprise.tsx';
import { rowSurpriseReading } from '../../figures/rowSurpriseWords.ts';
import type { EntropyFrame } from '../../inspection/entropyFrame.ts';
import { CliError } from '../output.ts';
import {
  closestFrame,
  frameOf,
  HEIGHT,
  type Inspected,
  inspectedFigure,
  type InspectedRun,
  theme,
  WIDTH,
} from './inspected.ts';
import { distinct, oneBelowTheOther } from './sideBySide.tsx';

/** Of texts by place and by character; of images with the row that costs most of some. */
export async function entropyOf(run: InspectedRun): Promise<Inspected> {
  const frame = await closestFrame('entropy', run);
  const title = 'Conditional entropy';
  const reading = entropyReading(frame);
  if (frame.reason !== null) throw new CliError(reading);
  const arrangement = frame.image ? 'image' : 'order';
  const draw = () => entropyFigure({ frame, arrangement, width: WIDTH, height: HEIGHT, theme });
  const { image } = frame;
  if (frame.text) return ofText(run, frame);
  if (!image) return inspectedFigure(run, frame, () => ({ title, reading, ...draw() }), { title, reading });
  const row = await frameOf('rowSurprise', run);
  const words = { title, reading: `${reading} ${rowSurpriseReading(row)}` };
  const drawBoth = () => {
    const [mean, one] = [draw(), rowSurprise({ frame: row, image, width: WIDTH, height: HEIGHT, theme })];
    return {
      ...words,
      drawing: oneBelowTheOther([
        { title: 'Mean over rows', drawing: mean.drawing },
        { title: `${row.split === 'train' ? 'Training' : 'Validation'} row ${row.row + 1}`, drawing: one.drawing },
      ]),
      legend: distinct([...mean.legend, ...one.legend]),
    };
  };
  return inspectedFigure(run, { ...frame, row }, drawBoth, words);
}

function ofText(run: InspectedRun, frame: EntropyFrame): Inspected {
  const words = { title: 'Conditional entropy', reading: entropyReading(frame) };
  const draw = (arrangement: EntropyArrangement) =>
    entropyFigure({ frame, arrangement, width: WIDTH, height: HEIGHT / 2, theme });
  const drawBoth = () => {
    const [places, characters] = [draw('order'), draw('characters')];
    return {
      ...words,
      drawing: oneBelowTheOther([
        { title: 'By place in a piece', drawing: places.drawing },
        { title: 'By character', drawing: characters.drawing },
      ]),
      legend: distinct([...places.legend, ...characters.legend]),
    };
  };
  return inspectedFigure(run, frame, drawBoth, words);
}
