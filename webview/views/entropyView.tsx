/** Conditional entropy: what every variable costs given those before it, and what its conditionals expect. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type EntropyArrangement, entropyFigure } from '../../src/figures/entropy.tsx';
import { characterText, entropyName, entropyReading, variableText } from '../../src/figures/entropyWords.ts';
import { plural } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { CharacterCosts, EntropyFrame } from '../../src/inspection/frames.ts';
import { characterName } from '../../src/text/characters.ts';
import { Segments } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { pinnedVariable } from './entropyPinned.ts';
import { MarkedPlane } from './markedPlane.tsx';
import { MaskChooser } from './maskChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { RowSection } from './rowSection.tsx';
import { Waiting } from './waiting.tsx';

export function EntropyView(page: ViewProps): VNode {
  const frame = page.model.frames.entropy;
  if (!frame) return <Waiting page={page} kind="entropy" what="conditional entropies" />;
  if (frame.reason !== null) {
    return (
      <section class="empty">
        <h2>No conditional entropies</h2>
        <p>{entropyReading(frame)}</p>
      </section>
    );
  }
  return (
    <>
      <Shown page={page} newest={frame} />
      {frame.image && <RowSection page={page} />}
    </>
  );
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: EntropyFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const [wished, setArrangement] = saved<EntropyArrangement>('arrangement', newest.image ? 'image' : 'order');
  const [at, pointAt] = useState<number | null>(null);
  const calm = useCalm(newest);
  const frame = calm.value;
  const arrangement = arrangements(frame).some(({ value }) => value === wished) ? wished : 'order';
  const text = arrangement === 'characters' ? frame.text : null;
  const places = text ? text.characters.length : frame.dimension;
  const say = (place: number) => (text ? characterText(text, place) : variableText(frame, place));
  const height = Math.max(240, Math.min(420, page.height - 130));
  const draw = (own: Theme, wide: number) => entropyFigure({ frame, arrangement, width: wide, height, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, arrangement, width, height, theme]);
  const reading = useMemo(() => entropyReading(frame), [frame]);
  const pinned = text ? null : pinnedVariable(model.selection, frame.dimension);
  return (
    <FigureFrame
      page={page}
      title="Conditional entropy"
      reading={reading}
      topic="entropy"
      name="entropy"
      note={`${frameNote(frame, model)} · ${plural(frame.rows, `${frame.split} ${frame.text ? 'piece' : 'row'}`)}`}
      legend={figure.legend}
      tools={
        <>
          <Segments
            label={frame.text ? 'Characters' : 'Variables'}
            value={arrangement}
            options={arrangements(frame)}
            onChange={(chosen) => {
              pointAt(null);
              setArrangement(chosen);
            }}
          />
          <MaskChooser page={page} frame={frame} />
        </>
      }
      figure={(own, wide) => {
        const { drawing: whole, legend } = draw(own, wide);
        return { title: `Conditional entropy: ${model.experiment}`, reading, drawing: whole, legend };
      }}
      toolsActOnTable={frame.text !== null}
      table={() => (text ? characterTable(text) : entropyTable(frame))}
      json={() => frame}
    >
      <MarkedPlane
        {...{ page, figure, at, pointAt, pinned, places, say }}
        dimension={frame.dimension}
        description={frame.text ? 'chart of characters' : 'chart of variables'}
        label={`Conditional entropy. ${reading}`}
        onMove={calm.moved}
        variableOf={(place) => (text ? null : place)}
        invitation={`Point at a ${frame.text ? 'character' : 'variable'}, or use the arrow keys, to read it${text ? '.' : '; a click pins it in every view.'}`}
      />
    </FigureFrame>
  );
}

interface Arrangement {
  readonly value: EntropyArrangement;
  readonly label: string;
}

function arrangements({ image, text }: EntropyFrame): Arrangement[] {
  return [
    { value: 'order', label: text ? 'By place' : 'In the order' },
    { value: 'sorted', label: 'Costliest first' },
    ...(image ? [{ value: 'image' as const, label: 'As an image' }] : []),
    ...(text ? [{ value: 'characters' as const, label: 'By character' }] : []),
  ];
}

function characterTable({ characters, counts, surprise, alone }: CharacterCosts): Table {
  return {
    columns: ['Character', 'Occurs', 'Mean −log p (nats)', 'By its frequency (nats)', 'Saved (nats)'],
    rows: characters.map((character, i) => [
      characterName(character),
      counts[i]!,
      surprise[i]!,
      alone[i]!,
      alone[i]! - surprise[i]!,
    ]),
  };
}

function entropyTable(frame: EntropyFrame): Table {
  const { dimension, order, surprise, entropy, error, marginal, text } = frame;
  return {
    columns: [
      text ? 'Character' : 'Variable',
      'Position',
      'Mean −log p (nats)',
      'Mean entropy (nats)',
      'Difference (nats)',
      'Standard error (nats)',
      text ? 'By frequency (nats)' : 'On its own (nats)',
    ],
    rows: Array.from({ length: dimension }, (_, d) => [
      entropyName(frame, d),
      order[d]!,
      surprise[d]!,
      entropy?.[d] ?? null,
      entropy ? surprise[d]! - entropy[d]! : null,
      error?.[d] ?? null,
      Number.isNaN(marginal[d]!) ? null : marginal[d]!,
    ]),
  };
}
