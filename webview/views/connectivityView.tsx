/** Connectivity: the masked network with its weights as they train, as nodes and links or as a quilt of matrices. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Figure } from '../../src/figures/compose.tsx';
import { ConnectivityBase, connectivityLegend } from '../../src/figures/connectivity.tsx';
import { contextLayer, type Focus } from '../../src/figures/dependencies.ts';
import { nodeLayout, unitCount, MAX_NODES, type UnitOrder } from '../../src/figures/nodeLayout.ts';
import { quiltLegend } from '../../src/figures/quilt.tsx';
import { connectivityReading, focusSentence, orderSentence } from '../../src/figures/sentences.ts';
import { formatCount, unitName } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { contextReaders, weightReaders, weightsOfFocus } from '../../src/figures/weights.ts';
import type { ConnectivityFrame, WeightMatrix } from '../../src/inspection/frames.ts';
import { forEachBit } from '../../src/masks/bits.ts';
import type { Connectivity } from '../../src/masks/connectivity.ts';
import { Dropdown, Segments } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { maskTexts, stepText } from '../words.ts';
import { useCalm } from './calm.ts';
import { Graph, noZoom, ZoomButtons } from './graph.tsx';
import { useMaskChange } from './maskChange.ts';
import { MaskChooser } from './maskChooser.tsx';
import { nodePicture } from './nodePicture.tsx';
import { quiltFigure, quiltPicture, quiltRoom } from './quiltPicture.tsx';
import { useNetwork } from './stable.ts';
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
  const network = useNetwork(frame.network);
  const small = unitCount(network.layers) <= MAX_NODES;
  const [unitOrder, setUnitOrder] = page.saved<UnitOrder>('order', 'degree');
  const [zoom, keepZoom] = page.saved('zoom', noZoom);
  const controls = useRef<ZoomControls | null>(null);
  const room = Math.max(LOWEST, Math.min(TALLEST, page.height - 250));
  const change = useMaskChange(frame);
  const reading = useMemo(() => connectivityReading(network), [network]);
  const [wished, setKind] = page.saved<'W' | 'U'>('weights', 'W');
  const conditioned = frame.companions.some((companion) => companion !== null);
  const kind = conditioned ? wished : 'W';
  const weights = kind === 'U' ? frame.companions : frame.weights;
  const readers = useMemo(() => weightReaders(network, weights), [network, weights]);
  const picture = useMemo(
    () =>
      small
        ? nodePicture({
            network,
            weights,
            context: frame.context,
            theme,
            layout: nodeLayout(network.layers, {
              width,
              height: room,
              unitOrder,
              context: network.context?.size ?? 0,
            }),
          })
        : quiltPicture({
            ...{ network, weights, given: frame.context, theme, room: quiltRoom(width, room) },
            of: kind === 'U' ? 'U' : 'weight',
          }),
    [small, network, weights, frame, theme, width, room, unitOrder],
  );
  const pinned = useMemo(() => pinnedIn(network, model.selection), [network, model.selection]);
  const sentence = useMemo(() => {
    const known = weightsOfFocus(network, frame);
    return (focus: Focus) => focusSentence(network, focus, ...known(focus));
  }, [network, frame]);

  return (
    <FigureFrame
      page={page}
      topic="connectivity"
      name="connectivity"
      title={`Connectivity of ${network.layers.map(({ units }) => formatCount(units)).join(' – ')} units`}
      reading={reading}
      note={frameNote(frame, model)}
      legend={
        picture.pixels
          ? quiltLegend(theme, picture.pixels, network)
          : connectivityLegend(theme, readers, network, kind === 'U' ? 'U' : 'weight')
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
          {conditioned && (
            <Segments
              label="Weights that are drawn"
              value={kind}
              options={[
                { value: 'W', label: 'W' },
                { value: 'U', label: 'U' },
              ]}
              onChange={setKind}
            />
          )}
          <MaskChooser page={page} frame={frame} />
          <ZoomButtons controls={() => controls.current} fitted={pinned && (() => picture.bounds(pinned))} />
        </>
      }
      figure={(own) => exported({ frame, network, weights, theme: own, width, room, unitOrder, pinned, reading })}
      table={() => unitTable(network)}
      json={() => networkJson(frame, network)}
    >
      {change !== null && <MaskChange text={change} />}
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
        {pinned && (
          <UnitDetails {...{ network, readers, theme }} given={contextReaders(frame.context)} focus={pinned} />
        )}
      </div>
    </FigureFrame>
  );
}

/** What the mask shown last had that this one has not. */
export function MaskChange({ text }: { readonly text: string }): VNode {
  return (
    <p class="note" role="status">
      {text}
    </p>
  );
}

/** What is pinned, if this network has it: another run's pin may name units that are not here. */
export function pinnedIn(network: Connectivity, selection: ViewProps['model']['selection']): Focus | null {
  if (!selection?.pinned) return null;
  const exists = ({ layer, unit }: Focus['unit']) =>
    unit < (layer === contextLayer(network) ? (network.context?.size ?? 0) : (network.layers[layer]?.units ?? 0));
  const { unit, from } = selection;
  if (!exists(unit) || (from && !exists(from))) return null;
  return from ? { unit, from } : { unit };
}

/** "step 1,200 · mask 3 of 8 · natural order". */
export function frameNote(frame: ConnectivityFrame, model: ViewProps['model']): string {
  return [stepText(frame, model), ...maskTexts(frame), orderSentence(frame.network.order)].join(' · ');
}

function exported(o: {
  readonly frame: ConnectivityFrame;
  readonly network: Connectivity;
  readonly weights: readonly (WeightMatrix | null)[];
  readonly theme: Theme;
  readonly width: number;
  readonly room: number;
  readonly unitOrder: UnitOrder;
  readonly pinned: Focus | null;
  readonly reading: string;
}): Figure {
  const { network, theme, frame, width, pinned, weights } = o;
  const words = pinned ? ` ${focusSentence(network, pinned)}` : '';
  const common = { title: `Connectivity, step ${formatCount(frame.step)}`, reading: o.reading + words };
  if (unitCount(network.layers) > MAX_NODES) {
    const { drawing, pixels } = quiltFigure(
      {
        ...{ network, weights, given: frame.context, theme, room: quiltRoom(width, o.room) },
        of: weights === frame.companions ? 'U' : 'weight',
      },
      pinned,
    );
    return { ...common, drawing, legend: quiltLegend(theme, pixels, network) };
  }
  const layout = nodeLayout(network.layers, {
    width,
    height: o.room,
    unitOrder: o.unitOrder,
    context: network.context?.size ?? 0,
  });
  const drawn = { network, weights, context: frame.context, theme, layout };
  const picture = nodePicture(drawn);
  const base = <ConnectivityBase {...drawn} />;
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
    legend: connectivityLegend(
      theme,
      weightReaders(network, weights),
      network,
      weights === frame.companions ? 'U' : 'weight',
    ),
  };
}

/** Every unit with its degree and how much it sees and feeds. */
function unitTable(network: Connectivity): Table {
  const { layers } = network;
  return {
    columns: ['unit', 'layer', 'degree', 'inputs it depends on', 'outputs that depend on it'],
    rows: layers.flatMap(({ name, units, degrees }, layer) =>
      Array.from({ length: units }, (_, unit) => [
        unitName({ layer, unit }, layers.length),
        name,
        degrees?.[unit] ?? null,
        network.inputsSeen({ layer, unit }),
        network.outputsReached({ layer, unit }),
      ]),
    ),
  };
}

/** The masks are written out as the senders that each receiver sees, whatever way they came. */
function networkJson(frame: ConnectivityFrame, network: Connectivity): unknown {
  const { network: data, weights, companions, context, ...rest } = frame;
  const { leaks, losses } = network.report();
  return {
    ...rest,
    layers: data.layers.map(({ degrees, ...layer }) => ({ ...layer, degrees: degrees && [...degrees] })),
    order: [...data.order],
    masks: network.joints.map(({ index, from, to, direct }) => ({
      from,
      to,
      direct,
      senders: sendersOf(network, index),
    })),
    leaks,
    losses,
    weights: weights.map(matrixJson),
    companions: companions.map((companion) => companion && matrixJson(companion)),
    context: data.context ? { ...data.context, weights: context.map(matrixJson) } : null,
  };
}

const matrixJson = ({ values, ...matrix }: WeightMatrix) => ({
  ...matrix,
  unit: 'weight ≈ sign(value) × (value / 127)² × scale, to within half a step of value',
  values: [...values],
});

function sendersOf(network: Connectivity, index: number): number[][] {
  const mask = network.mask(index);
  return Array.from({ length: mask.rows }, (_, receiver) => {
    const senders: number[] = [];
    forEachBit(mask, receiver, (sender) => senders.push(sender));
    return senders;
  });
}
