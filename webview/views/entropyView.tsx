/** Conditional entropy: what every variable costs given those before it, and what its conditionals expect. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type EntropyArrangement, entropyFigure, EntropyMark } from '../../src/figures/entropy.tsx';
import { entropyReading, variableText } from '../../src/figures/entropyWords.ts';
import { inputName, plural } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { EntropyFrame } from '../../src/inspection/frames.ts';
import { Segments } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { pinnedVariable } from './entropyPinned.ts';
import { MaskChooser } from './maskChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { movedIn } from './movedIn.ts';
import { RowSection } from './rowSection.tsx';
import { VariablePlane } from './variablePlane.tsx';
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
  const arrangement = frame.image ? wished : wished === 'image' ? 'order' : wished;
  const height = Math.max(240, Math.min(420, page.height - 130));
  const draw = (own: Theme, wide: number) => entropyFigure({ frame, arrangement, width: wide, height, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, arrangement, width, height, theme]);
  const reading = useMemo(() => entropyReading(frame), [frame]);
  const pinned = pinnedVariable(model.selection, frame.dimension);
  const { drawing } = figure;
  return (
    <FigureFrame
      page={page}
      title="Conditional entropy"
      reading={reading}
      topic="entropy"
      name="entropy"
      note={`${frameNote(frame, model)} · ${plural(frame.rows, `${frame.split} row`)}`}
      legend={figure.legend}
      tools={
        <>
          <Segments
            label="Variables"
            value={arrangement}
            options={[
              { value: 'order', label: 'In the order' },
              { value: 'sorted', label: 'Costliest first' },
              ...(frame.image ? [{ value: 'image' as const, label: 'As an image' }] : []),
            ]}
            onChange={setArrangement}
          />
          <MaskChooser page={page} frame={frame} />
        </>
      }
      figure={(own, wide) => {
        const { drawing: whole, legend } = draw(own, wide);
        return { title: `Conditional entropy: ${model.experiment}`, reading, drawing: whole, legend };
      }}
      table={() => entropyTable(frame)}
      json={() => frame}
    >
      <VariablePlane
        {...{ page, drawing, at }}
        dimension={frame.dimension}
        role="group"
        description="chart of variables"
        label={`Conditional entropy. ${reading}`}
        onMove={calm.moved}
        onPoint={pointAt}
        locate={figure.variableAt}
        next={(key) => movedIn(figure, key, at ?? pinned, frame.dimension)}
        variableOf={(variable) => variable}
        say={(variable) => variableText(frame, variable)}
        marks={
          <>
            {pinned !== null && <EntropyMark figure={figure} variable={pinned} theme={theme} pinned />}
            {at !== null && at !== pinned && <EntropyMark figure={figure} variable={at} theme={theme} />}
          </>
        }
      />
      <p class="readout" aria-hidden="true">
        {at !== null
          ? variableText(frame, at)
          : pinned !== null
            ? `Pinned: ${variableText(frame, pinned)}`
            : 'Point at a variable, or use the arrow keys, to read it; a click pins it in every view.'}
      </p>
    </FigureFrame>
  );
}

function entropyTable({ dimension, order, surprise, entropy, error, marginal }: EntropyFrame): Table {
  return {
    columns: [
      'Variable',
      'Position',
      'Mean −log p (nats)',
      'Mean entropy (nats)',
      'Difference (nats)',
      'Standard error (nats)',
      'On its own (nats)',
    ],
    rows: Array.from({ length: dimension }, (_, d) => [
      inputName(d),
      order[d]!,
      surprise[d]!,
      entropy?.[d] ?? null,
      entropy ? surprise[d]! - entropy[d]! : null,
      error?.[d] ?? null,
      Number.isNaN(marginal[d]!) ? null : marginal[d]!,
    ]),
  };
}
