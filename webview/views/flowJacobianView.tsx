/** Jacobian of the flow: of the whole or of a layer, with log|det| as it is stated and as it is measured. */
import type { VNode } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import {
  entryPrecision,
  figureTitle,
  flowJacobianReading,
  flowJacobianSentence,
  logDetReading,
  namesOf,
  partName,
} from '../../src/figures/flowJacobianWords.ts';
import {
  flowJacobianAxes,
  flowJacobianFigure,
  flowJacobianLayers,
  flowJacobianPixels,
  flowJacobianRange,
  type FlowJacobianOrder,
} from '../../src/figures/flowJacobian.tsx';
import { logDetFigure } from '../../src/figures/logDet.tsx';
import type { CellWindow } from '../../src/figures/matrix.tsx';
import { formatCount, plural } from '../../src/figures/text.ts';
import { WHOLE_FLOW, type FlowJacobianFrame } from '../../src/inspection/frames.ts';
import { Dropdown, Segments } from '../controls.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { stepText } from '../words.ts';
import { useCalm } from './calm.ts';
import { pinnedIn } from './connectivityView.tsx';
import { PairSection } from './pairSection.tsx';
import { Pointed } from './pointed.ts';
import { useNetwork } from './stable.ts';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import { noZoom, type Zoom } from './zoom.ts';
import './graph.css';

export function FlowJacobianView(page: ViewProps): VNode {
  const frame = page.model.frames.flowJacobian;
  if (!frame) return <Waiting page={page} kind="flowJacobian" what="Jacobian of the flow" />;
  return <Shown page={page} newest={frame} />;
}

const LARGEST = 520;

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: FlowJacobianFrame }): VNode {
  const { value: frame, moved } = useCalm(newest);
  return (
    <div onPointerMove={moved}>
      {frame.reason === null ? <Matrix page={page} frame={frame} /> : <LeftOut page={page} frame={frame} />}
      <LogDets page={page} frame={frame} />
    </div>
  );
}

function Part({ page, frame }: { readonly page: ViewProps; readonly frame: FlowJacobianFrame }): VNode {
  const wished = page.model.options.flowJacobian?.layer ?? WHOLE_FLOW;
  return (
    <>
      <Dropdown
        label="Of"
        value={String(wished < frame.layers.length ? wished : frame.layer)}
        options={[
          { value: String(WHOLE_FLOW), label: 'the whole flow' },
          ...frame.layers.map(({ title }, l) => ({ value: String(l), label: `layer ${l + 1}, ${title}` })),
        ]}
        onChange={(value) => page.chooseOptions('flowJacobian', { layer: Number(value) })}
      />
      {wished !== frame.layer && (
        <span class="note">{`Measuring ${partName({ layer: wished, layers: frame.layers })} …`}</span>
      )}
    </>
  );
}

function LeftOut({ page, frame }: { readonly page: ViewProps; readonly frame: FlowJacobianFrame }): VNode {
  return (
    <section class="figure">
      <header class="figure-head">
        <h2>{figureTitle(frame)}</h2>
      </header>
      <p class="reading">{frame.reason}</p>
      <div class="tools">
        <Part page={page} frame={frame} />
      </div>
    </section>
  );
}

function Matrix({ page, frame }: { readonly page: ViewProps; readonly frame: FlowJacobianFrame }): VNode {
  const { theme, selection } = page.model;
  const { dimension, structure, layer } = frame;
  const [order, setOrder] = page.saved<FlowJacobianOrder>('order', 'own');
  const [keptZoom, keepZoom] = page.saved('zoom', noZoom);
  const [zoom, setZoom] = useState<Zoom>(keptZoom);
  const [pointed] = useState(() => new Pointed());
  const network = useNetwork({
    layers: flowJacobianLayers(frame, order),
    order: frame.variables.before.map((d) => d + 1),
    direct: false,
    masks: [structure],
  });
  const pinned = useMemo(() => pinnedIn(network, selection), [network, selection]);
  const size = { width: page.width, height: Math.min(LARGEST, page.width, Math.max(260, page.height - 200)) };
  const range = useMemo(() => flowJacobianRange(frame), [frame]);
  const draw = useMemo(() => {
    const pixels = flowJacobianPixels(frame, range, flowJacobianAxes(frame, order), theme);
    return (window: CellWindow | null) =>
      flowJacobianFigure({ frame, theme, order, size, range, pixels, window }).panel;
  }, [frame, range, order, theme, size.width, size.height]);
  const { legend } = useMemo(
    () => flowJacobianFigure({ frame, theme, order, size, range }),
    [frame, range, order, theme],
  );
  const names = useMemo(() => namesOf(frame), [layer, frame.layers.length]);
  const value = useCallback(
    (output: number, input: number) => {
      const own = range.reader.at(output, input);
      return own !== null && Number.isFinite(own) ? own : null;
    },
    [range],
  );
  const reading = useMemo(() => flowJacobianReading(frame, range.reader), [frame, range]);
  const precision = entryPrecision(range.reader);
  return (
    <PairSection
      {...{ page, network, pointed, pinned, zoom, setZoom, keepZoom, size }}
      order={order === 'own' ? 'degree' : 'index'}
      content={{
        id: 'flow-jacobian',
        topic: 'flowJacobian',
        title: figureTitle(frame),
        exportTitle: `${figureTitle(frame)}, step ${formatCount(frame.step)}`,
        label: `Measured Jacobian of ${partName(frame)}, ${dimension} by ${dimension}`,
        hint: 'Point at an entry to read it; what must be 0 is hatched.',
        reading,
        note: [
          stepText(frame, page.model),
          `mean over ${plural(frame.dataRows, `${frame.split} row`)}`,
          ...(precision === null ? [] : [precision]),
        ].join(' · '),
        draw,
        legend,
        choosers: (
          <>
            <Part page={page} frame={frame} />
            <Segments
              label="Order of the variables"
              value={order}
              options={[
                { value: 'own', label: 'In its own order' },
                { value: 'place', label: 'By place' },
              ]}
              onChange={setOrder}
            />
          </>
        ),
        whole: (own) => flowJacobianFigure({ frame, theme: own, order, size, range }),
        sentence: (focus) => flowJacobianSentence(frame, focus, range.reader),
        value,
        what: 'mean |∂|',
        corner: 'after; mean |∂ after/∂ before|',
        names,
        json: () => frame,
      }}
    />
  );
}

function LogDets({ page, frame }: { readonly page: ViewProps; readonly frame: FlowJacobianFrame }): VNode {
  const { theme } = page.model;
  const draw = (width: number, own = theme) => logDetFigure({ frame, width, theme: own });
  const figure = useMemo(() => draw(page.width), [frame, page.width, theme]);
  const reading = useMemo(() => logDetReading(frame), [frame]);
  const measured = frame.numeric.length > 0;
  const { drawing } = figure;
  return (
    <FigureFrame
      page={page}
      topic="flowJacobian"
      name="log-det"
      title="log|det|, stated and measured"
      reading={reading}
      note={`${stepText(frame, page.model)} · ${partName(frame)}`}
      legend={measured ? figure.legend : []}
      tableFirst={!measured}
      figure={(own, width) => ({
        title: `log|det| of ${partName(frame)}, step ${formatCount(frame.step)}`,
        reading,
        ...draw(width, own),
      })}
      table={() => logDetTable(frame)}
    >
      <svg width={drawing.width} height={drawing.height} role="img" aria-label={reading}>
        <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
      </svg>
    </FigureFrame>
  );
}

function logDetTable({ stated, numeric }: FlowJacobianFrame): Table {
  const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
  return {
    columns: ['row', 'stated (nats)', 'measured (nats)', 'difference (nats)'],
    rows: Array.from(stated, (own, n) => [
      n + 1,
      finite(own),
      finite(numeric[n]),
      finite(numeric[n] === undefined ? undefined : numeric[n] - own),
    ]),
  };
}
