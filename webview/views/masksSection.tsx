/** The masks of all layers with the weights in them. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Figure } from '../../src/figures/compose.tsx';
import type { Focus } from '../../src/figures/dependencies.ts';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import type { LegendItem } from '../../src/figures/legend.tsx';
import {
  maskAxes,
  maskFigure,
  maskLegend,
  maskPixels,
  weightPanes,
  type WeightPane,
} from '../../src/figures/maskMatrix.tsx';
import type { UnitOrder } from '../../src/figures/nodeLayout.ts';
import { focusSentence, masksReading } from '../../src/figures/sentences.ts';
import { formatCount, percent } from '../../src/figures/text.ts';
import { textSize, type Theme } from '../../src/figures/theme.ts';
import { weightsOfFocus } from '../../src/figures/weights.ts';
import type { ConnectivityFrame } from '../../src/inspection/frames.ts';
import type { Connectivity } from '../../src/masks/connectivity.ts';
import { Dropdown } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote, MaskChange } from './connectivityView.tsx';
import { useMaskChange } from './maskChange.ts';
import { MaskChooser } from './maskChooser.tsx';
import { MatrixFigure, Told } from './matrixFigure.tsx';
import type { Pointed } from './pointed.ts';
import type { ViewProps } from './view.ts';
import { noZoom, type Zoom } from './zoom.ts';

export interface MasksSectionProps {
  readonly page: ViewProps;
  readonly frame: ConnectivityFrame;
  readonly network: Connectivity;
  readonly pointed: Pointed;
  readonly pinned: Focus | null;
  readonly order: UnitOrder;
  readonly setOrder: (order: UnitOrder) => void;
}

const NARROWEST = 210;
const WIDEST = 420;
const GAP = 20;

/** As many matrices in a row as can be read. */
function widthOfEach(count: number, width: number): number {
  const across = Math.max(1, Math.min(count, Math.floor((width + GAP) / (NARROWEST + GAP))));
  return Math.min(WIDEST, Math.floor((width - (across - 1) * GAP) / across));
}

export function MasksSection({ page, frame, network, pointed, pinned, order, setOrder }: MasksSectionProps): VNode {
  const { theme } = page.model;
  const panes = useMemo(() => weightPanes(network, frame), [network, frame]);
  const each = widthOfEach(panes.length, page.width);
  const sentence = useMemo(() => {
    const known = weightsOfFocus(network, frame);
    return (focus: Focus) => focusSentence(network, focus, ...known(focus));
  }, [network, frame]);
  const change = useMaskChange(frame);
  return (
    <FigureFrame
      page={page}
      topic="masks"
      name="masks"
      title={panes.length === 1 ? 'Mask' : 'Masks, layer by layer'}
      reading={masksReading(network)}
      note={frameNote(frame, page.model)}
      legend={masksLegend(theme, panes, network)}
      tools={
        <>
          <Dropdown
            label="Rows and columns"
            value={order}
            options={[
              { value: 'degree', label: 'in the order' },
              { value: 'index', label: 'as numbered' },
            ]}
            onChange={setOrder}
          />
          <MaskChooser page={page} frame={frame} />
        </>
      }
      figure={(own) => masksExport({ network, panes, frame, order, theme: own, each })}
      table={() => ({
        columns: ['matrix', 'rows', 'columns', 'connections that exist', 'share', 'weights to a connection'],
        rows: panes.map(({ layer }) => [
          layer.name,
          layer.rows,
          layer.columns,
          layer.existing,
          percent(layer.existing, layer.rows * layer.columns),
          layer.each,
        ]),
      })}
    >
      {change !== null && <MaskChange text={change} />}
      <div class="matrices">
        {panes.map((pane) => (
          <OneMask key={pane.id} {...{ page, network, pane, order, theme, pointed, pinned, sentence }} width={each} />
        ))}
      </div>
      <Told
        pointed={pointed}
        pinned={pinned}
        owners={panes.map(({ id }) => id)}
        sentence={sentence}
        hint="Point at a cell: rows receive, columns send. Click or Enter pins; Ctrl+wheel zooms."
      />
    </FigureFrame>
  );
}

/** Each kind of weights has a scale of its own; the rest is said once. */
function masksLegend(theme: Theme, panes: readonly WeightPane[], network: Connectivity): LegendItem[] {
  const kinds = [...new Map(panes.map((pane) => [pane.of, pane])).values()];
  const ramps = kinds.map(({ reader, of }) =>
    maskLegend(theme, reader, network, of).filter(({ mark }) => mark === 'ramp'),
  );
  const rest = maskLegend(theme, null, network);
  return [...ramps.flat(), ...rest];
}

/** "16 × 64, 48 % exist"; with what a cell stands for where that is several weights. */
function maskCaption({ rows, columns, existing, each }: WeightPane['layer']): string {
  const size = `${formatCount(rows)} × ${formatCount(columns)}, ${percent(existing, rows * columns)} exist`;
  return each === 1 ? size : `${size}, ${formatCount(each)} weights to a cell (their norm)`;
}

function OneMask(o: {
  readonly page: ViewProps;
  readonly network: Connectivity;
  readonly pane: WeightPane;
  readonly order: UnitOrder;
  readonly theme: Theme;
  readonly width: number;
  readonly pointed: Pointed;
  readonly pinned: Focus | null;
  readonly sentence: (focus: Focus) => string;
}): VNode {
  const { page, network, pane, order, theme, width } = o;
  const { id, layer, reader } = pane;
  const [kept, keep] = page.saved(`zoom ${id}`, noZoom);
  const [zoom, setZoom] = useState<Zoom>(kept);
  const draw = useMemo(() => {
    const pixels = maskPixels(network, layer, reader, maskAxes(network, layer, order), theme);
    const size = { width, height: width + 12 };
    return (window: Parameters<typeof maskFigure>[0]['window']) =>
      maskFigure({ network, layer, reader: null, theme, order, size, pixels, window: window ?? null }).panel;
  }, [network, pane, order, theme, width]);
  return (
    <figure>
      <figcaption>
        <b>{layer.name}</b> {maskCaption(layer)}
      </figcaption>
      <MatrixFigure
        id={id}
        label={`${layer.name}, ${layer.rows} by ${layer.columns}`}
        draw={draw}
        network={network}
        theme={theme}
        pointed={o.pointed}
        pinned={o.pinned}
        onPin={(focus) => {
          page.select(focus, focus !== null);
        }}
        sentence={o.sentence}
        zoom={zoom}
        onZoom={setZoom}
        onZoomRest={keep}
      />
    </figure>
  );
}

/** All masks in one picture. */
function masksExport(o: {
  readonly network: Connectivity;
  readonly panes: readonly WeightPane[];
  readonly frame: ConnectivityFrame;
  readonly order: UnitOrder;
  readonly theme: Theme;
  readonly each: number;
}): Figure {
  const { network, frame, theme, each } = o;
  const figures = o.panes.map(({ layer, reader }) =>
    maskFigure({
      network,
      layer,
      reader,
      theme,
      order: o.order,
      size: { width: each, height: each + 12 },
    }),
  );
  const height = Math.max(...figures.map(({ panel }) => panel.drawing.height)) + 20;
  const pitch = each + GAP;
  return {
    title: `Masks, step ${formatCount(frame.step)}`,
    reading: masksReading(network),
    legend: masksLegend(theme, o.panes, network),
    drawing: {
      width: pitch * figures.length - GAP,
      height,
      rasters: [],
      marks: figures.map(({ panel, layer }, i) => (
        <g transform={`translate(${i * pitch},0)`}>
          <text y={12} font-family={theme.font} font-size={textSize.body} font-weight="600" fill={theme.foreground}>
            {layer.name}
          </text>
          <g transform="translate(0,20)">
            <DrawingMarks drawing={panel.drawing} theme={theme} encode={canvasDataUri} hatchId={`hatch-${i}`} />
          </g>
        </g>
      )),
    },
  };
}
