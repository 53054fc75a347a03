/** Where one image surprised the model, beside the image. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { placeWords } from '../../src/figures/imageWords.ts';
import { rowSurprise } from '../../src/figures/rowSurprise.tsx';
import { rowSurpriseReading, rowVariableText } from '../../src/figures/rowSurpriseWords.ts';
import { formatCount, inputName } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { FrameOf } from '../../src/inspection/frames.ts';
import { Button } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { pinnedVariable } from './entropyPinned.ts';
import { MarkedPlane } from './markedPlane.tsx';
import { NumberChooser } from './numberChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';

type Frame = FrameOf<'rowSurprise'>;

export function RowSection({ page }: { readonly page: ViewProps }): VNode {
  const frame = page.model.frames.rowSurprise;
  if (!frame?.image) return <Waiting page={page} kind="rowSurprise" what="what one row costs" />;
  return <Shown page={page} newest={frame} />;
}

const COSTLIEST = -1;
const TITLE = 'One row: where it was surprised';

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: Frame }): VNode {
  const { model, width } = page;
  const { theme } = model;
  const [at, pointAt] = useState<number | null>(null);
  const calm = useCalm(newest);
  const frame = calm.value;
  const image = frame.image!;
  const draw = (own: Theme, wide: number) => rowSurprise({ frame, image, width: wide, height: 400, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, width, theme]);
  const reading = useMemo(() => rowSurpriseReading(frame), [frame]);
  const pinned = pinnedVariable(model.selection, frame.dimension);
  const wished = model.options.rowSurprise?.row ?? COSTLIEST;
  const choose = (row: number) => page.chooseOptions('rowSurprise', { row });
  return (
    <FigureFrame
      page={page}
      title={TITLE}
      reading={reading}
      topic="entropy"
      name="row-surprise"
      note={`${frameNote(frame, model)} · ${frame.split} row ${formatCount(frame.row + 1)} of ${formatCount(frame.allRows)}`}
      legend={figure.legend}
      toolsActOnTable
      tools={
        <>
          <NumberChooser
            label="Row"
            value={wished === COSTLIEST ? frame.row : wished}
            count={frame.allRows}
            onChoose={choose}
          />
          <Button disabled={wished === COSTLIEST} onClick={() => choose(COSTLIEST)}>
            The costliest
          </Button>
        </>
      }
      figure={(own, wide) => ({ title: `${TITLE}: ${model.experiment}`, reading, ...draw(own, wide) })}
      table={() => rowTable(frame)}
      json={() => frame}
    >
      <MarkedPlane
        {...{ page, figure, at, pointAt, pinned }}
        dimension={frame.dimension}
        description="maps of one row"
        label={`${TITLE}. ${reading}`}
        onMove={calm.moved}
        say={(variable) => rowVariableText(frame, variable)}
        invitation="Point at a pixel, or use the arrow keys, to read what it cost; a click pins it in every view."
      />
    </FigureFrame>
  );
}

function rowTable(frame: Frame): Table {
  const { dimension, order, surprise, entropy } = frame;
  return {
    columns: ['Variable', 'Place', 'Position', '−log p (nats)', 'Expected (nats)', 'Difference (nats)'],
    rows: Array.from({ length: dimension }, (_, d) => [
      inputName(d),
      placeWords(frame.image!, d),
      order[d]!,
      surprise[d]!,
      entropy?.[d] ?? null,
      entropy ? surprise[d]! - entropy[d]! : null,
    ]),
  };
}
