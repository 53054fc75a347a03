/** Between two rows of the data, evenly in latent space, straight or on a great circle. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { walkFigure } from '../../src/figures/decoded.tsx';
import { walkReading } from '../../src/figures/latentWords.ts';
import { pathName } from '../../src/figures/walkPaths.tsx';
import { OWN_ROW, type WalkChoice, type WalkFrame } from '../../src/inspection/frames.ts';
import { Button, Segments } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { DecodedRows, decodedTable } from './decodedRows.tsx';
import { NumberChooser } from './numberChooser.tsx';
import type { Table, ViewProps } from './view.ts';

export function WalkSection({
  page,
  frame,
  topic,
}: {
  readonly page: ViewProps;
  readonly frame: WalkFrame;
  /** What explains why it matters. */
  readonly topic: 'latent' | 'traversals';
}): VNode {
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
  const other = frame.space === 'base' && chosen.path !== frame.path;
  const late = chosen.first !== frame.first || chosen.second !== frame.second || other;
  return (
    <FigureFrame
      page={page}
      title="Between two rows"
      reading={reading}
      topic={topic}
      name="latent-walk"
      note={
        late ? (frame.space === 'base' ? 'Leading the rows back …' : 'Encoding the rows …') : frameNote(frame, model)
      }
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
          {frame.space === 'base' && (
            <Segments
              label="Path"
              value={chosen.path}
              options={[
                { value: 'straight', label: 'Straight' },
                { value: 'spherical', label: 'Great circle', disabled: !frame.gaussian },
              ]}
              onChange={(path) => choose({ path })}
            />
          )}
        </>
      }
      figure={(concrete, wide) => ({
        title: `Between two rows: ${model.experiment}`,
        reading,
        ...walkFigure(frame, wide, concrete),
      })}
      table={() => walkTable(frame)}
      json={() => frame}
    >
      <DecodedRows page={page} figure={figure} label={reading} />
    </FigureFrame>
  );
}

/** One line a place; of two paths one after the other. */
function walkTable(frame: WalkFrame): Table {
  const { decoded, norm, logProb, beside } = frame;
  const far = { name: frame.space === 'base' ? '|u|' : '|z|', values: norm };
  if (!beside) return decodedTable(decoded, [...(logProb ? [{ name: 'log p (nats)', values: logProb }] : []), far]);
  const tables = [frame, beside].map((way) => ({
    path: pathName(way),
    table: decodedTable(way.decoded, [{ ...far, values: way.norm }]),
  }));
  return {
    columns: ['Path', ...tables[0]!.table.columns],
    rows: tables.flatMap(({ path, table }) => table.rows.map((row) => [path, ...row])),
  };
}

const own = (row: number | undefined, shown: number) => (row === undefined || row === OWN_ROW ? shown : row);
