/** Receptive field: how far one output sees behind each layer. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { outputWords } from '../../src/figures/dependencyWords.ts';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { channelsOf, placeIn, variableIn } from '../../src/figures/imageWords.ts';
import { receptiveField } from '../../src/figures/receptiveField.tsx';
import {
  growthFacts,
  type GrowthFrame,
  growthReading,
  hasGrowth,
  layerSentence,
} from '../../src/figures/receptiveFieldWords.ts';
import { formatCount, plural } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import { MaskChooser } from './maskChooser.tsx';
import { OutputChooser } from './outputChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './graph.css';

export function ReceptiveFieldView(page: ViewProps): VNode {
  const frame = page.model.frames.dependency;
  if (!frame) return <Waiting page={page} kind="dependency" what="receptive field" />;
  if (!hasGrowth(frame)) {
    return (
      <section class="empty">
        <h2>No receptive field</h2>
        <p>The images of this run have neither one channel nor three: they cannot be shown.</p>
      </section>
    );
  }
  return <Field page={page} newest={frame} />;
}

const HINT =
  'Point at the picture or the chart to see a layer by itself; a click chooses the pixel that is looked at. Or move here with Tab: Page Up and Page Down go from layer to layer, arrow keys from pixel to pixel.';

function Field({ page, newest }: { readonly page: ViewProps; readonly newest: GrowthFrame }): VNode {
  const { model, width } = page;
  const { theme } = model;
  const [layer, setLayer] = useState<number | null>(null);
  const calm = useCalm(newest);
  const frame = calm.value;
  const image = frame.image!;
  const { names } = frame.growth;
  const wished = model.options.dependency?.output ?? frame.output;
  const output = wished >= 0 && wished < frame.dimension ? wished : frame.output;
  const at = layer === null ? null : Math.min(layer, names.length - 1);
  const height = Math.max(240, Math.min(460, page.height - 230));
  const draw = (own: Theme, wide: number, shown: number | null) =>
    receptiveField({ frame, layer: shown, width: wide, height, theme: own });
  const figure = useMemo(() => draw(theme, width, at), [frame, at, width, height, theme]);
  const reading = useMemo(() => growthReading(frame), [frame]);
  const title = `How far ${outputWords(frame, frame.output)} sees`;
  const { drawing } = figure;
  const choose = (next: number) => {
    if (next === output) return;
    page.chooseOptions('dependency', { output: next });
    page.announce(outputWords(frame, next));
  };
  const under = (event: MouseEvent & { readonly currentTarget: HTMLElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top] as const;
  };
  const show = (next: number) => {
    const within = Math.min(names.length - 1, Math.max(0, next));
    setLayer(within);
    page.announce(layerSentence(frame, within));
  };
  const step = (dx: number, dy: number) => {
    const place = placeIn(image, output);
    const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, value));
    choose(
      variableIn(image, { ...place, row: clamp(place.row + dy, image[0]), column: clamp(place.column + dx, image[1]) }),
    );
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => step(-1, 0),
    ArrowRight: () => step(1, 0),
    ArrowUp: () => step(0, -1),
    ArrowDown: () => step(0, 1),
    PageUp: () => show((at ?? names.length) - 1),
    PageDown: () => show((at ?? -1) + 1),
    Home: () => show(0),
    End: () => show(names.length - 1),
    Escape: () => setLayer(null),
  };
  return (
    <FigureFrame
      page={page}
      topic="receptiveField"
      name="receptive-field"
      title={title}
      reading={reading}
      note={`${frameNote(frame, model)} · ${plural(names.length, 'layer')}`}
      legend={figure.legend}
      tools={
        <>
          <OutputChooser output={output} order={frame.order} onChoose={choose} />
          <MaskChooser page={page} frame={frame} />
        </>
      }
      figure={(own, wide) => ({ title: `${title}: ${model.experiment}`, reading, ...draw(own, wide, at) })}
      table={() => growthTable(frame)}
      json={() => frame}
    >
      <div
        class="graph"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px`, cursor: 'pointer' }}
        role="application"
        aria-roledescription="receptive field"
        aria-label={`${title}. ${reading}`}
        tabIndex={0}
        onPointerMove={(event) => {
          calm.moved();
          setLayer(figure.layerAt(...under(event)));
        }}
        onPointerLeave={() => setLayer(null)}
        onBlur={() => setLayer(null)}
        onClick={(event) => {
          const input = figure.inputAt(...under(event));
          if (input !== null) choose(input + (output % channelsOf(image)));
        }}
        onKeyDown={(event) => {
          const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
          if (!act) return;
          act();
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <CanvasLayer width={drawing.width} height={drawing.height} rasters={drawing.rasters} theme={theme} />
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={theme} encode={canvasDataUri} />
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {at === null ? HINT : layerSentence(frame, at)}
      </p>
    </FigureFrame>
  );
}

function growthTable(frame: GrowthFrame): Table {
  const { before, seen } = growthFacts(frame);
  return {
    columns: ['behind', 'inputs seen', 'new', `% of the ${formatCount(before)} before it`],
    rows: frame.growth.names.map((name, layer) => [
      name,
      seen[layer]!,
      seen[layer]! - (seen[layer - 1] ?? 0),
      before === 0 ? null : (100 * seen[layer]!) / before,
    ]),
  };
}
