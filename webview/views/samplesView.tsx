/** Rows drawn from the model, the epoch's or drawn by hand: a grid of images, points of a plane, or a table. */
import type { VNode } from 'preact';
import { isPoints } from '../../src/figures/sampleScatter.tsx';
import type { SampleValues } from '../../src/figures/sampleGrid.tsx';
import { samplesReading } from '../../src/figures/runSentences.ts';
import { contextText, sampleCells } from '../../src/figures/sampleWords.ts';
import type { SamplesFrame } from '../../src/inspection/frames.ts';
import type { DrawingProgress } from '../../src/protocol/drawing.ts';
import { Button, Segments } from '../controls.tsx';
import { drawingText } from '../drawingWords.ts';
import { useHeir } from '../page.ts';
import { isActive } from '../runState.ts';
import { frameNote } from '../words.ts';
import { GridOfSamples, type AroundSamples } from './gridOfSamples.tsx';
import { ScatterOfSamples } from './scatterOfSamples.tsx';
import { TextSamples } from './textSamples.tsx';
import type { Table, ViewProps } from './view.ts';

export function SamplesView(page: ViewProps): VNode {
  return page.model.run?.manifest.model?.text ? <TextSamples page={page} /> : <RowSamples {...page} />;
}

function RowSamples(page: ViewProps): VNode {
  const { model, saved } = page;
  const [wished, setSource] = saved<'epoch' | 'hand'>('source', 'hand');
  const { drawing } = model;
  const source = model.drawn && (wished === 'hand' || !model.frames.samples) ? 'hand' : 'epoch';
  const frame = drawing ? drawing.frame : source === 'hand' ? model.drawn : model.frames.samples;
  return (
    <>
      {drawing && <Progress page={page} drawing={drawing} />}
      {/* The same figure while rows come and when they are there: its focus stays where it is. */}
      {frame ? (
        <SampleFigure
          key="figure"
          page={page}
          frame={frame}
          sources={
            drawing
              ? null
              : model.drawn && (
                  <Segments
                    label="Which samples"
                    value={source}
                    options={[
                      { value: 'epoch', label: 'Of the epoch', disabled: !model.frames.samples },
                      { value: 'hand', label: 'Drawn by hand' },
                    ]}
                    onChange={setSource}
                  />
                )
          }
        />
      ) : (
        !drawing && (
          <p class="placeholder" role="status">
            Drawing samples: one variable after the other, each from its conditional given those drawn before.
          </p>
        )
      )}
    </>
  );
}

/** Of a drawing by hand under way: how far it is, and how to give it up. */
function Progress({ page, drawing }: { readonly page: ViewProps; readonly drawing: DrawingProgress }) {
  const element = useHeir<HTMLDivElement>(
    () => document.querySelector<HTMLElement>('.sample-grid, .point-plane') ?? document.getElementById('tab-samples'),
  );
  return (
    <div ref={element} class="being-drawn" role="group" aria-label="Drawing">
      <progress class="progress" max={1} value={drawing.share} aria-label="Share of the drawing that is done" />
      <span class="note">{drawingText(drawing)}</span>
      <Button onClick={() => page.cancelDrawing()}>Cancel drawing</Button>
    </div>
  );
}

function SampleFigure({
  page,
  frame,
  sources,
}: {
  readonly page: ViewProps;
  readonly frame: SamplesFrame;
  readonly sources: VNode | null;
}) {
  const { model, saved } = page;
  const [chosen, setValues] = saved<SampleValues>('values', 'draws');
  const which = frame.means ? chosen : 'draws';
  const unfinished = frame.share !== undefined;
  const title = which === 'means' ? 'Conditional means of the samples' : unfinished ? 'Samples being drawn' : 'Samples';
  const around: AroundSamples = {
    page,
    title,
    topic: 'samples',
    name: 'samples',
    note: frameNote(frame, model),
    toolsActOnTable: true,
    tools: (
      <>
        {sources}
        {/* Flows have no means that values are drawn around. */}
        {!model.run?.manifest.model?.flow && (
          <Segments
            label="What is shown"
            value={which}
            options={[
              { value: 'draws', label: 'Draws' },
              { value: 'means', label: 'Conditional means', disabled: frame.means === null },
            ]}
            onChange={setValues}
          />
        )}
      </>
    ),
    table: () => sampleTable(frame, which),
    json: () => frame,
  };
  const reading = samplesReading(frame, model.run !== null && isActive(model.run));
  return isPoints(frame) ? (
    <ScatterOfSamples {...{ frame, which, around, reading }} />
  ) : (
    <GridOfSamples {...{ frame, which, around, reading }} />
  );
}

/** One row a sample, its values as the words have them. */
function sampleTable(frame: SamplesFrame, which: SampleValues): Table {
  const cells = sampleCells(frame, which);
  return {
    columns: [
      'Sample',
      ...(frame.context ? ['Under'] : []),
      ...Array.from({ length: frame.dimension }, (_, d) => `x${d + 1}`),
    ],
    rows: Array.from({ length: frame.rows }, (_, row) => [
      row + 1,
      ...(frame.context ? [contextText(frame, row)] : []),
      ...cells(row),
    ]),
  };
}
