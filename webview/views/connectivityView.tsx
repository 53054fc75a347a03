/** Connectivity: the masked network with its weights as they train, as nodes and links or as a quilt of matrices. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Figure } from '../../src/figures/compose.tsx';
import { ConnectivityBase, connectivityLegend } from '../../src/figures/connectivity.tsx';
import { DegreeChains, layerDegrees, pathMatrix, triangleReport, type Focus } from '../../src/figures/dependencies.ts';
import { nodeLayout, unitCount, MAX_NODES, type UnitOrder } from '../../src/figures/nodeLayout.ts';
import { quiltLegend } from '../../src/figures/quilt.tsx';
import { connectivityReading, focusSentence, orderSentence } from '../../src/figures/sentences.ts';
import { formatCount, layerName, unitName } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { focusWeight, weightReaders } from '../../src/figures/weights.ts';
import type { ConnectivityFrame } from '../../src/inspection/frames.ts';
import type { MadeStructure } from '../../src/masks/degrees.ts';
import { Dropdown } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { useCalm } from './calm.ts';
import { Graph, noZoom, ZoomButtons } from './graph.tsx';
import { MaskChooser } from './maskChooser.tsx';
import { nodePicture } from './nodePicture.tsx';
import { quiltFigure, quiltPicture, quiltRoom } from './quiltPicture.tsx';
import { useStableStructure } from './stable.ts';
import { UnitDetails } from './unitDetails.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import type { ZoomControls } from './zoom.ts';
import './graph.css';

export function ConnectivityView(page: ViewProps): VNode {
  const frame = page.model.frames.connectivity;
  if (!frame) return <Waiting page={page} kind="connectivity" what="network" />;
  return <Network page={page} frame={frame} />;
}

const LOWEST = 320;
const TALLEST = 620;

function Network({ page, frame: newest }: { readonly page: ViewProps; readonly frame: ConnectivityFrame }): VNode {
  const { value: frame, moved } = useCalm(newest);
  const { model, width } = page;
  const { theme } = model;
  const structure = useStableStructure(frame.structure);
  const small = unitCount(structure) <= MAX_NODES;
  const [unitOrder, setUnitOrder] = page.saved<UnitOrder>('order', 'degree');
  const [zoom, keepZoom] = page.saved('zoom', noZoom);
  const controls = useRef<ZoomControls | null>(null);
  const room = Math.max(LOWEST, Math.min(TALLEST, page.height - 250));
  const report = useMemo(() => triangleReport(pathMatrix(structure), structure.order), [structure]);
  const readers = useMemo(() => weightReaders(structure, frame.weights), [structure, frame]);
  const picture = useMemo(
    () =>
      small
        ? nodePicture({
            structure,
            weights: frame.weights,
            theme,
            layout: nodeLayout(structure, { width, height: room, unitOrder }),
          })
        : quiltPicture({ structure, weights: frame.weights, theme, room: quiltRoom(width, room) }),
    [small, structure, frame, theme, width, room, unitOrder],
  );
  const pinned = useMemo(() => pinnedIn(structure, model.selection), [structure, model.selection]);
  const layers = layerDegrees(structure);
  const sentence = (focus: Focus) => focusSentence(structure, focus, focusWeight(structure, readers, focus));

  return (
    <FigureFrame
      page={page}
      topic="connectivity"
      name="connectivity"
      title={`Connectivity of ${layers.map((degrees) => formatCount(degrees.length)).join(' – ')} units`}
      reading={connectivityReading(structure, report)}
      note={frameNote(frame)}
      legend={
        picture.pixels
          ? quiltLegend(theme, picture.pixels, structure.order.length)
          : connectivityLegend(theme, readers, structure.order.length, structure.direct)
      }
      tools={
        <>
          {small && (
            <Dropdown
              label="Units"
              value={unitOrder}
              options={[
                { value: 'degree', label: 'by degree' },
                { value: 'index', label: 'as numbered' },
              ]}
              onChange={setUnitOrder}
            />
          )}
          <MaskChooser page={page} count={frame.maskCount} shown={frame.mask} />
          <ZoomButtons controls={() => controls.current} fitted={pinned && (() => picture.bounds(pinned))} />
        </>
      }
      figure={(own) =>
        exported({
          frame,
          structure,
          theme: own,
          width,
          room,
          unitOrder,
          pinned,
          report: connectivityReading(structure, report),
        })
      }
      table={() => unitTable(structure)}
      json={() => networkJson(frame)}
    >
      <div class="network">
        <Graph
          picture={picture}
          theme={theme}
          pinned={pinned}
          onMove={moved}
          onPin={(focus) => {
            page.select(focus, focus !== null);
          }}
          sentence={sentence}
          savedZoom={zoom}
          onZoomRest={keepZoom}
          controls={(own) => {
            controls.current = own;
          }}
        />
        {pinned && <UnitDetails structure={structure} readers={readers} focus={pinned} theme={theme} />}
      </div>
    </FigureFrame>
  );
}

/** What is pinned, if this network has it: another run's pin may name units that are not here. */
export function pinnedIn(structure: MadeStructure, selection: ViewProps['model']['selection']): Focus | null {
  if (!selection?.pinned) return null;
  const layers = layerDegrees(structure);
  const exists = ({ layer, unit }: Focus['unit']) => unit < (layers[layer]?.length ?? 0);
  const { unit, from } = selection;
  if (!exists(unit) || (from && !exists(from))) return null;
  return from ? { unit, from } : { unit };
}

/** "step 1,200 · mask 3 of 8 · natural order". */
export function frameNote(frame: ConnectivityFrame): string {
  const mask = frame.maskCount > 1 ? [`mask ${frame.mask + 1} of ${frame.maskCount}`] : [];
  return [`step ${formatCount(frame.step)}`, ...mask, orderSentence(frame.structure.order)].join(' · ');
}

function exported(o: {
  readonly frame: ConnectivityFrame;
  readonly structure: MadeStructure;
  readonly theme: Theme;
  readonly width: number;
  readonly room: number;
  readonly unitOrder: UnitOrder;
  readonly pinned: Focus | null;
  readonly report: string;
}): Figure {
  const { structure, theme, frame, width, pinned } = o;
  const words = pinned ? ` ${focusSentence(structure, pinned)}` : '';
  const common = { title: `Connectivity, step ${formatCount(frame.step)}`, reading: o.report + words };
  const dimension = structure.order.length;
  if (unitCount(structure) > MAX_NODES) {
    const { drawing, pixels } = quiltFigure(
      { structure, weights: frame.weights, theme, room: quiltRoom(width, o.room) },
      pinned,
    );
    return { ...common, drawing, legend: quiltLegend(theme, pixels, dimension) };
  }
  const layout = nodeLayout(structure, { width, height: o.room, unitOrder: o.unitOrder });
  const picture = nodePicture({ structure, weights: frame.weights, theme, layout });
  const base = <ConnectivityBase structure={structure} weights={frame.weights} layout={layout} theme={theme} />;
  return {
    ...common,
    drawing: {
      width,
      height: o.room,
      rasters: [],
      marks: pinned ? (
        <>
          <g opacity={picture.faded}>{base}</g>
          {picture.highlight(pinned, true, { k: 1, x: 0, y: 0 })}
        </>
      ) : (
        base
      ),
    },
    legend: connectivityLegend(theme, weightReaders(structure, frame.weights), dimension, structure.direct),
  };
}

/** Every unit with its degree and how much it sees and feeds. */
function unitTable(structure: MadeStructure): Table {
  const layers = layerDegrees(structure);
  const chains = new DegreeChains(structure);
  return {
    columns: ['unit', 'layer', 'degree', 'inputs it depends on', 'outputs that depend on it'],
    rows: layers.flatMap((degrees, layer) =>
      Array.from(degrees, (degree, unit) => [
        unitName({ layer, unit }, layers.length),
        layerName(layer, layers.length),
        degree,
        layer === 0 ? 1 : chains.inputsSeen(layer, degree),
        chains.outputsReached(layer, degree),
      ]),
    ),
  };
}

function networkJson(frame: ConnectivityFrame): unknown {
  const { structure, weights, ...rest } = frame;
  return {
    ...rest,
    structure: {
      order: [...structure.order],
      hidden: structure.hidden.map((degrees) => [...degrees]),
      direct: structure.direct,
    },
    weights: weights.map(({ values, ...matrix }) => ({ ...matrix, unit: 'scale × value / 127', values: [...values] })),
  };
}
