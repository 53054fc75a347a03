/** Dependency map: one output chosen by hand, and what it depends on, by the masks and by the weights. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import {
  dependencyDrawing,
  dependencyLayout,
  dependencyLegend,
  inputBeside,
  inputBox,
  inputUnder,
  Outlined,
  type DependencyLayout,
} from '../../src/figures/dependency.tsx';
import {
  dependencyReading,
  dependencySentence,
  factsOf,
  fromJacobian,
  isLeaking,
  isLost,
  type ShownDependency,
} from '../../src/figures/dependencyWords.ts';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { formatCount, inputName, outputName, plural, textWidth } from '../../src/figures/text.ts';
import type { DependencyFrame } from '../../src/inspection/frames.ts';
import { IconButton, TextField } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { maskTexts, stepText } from '../words.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import { MaskChooser } from './maskChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import { besides, wordsRoom } from './wordsPlace.ts';
import './graph.css';

export function DependencyView(page: ViewProps): VNode {
  const frame = page.model.frames.dependency;
  if (!frame) return <Waiting page={page} kind="dependency" what="dependency map" />;
  return <Map page={page} frame={frame} />;
}

const LOWEST = 260;
const TALLEST = 640;

function Map({ page, frame }: { readonly page: ViewProps; readonly frame: DependencyFrame }): VNode {
  const { model } = page;
  const { theme } = model;
  const wished = model.options.dependency?.output ?? frame.output;
  const output = wished >= 0 && wished < frame.dimension ? wished : frame.output;
  const jacobian = model.frames.jacobian;
  // Until the chosen output has been measured, the whole Jacobian knows of it what it knows.
  const shown = useMemo<ShownDependency>(
    () =>
      output === frame.output || !jacobian || jacobian.mask !== frame.mask
        ? frame
        : fromJacobian(jacobian, frame, output),
    [frame, jacobian, output],
  );
  const room = Math.max(LOWEST, Math.min(TALLEST, page.height - 230));
  const layout = useMemo(
    () => dependencyLayout(shown, { width: page.width, height: room }),
    [shown.order, shown.image, shown.dimension, page.width, room],
  );
  const drawing = useMemo(() => dependencyDrawing(shown, layout, theme), [shown, layout, theme]);
  const reading = useMemo(() => dependencyReading(shown), [shown]);
  const choose = (next: number) => {
    if (next === output) return;
    page.chooseOptions('dependency', { output: next });
    page.announce(`${outputName(next)}, position ${frame.order[next]} in the order`);
  };
  const late = shown.output !== output;
  return (
    <FigureFrame
      page={page}
      topic="dependency"
      name="dependency"
      title={`What ${outputName(shown.output)} depends on`}
      reading={reading}
      note={[
        stepText(shown, model),
        ...maskTexts(shown),
        `position ${formatCount(shown.order[shown.output]!)} of ${formatCount(shown.dimension)} in the order`,
        `mean over ${plural(shown.dataRows, 'row')}`,
      ].join(' · ')}
      legend={dependencyLegend(shown, layout.form, theme)}
      toolsActOnTable
      tools={
        <>
          <OutputChooser output={output} order={frame.order} onChoose={choose} />
          <MaskChooser page={page} frame={frame} />
        </>
      }
      figure={(own) => ({
        title: `What ${outputName(shown.output)} depends on, step ${formatCount(shown.step)}`,
        reading,
        drawing: dependencyDrawing(shown, layout, own),
        legend: dependencyLegend(shown, layout.form, own),
      })}
      table={() => dependencyTable(shown)}
      json={() => ({ ...shown, order: [...shown.order] })}
    >
      <Inputs page={page} shown={shown} layout={layout} drawing={drawing} output={output} onChoose={choose} />
      {late && <p class="note">{`Measuring ${outputName(output)} …`}</p>}
    </FigureFrame>
  );
}

/** The output by its number, or the one before or after it in the order. */
function OutputChooser({
  output,
  order,
  onChoose,
}: {
  readonly output: number;
  readonly order: Int32Array;
  readonly onChoose: (output: number) => void;
}): VNode {
  const [typed, setTyped] = useState<string | null>(null);
  const dimension = order.length;
  const text = typed ?? String(output + 1);
  const number = Number(text);
  const valid = Number.isInteger(number) && number >= 1 && number <= dimension;
  const at = order[output]!;
  const step = (by: number) => {
    setTyped(null);
    onChoose(order.indexOf(Math.min(dimension, Math.max(1, at + by))));
  };
  return (
    <>
      <TextField
        label={`Output (1 … ${formatCount(dimension)})`}
        value={text}
        problem={valid ? null : `a number from 1 to ${formatCount(dimension)}`}
        onInput={(value) => {
          const wanted = Number(value);
          const fits = value !== '' && Number.isInteger(wanted) && wanted >= 1 && wanted <= dimension;
          setTyped(fits ? null : value);
          if (fits) onChoose(wanted - 1);
        }}
      />
      <span class="zoom" role="group" aria-label="Neighbours in the order">
        <IconButton label="The output before it in the order" disabled={at === 1} onClick={() => step(-1)}>
          ‹
        </IconButton>
        <IconButton label="The output after it in the order" disabled={at === dimension} onClick={() => step(1)}>
          ›
        </IconButton>
      </span>
    </>
  );
}

const HINT =
  'Point at an input to read it; click one, or move here with Tab and press the arrow keys, to see what its own output depends on. Shift and an arrow key read without choosing.';
const WORDS_WIDTH = 280;

function Inputs({
  page,
  shown,
  layout,
  drawing,
  output,
  onChoose,
}: {
  readonly page: ViewProps;
  readonly shown: ShownDependency;
  readonly layout: DependencyLayout;
  readonly drawing: ReturnType<typeof dependencyDrawing>;
  /** The output chosen, which may still have to be measured. */
  readonly output: number;
  readonly onChoose: (output: number) => void;
}): VNode {
  const { theme, selection } = page.model;
  const [pointed, point] = useState<number | null>(null);
  const { width, height } = layout;
  const pinned = selection?.pinned && selection.unit.layer === 0 ? selection.unit.unit : null;
  const under = (event: MouseEvent & { readonly currentTarget: HTMLElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return inputUnder(layout, event.clientX - box.left, event.clientY - box.top);
  };
  const told = pointed ?? pinned;
  const text = told !== null && told < shown.dimension ? dependencySentence(shown, told) : null;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    const { order } = shown;
    if (move) {
      const next = inputBeside(layout, (event.shiftKey ? pointed : null) ?? output, ...move);
      if (event.shiftKey) point(next);
      else onChoose(next);
    } else if (event.key === 'Home') onChoose(order.indexOf(1));
    else if (event.key === 'End') onChoose(order.indexOf(order.length));
    else if ((event.key === 'Enter' || event.key === ' ') && pointed !== null) {
      onChoose(pointed);
      point(null);
    } else if (event.key === 'Escape') point(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div
        class="matrix dependency-map"
        role="application"
        aria-roledescription="map of inputs"
        aria-label={`Inputs of ${outputName(output)}. Arrow keys choose the output beside it, with Shift they read an input; Home and End go to the first and the last of the order.`}
        tabIndex={0}
        style={{ width: `${width}px`, height: `${height}px`, cursor: 'pointer' }}
        onPointerMove={(event) => point(under(event))}
        onPointerLeave={() => point(null)}
        onBlur={() => point(null)}
        onClick={(event) => {
          const input = under(event);
          if (input !== null) onChoose(input);
        }}
        onKeyDown={onKeyDown}
      >
        <CanvasLayer width={width} height={height} rasters={drawing.rasters} theme={theme} />
        <svg width={width} height={height} aria-hidden="true">
          <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={theme} encode={canvasDataUri} />
        </svg>
        <svg class="over" width={width} height={height} aria-hidden="true">
          {output !== shown.output && <Outlined box={inputBox(layout, output)} theme={theme} />}
          {told !== null && told < shown.dimension && (
            <Marked layout={layout} input={told} colour={theme.foreground} back={theme.background} />
          )}
        </svg>
        {pointed !== null && text !== null && <Words layout={layout} input={pointed} text={text} page={page} />}
      </div>
      <p class="told" role="status">
        {text === null ? (
          <span class="muted">{HINT}</span>
        ) : (
          `${inputName(told!)} for ${outputName(shown.output)}: ${text}`
        )}
      </p>
    </>
  );
}

const MOVES: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function Marked({
  layout,
  input,
  colour,
  back,
}: {
  readonly layout: DependencyLayout;
  readonly input: number;
  readonly colour: string;
  readonly back: string;
}): VNode {
  const { x, y, width, height } = inputBox(layout, input);
  const box = { x: x - 0.5, y: y - 0.5, width: width + 1, height: height + 1, fill: 'none' };
  return (
    <>
      <rect {...box} stroke={back} stroke-width={3.5} />
      <rect {...box} stroke={colour} stroke-width={1.5} stroke-dasharray="3 2" />
    </>
  );
}

function Words({
  layout,
  input,
  text,
  page,
}: {
  readonly layout: DependencyLayout;
  readonly input: number;
  readonly text: string;
  readonly page: ViewProps;
}): VNode {
  // Beside the map there may be room that the map does not take.
  const figure = { width: page.width, height: layout.height };
  const room = wordsRoom(text, Math.min(WORDS_WIDTH, page.width), textWidth);
  const corner = besides(inputBox(layout, input), room, figure, true);
  return (
    <div
      class="words"
      role="tooltip"
      aria-hidden="true"
      style={{ left: `${corner.x}px`, top: `${corner.y}px`, width: `${room.width}px` }}
    >
      <span>{text}</span>
    </div>
  );
}

/** Every input, the strongest first. */
function dependencyTable(shown: ShownDependency): Table {
  const rows = Array.from({ length: shown.dimension }, (_, input) => {
    const facts = factsOf(shown, input);
    const verdict = isLeaking(facts) ? 'leak' : isLost(facts) ? 'lost' : facts.allowed ? 'allowed' : 'forbidden';
    const path = facts.path === null ? null : facts.path ? 'yes' : 'no';
    const strength = Number.isFinite(facts.strength) ? facts.strength : null;
    return [inputName(input), shown.order[input]!, verdict, path, strength] as const;
  });
  rows.sort((a, b) => (b[4] ?? Infinity) - (a[4] ?? Infinity) || a[1] - b[1]);
  return {
    columns: ['input', 'position in the order', 'order', 'path', `mean |∂| of ${outputName(shown.output)}`],
    rows,
  };
}
