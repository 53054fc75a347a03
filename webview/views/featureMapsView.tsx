/** Feature maps: what a layer of a network over pixels makes of one row, map by map. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { featureMaps, type FeatureMapsFigure, type MapPlace } from '../../src/figures/featureMaps.tsx';
import { featureMapsReading, layerText, mapPlaceText } from '../../src/figures/featureMapsWords.ts';
import { formatCount } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { FrameOf } from '../../src/inspection/frames.ts';
import { Dropdown } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { pinnedVariable } from './entropyPinned.ts';
import { NumberChooser } from './numberChooser.tsx';
import { VariablePlane } from './variablePlane.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';

type Frame = FrameOf<'featureMaps'>;

export function FeatureMapsView(page: ViewProps): VNode {
  const frame = page.model.frames.featureMaps;
  if (!frame) return <Waiting page={page} kind="featureMaps" what="feature maps" />;
  return <Shown page={page} newest={frame} />;
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: Frame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const [at, pointAt] = useState<MapPlace | null>(null);
  const [wish, setChannel] = saved('map', 0);
  const calm = useCalm(newest);
  const frame = calm.value;
  const own = frame.layers[frame.layer]!;
  const channel = Math.min(wish, own.channels - 1);
  const draw = (theme: Theme, wide: number) => featureMaps({ frame, channel, width: wide, theme });
  const figure = useMemo(() => draw(theme, width), [frame, channel, width, theme]);
  const reading = useMemo(() => featureMapsReading(frame), [frame]);
  const [, , colours] = frame.size;
  const dimension = frame.size[0] * frame.size[1] * colours;
  const pinned = pinnedVariable(model.selection, dimension);
  const pinnedPlace = pinned === null ? null : { channel, pixel: Math.floor(pinned / colours) };
  const options = { layer: frame.layer, row: frame.row, ...model.options.featureMaps };
  const choose = (change: Partial<typeof options>) => page.chooseOptions('featureMaps', { ...options, ...change });
  const layer = options.layer < 0 ? frame.layer : options.layer;
  const { drawing } = figure;
  const show = (place: MapPlace | null) => {
    // What is pointed at among the small ones is not yet the one drawn large: a click chooses it.
    pointAt(place && place.pixel < frame.size[0] * frame.size[1] ? place : null);
  };
  return (
    <FigureFrame
      page={page}
      title="Feature maps"
      reading={reading}
      topic="featureMaps"
      name="feature-maps"
      note={`${frameNote(frame, model)} · ${frame.split} row ${formatCount(frame.row + 1)} of ${formatCount(frame.allRows)}`}
      legend={figure.legend}
      toolsActOnTable
      tools={
        <>
          <Dropdown
            label="Layer"
            value={String(layer)}
            options={frame.layers.map((one, i) => ({ value: String(i), label: layerText(one) }))}
            onChange={(next) => choose({ layer: Number(next) })}
          />
          <NumberChooser label="Row" value={options.row} count={frame.allRows} onChoose={(row) => choose({ row })} />
          <NumberChooser label="Map" value={channel} count={own.channels} onChoose={setChannel} />
        </>
      }
      figure={(theme, wide) => ({ title: `Feature maps: ${model.experiment}`, reading, ...draw(theme, wide) })}
      table={() => mapTable(frame, channel)}
      json={() => frame}
    >
      <div
        onClickCapture={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const place = figure.placeAt(event.clientX - box.left, event.clientY - box.top);
          if (!place || place.channel === null || place.channel === channel) return;
          // The first click on a small map draws it large; one in a map that is, pins the pixel.
          setChannel(place.channel);
          event.stopPropagation();
        }}
      >
        <VariablePlane
          {...{ page, drawing, at, dimension }}
          role="application"
          description="feature maps"
          label={`Feature maps. ${reading} Arrow keys go from pixel to pixel, Page Up and Page Down from map to map.`}
          onMove={calm.moved}
          onPoint={show}
          locate={figure.placeAt}
          next={(key) => moved(key, at ?? pinnedPlace, { frame, channel, onChannel: setChannel })}
          variableOf={({ pixel }) => pixel * colours}
          say={(place) => mapPlaceText(frame, place)}
          marks={
            <>
              {pinnedPlace && <Marks figure={figure} place={pinnedPlace} colour={theme.accent} wide />}
              {at && <Marks figure={figure} place={at} colour={theme.accent} />}
            </>
          }
        />
      </div>
      <p class="readout" aria-hidden="true">
        {at
          ? mapPlaceText(frame, at)
          : 'Point at a map to read it; a click on a small one draws it large, and one in the large one pins its pixel in every view.'}
      </p>
    </FigureFrame>
  );
}

function Marks(o: {
  readonly figure: FeatureMapsFigure;
  readonly place: MapPlace;
  readonly colour: string;
  readonly wide?: boolean;
}): VNode {
  return (
    <g fill="none" stroke={o.colour} stroke-width={o.wide ? 2 : 1.25} pointer-events="none">
      {o.figure.boxesOf(o.place).map(({ x, y, width, height }) => (
        <rect x={x - 1} y={y - 1} width={width + 2} height={height + 2} />
      ))}
    </g>
  );
}

function moved(
  key: string,
  at: MapPlace | null,
  o: { readonly frame: Frame; readonly channel: number; readonly onChannel: (channel: number) => void },
): MapPlace | null {
  const { size, layers, layer } = o.frame;
  const [rows, columns] = size;
  const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, value));
  const pixel = at?.pixel ?? 0;
  const to = (dx: number, dy: number): MapPlace => ({
    channel: o.channel,
    pixel: clamp(Math.floor(pixel / columns) + dy, rows) * columns + clamp((pixel % columns) + dx, columns),
  });
  const map = (by: number): MapPlace => {
    const channel = clamp(o.channel + by, layers[layer]!.channels);
    o.onChannel(channel);
    return { channel, pixel };
  };
  const moves: Readonly<Record<string, () => MapPlace>> = {
    ArrowLeft: () => to(-1, 0),
    ArrowRight: () => to(1, 0),
    ArrowUp: () => to(0, -1),
    ArrowDown: () => to(0, 1),
    PageUp: () => map(-1),
    PageDown: () => map(1),
    Home: () => ({ channel: o.channel, pixel: 0 }),
    End: () => ({ channel: o.channel, pixel: rows * columns - 1 }),
  };
  return moves[key]?.() ?? null;
}

/** The map that is drawn large, row by row. */
function mapTable({ size, values }: Frame, channel: number): Table {
  const [rows, columns] = size;
  return {
    columns: [`map ${channel + 1}`, ...Array.from({ length: columns }, (_, c) => `column ${c + 1}`)],
    rows: Array.from({ length: rows }, (_, r) => [
      `row ${r + 1}`,
      ...values.subarray((channel * rows + r) * columns, (channel * rows + r + 1) * columns),
    ]),
  };
}
