/** The masks of all layers with the weights in them. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Figure } from '../../src/figures/compose.tsx';
import type { Focus } from '../../src/figures/dependencies.ts';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { maskFigure, maskLayers, maskLegend, maskPixels, type MaskLayer } from '../../src/figures/maskMatrix.tsx';
import { matrixAxes } from '../../src/figures/matrix.tsx';
import type { UnitOrder } from '../../src/figures/nodeLayout.ts';
import { focusSentence, masksReading } from '../../src/figures/sentences.ts';
import { formatCount, percent } from '../../src/figures/text.ts';
import { textSize, type Theme } from '../../src/figures/theme.ts';
import { focusWeight, weightReaders, type WeightReader } from '../../src/figures/weights.ts';
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
  const layers = useMemo(() => maskLayers(network), [network]);
  const readers = useMemo(() => weightReaders(network, frame.weights), [network, frame]);
  const each = widthOfEach(layers.length, page.width);
  const sentence = (focus: Focus) => focusSentence(network, focus, focusWeight(network, readers, focus));
  const change = useMaskChange(frame);
  return (
    <FigureFrame
      page={page}
      topic="masks"
      name="masks"
      title={layers.length === 1 ? 'Mask' : 'Masks, layer by layer'}
      reading={masksReading(network)}
      note={frameNote(frame, page.model)}
      legend={maskLegend(theme, readers[0], network)}
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
      figure={(own) => masksExport({ network, layers, frame, order, theme: own, each })}
      table={() => ({
        columns: ['matrix', 'rows', 'columns', 'weights that exist', 'share'],
        rows: layers.map((layer) => [
          layer.name,
          layer.rows,
          layer.columns,
          layer.existing,
          percent(layer.existing, layer.rows * layer.columns),
        ]),
      })}
    >
      {change !== null && <MaskChange text={change} />}
      <div class="matrices">
        {layers.map((layer) => (
          <OneMask
            key={layer.index}
            {...{ page, network, layer, order, theme, pointed, pinned, sentence }}
            reader={readers[layer.index]}
            width={each}
          />
        ))}
      </div>
      <Told
        pointed={pointed}
        pinned={pinned}
        owners={layers.map(idOf)}
        sentence={sentence}
        hint="Point at a cell: rows receive, columns send. Click or Enter pins; Ctrl+wheel zooms."
      />
    </FigureFrame>
  );
}

const idOf = (layer: MaskLayer) => `mask ${layer.index}`;

function OneMask(o: {
  readonly page: ViewProps;
  readonly network: Connectivity;
  readonly layer: MaskLayer;
  readonly reader: WeightReader | undefined;
  readonly order: UnitOrder;
  readonly theme: Theme;
  readonly width: number;
  readonly pointed: Pointed;
  readonly pinned: Focus | null;
  readonly sentence: (focus: Focus) => string;
}): VNode {
  const { page, network, layer, reader, order, theme, width } = o;
  const [kept, keep] = page.saved(`zoom ${idOf(layer)}`, noZoom);
  const [zoom, setZoom] = useState<Zoom>(kept);
  const draw = useMemo(() => {
    const pixels = maskPixels(network, layer, reader, matrixAxes(network.layers, layer.from, layer.to, order), theme);
    const size = { width, height: width + 12 };
    return (window: Parameters<typeof maskFigure>[0]['window']) =>
      maskFigure({ network, layer, weights: null, theme, order, size, pixels, window: window ?? null }).panel;
  }, [network, layer, reader, order, theme, width]);
  return (
    <figure>
      <figcaption>
        <b>{layer.name}</b>{' '}
        {`${formatCount(layer.rows)} × ${formatCount(layer.columns)}, ${percent(layer.existing, layer.rows * layer.columns)} exist`}
      </figcaption>
      <MatrixFigure
        id={idOf(layer)}
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
  readonly layers: readonly MaskLayer[];
  readonly frame: ConnectivityFrame;
  readonly order: UnitOrder;
  readonly theme: Theme;
  readonly each: number;
}): Figure {
  const { network, frame, theme, each } = o;
  const figures = o.layers.map((layer) =>
    maskFigure({
      network,
      layer,
      weights: frame.weights,
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
    legend: figures[0]?.legend ?? [],
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
