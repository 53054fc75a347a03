/** Between two rows of the data, evenly in latent space, straight or on a great circle. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { walkFigure } from '../../src/figures/decoded.tsx';
import { walkReading } from '../../src/figures/latentWords.ts';
import { OWN_ROW, type WalkChoice, type WalkFrame } from '../../src/inspection/frames.ts';
import { Button, Segments } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { DecodedRows, decodedTable } from './decodedRows.tsx';
import { NumberChooser } from './numberChooser.tsx';
import type { ViewProps } from './view.ts';

export function WalkSection({ page, frame }: { readonly page: ViewProps; readonly frame: WalkFrame }): VNode {
  const { model, width } = page;
  const { theme } = model;
  const figure = useMemo(() => walkFigure(frame, width, theme), [frame, width, theme]);
  const reading = useMemo(() => walkReading(frame), [frame]);
  const wished = model.options.walk;
  const chosen: WalkChoice = {
    first: own(wished?.first, frame.first),
    second: own(wished?.second, frame.second),
    path: wished?.path ?? frame.path,
  };
  const choose = (change: Partial<WalkChoice>) => page.chooseOptions('walk', { ...chosen, ...change });
  const late = chosen.first !== frame.first || chosen.second !== frame.second || chosen.path !== frame.path;
  const { decoded } = frame;
  return (
    <FigureFrame
      page={page}
      title="Between two rows"
      reading={reading}
      topic="latent"
      name="latent-walk"
      note={late ? 'Leading the rows back …' : frameNote(frame, model)}
      legend={figure.legend}
      toolsActOnTable
      tools={
        <>
          <NumberChooser
            label="From row"
            value={chosen.first}
            count={frame.allRows}
            onChoose={(first) => choose({ first })}
          />
          <NumberChooser
            label="To row"
            value={chosen.second}
            count={frame.allRows}
            onChoose={(second) => choose({ second })}
          />
          <Button
            onClick={() => {
              const any = () => Math.floor(Math.random() * frame.allRows);
              choose({ first: any(), second: any() });
            }}
          >
            Another pair
          </Button>
          <Segments
            label="Path"
            value={chosen.path}
            options={[
              { value: 'straight', label: 'Straight' },
              { value: 'spherical', label: 'Great circle', disabled: !frame.gaussian },
            ]}
            onChange={(path) => choose({ path })}
          />
        </>
      }
      figure={(concrete, wide) => ({
        title: `Between two rows: ${model.experiment}`,
        reading,
        ...walkFigure(frame, wide, concrete),
      })}
      table={() =>
        decodedTable(decoded, [
          { name: 'log p (nats)', values: frame.logProb },
          { name: '|u|', values: frame.norm },
        ])
      }
      json={() => frame}
    >
      <DecodedRows page={page} figure={figure} label={reading} />
    </FigureFrame>
  );
}

const own = (row: number | undefined, shown: number) => (row === undefined || row === OWN_ROW ? shown : row);
