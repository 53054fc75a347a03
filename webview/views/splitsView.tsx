/** Coupling splits: which variables pass each layer of a flow and which are moved, by what; one followed through all. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { splitsFigure } from '../../src/figures/splits.tsx';
import { splitsLayout, type SplitsArrangement, type SplitsLayout } from '../../src/figures/splitsLayout.ts';
import { SplitsMark } from '../../src/figures/splitsMark.tsx';
import { placeOf, splitCellText, splitsReading, splitsSentence, type Moved } from '../../src/figures/splitsWords.ts';
import { formatCount, inputName, plural } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { SplitsFrame } from '../../src/inspection/frames.ts';
import { Segments } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { stepText } from '../words.ts';
import { useCalm } from './calm.ts';
import { pinnedVariable } from './entropyPinned.ts';
import type { Table, ViewProps } from './view.ts';
import { VariablePlane } from './variablePlane.tsx';
import { Waiting } from './waiting.tsx';
import './graph.css';

export function SplitsView(page: ViewProps): VNode {
  const frame = page.model.frames.splits;
  if (!frame) return <Waiting page={page} kind="splits" what="coupling splits" />;
  return <Shown page={page} newest={frame} />;
}

/** What is pointed at: a variable, and the layer in which, if any. */
interface Place {
  readonly variable: number;
  readonly layer: number | null;
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: SplitsFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const calm = useCalm(newest);
  const frame = calm.value;
  const [wished, setArrangement] = saved<SplitsArrangement>('arrangement', frame.image ? 'image' : 'place');
  const arrangement = wished === 'image' && !frame.image ? 'place' : wished;
  const [shows, setShows] = saved<Moved>('shows', scales(frame) ? 'logScale' : 'shift');
  const [at, pointAt] = useState<Place | null>(null);
  const { layout, drawing, legend } = useMemo(() => {
    const own = splitsLayout(frame, width, arrangement);
    return { layout: own, ...splitsFigure({ frame, layout: own, shows, theme }) };
  }, [frame, width, arrangement, shows, theme]);
  const whole = (own: Theme, wide: number) =>
    splitsFigure({ frame, layout: splitsLayout(frame, wide, arrangement), shows, theme: own });
  const reading = useMemo(() => splitsReading(frame), [frame]);
  const pinned = pinnedVariable(model.selection, frame.dimension);
  const shown = at ?? (pinned === null ? null : { variable: pinned, layer: null });
  return (
    <FigureFrame
      page={page}
      title="Coupling splits"
      reading={reading}
      topic="splits"
      name="splits"
      note={`${stepText(frame, model)} · over ${plural(frame.dataRows, `${frame.split} row`)}`}
      legend={legend}
      tools={
        <>
          <Segments
            label="Columns"
            value={arrangement}
            options={[
              { value: 'place', label: 'By place' },
              { value: 'variable', label: 'By variable' },
              ...(frame.image ? [{ value: 'image' as const, label: 'As images' }] : []),
            ]}
            onChange={setArrangement}
          />
          {layout.form !== 'histograms' && (
            <Segments
              label="Colours"
              value={shows}
              options={[
                { value: 'logScale', label: 'Log-scales' },
                { value: 'shift', label: 'Shifts' },
              ]}
              onChange={setShows}
            />
          )}
        </>
      }
      figure={(own, wide) => ({
        title: `Coupling splits, step ${formatCount(frame.step)}`,
        reading,
        ...whole(own, wide),
      })}
      table={() => splitsTable(frame)}
      json={() => frame}
    >
      <VariablePlane
        {...{ page, drawing, at }}
        dimension={frame.dimension}
        role="application"
        description="chart of variables"
        label={`Coupling splits. Left and right move from variable to variable${layout.form === 'images' ? ', up and down as well' : ', up and down from layer to layer'}, Enter pins, Escape lets go. ${reading}`}
        onMove={calm.moved}
        onPoint={pointAt}
        chosen={shown}
        locate={(x, y) => layout.at(x, y)}
        next={(key) => moved(key, shown, layout, frame)}
        variableOf={({ variable }) => variable}
        say={(place) => textAt(frame, place)}
        over={
          <>
            {pinned !== null && <SplitsMark {...{ frame, layout, theme }} variable={pinned} pinned />}
            {at && at.variable !== pinned && <SplitsMark {...{ frame, layout, theme }} variable={at.variable} />}
          </>
        }
      />
      <p class="told" aria-hidden="true" style={{ minHeight: '5.6em' }}>
        {shown ? (
          `${pinned === shown.variable ? 'Pinned. ' : ''}${textAt(frame, shown)}`
        ) : (
          <span class="muted">Point at a variable, or use the arrow keys, to follow it; a click pins it.</span>
        )}
      </p>
    </FigureFrame>
  );
}

const scales = ({ range: { logScale } }: SplitsFrame) => logScale[1] > logScale[0];

function textAt(frame: SplitsFrame, { variable, layer }: Place): string {
  const way = splitsSentence(frame, variable);
  return layer === null ? way : `${splitCellText(frame, variable, layer)} ${way}`;
}

/** Where a key leads, or null where it leads nowhere. */
function moved(
  key: string,
  from: Place | null,
  layout: SplitsLayout,
  { dimension, layers }: SplitsFrame,
): Place | null {
  const at = from ?? { variable: 0, layer: null };
  const far = Math.max(1, Math.round(dimension / 10));
  const step = STEPS[key] ?? { PageUp: [-far, 0] as const, PageDown: [far, 0] as const }[key];
  if (!step) return null;
  const [dx, dy] = step;
  if (layout.form === 'images' || dy === 0) {
    const next = from === null ? 0 : layout.beside(at.variable, dx, dy);
    return { variable: Math.min(dimension - 1, Math.max(0, next)), layer: at.layer };
  }
  const layer = (at.layer ?? (dy > 0 ? -1 : layers.length)) + dy;
  return { variable: at.variable, layer: Math.min(layers.length - 1, Math.max(0, layer)) };
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-1e9, 0],
  End: [1e9, 0],
};

/** A line for every variable in every layer. */
function splitsTable({ layers, dimension, times }: SplitsFrame): Table {
  const known = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
  return {
    columns: [
      'Variable',
      'Layer',
      'Title',
      'Place before',
      'Place after',
      'What',
      ...['Log-scale', 'Shift'].flatMap((name) => [name, `${name}, 5 %`, `${name}, 95 %`]),
      'Times transformed in all',
    ],
    rows: Array.from({ length: dimension }, (_, variable) =>
      layers.map((layer, l) => {
        const place = placeOf(layer, variable);
        const moves = layer.moves[place] === 1;
        const spread = ([layer.logScale, layer.shift] as const).flatMap((own) =>
          [own?.mean, own?.low, own?.high].map((values) => (moves ? known(values?.[place]) : null)),
        );
        const what = moves ? 'moves' : layer.origin[place] === place ? 'passes' : 'changes its place';
        return [
          inputName(variable),
          l + 1,
          layer.title,
          layer.origin[place]! + 1,
          place + 1,
          what,
          ...spread,
          times[variable]!,
        ];
      }),
    ).flat(),
  };
}
