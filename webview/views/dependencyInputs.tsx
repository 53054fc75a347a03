/** The inputs of a dependency map: read by pointing or with Shift and the arrow keys, chosen by a click or an arrow key. */
import { WordsBeside } from './wordsBeside.tsx';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Outlined, type dependencyDrawing } from '../../src/figures/dependency.tsx';
import { inputBeside, inputBox, inputUnder, type DependencyLayout } from '../../src/figures/dependencyLayout.ts';
import { dependencySentence, outputWords, type ShownDependency } from '../../src/figures/dependencyWords.ts';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { inputName, outputName, textWidth } from '../../src/figures/text.ts';
import { canvasDataUri } from '../export.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import type { ViewProps } from './view.ts';
import { besides, wordsRoom } from './wordsPlace.ts';

const HINT =
  'Point at an input to read it; click one, or move here with Tab and press the arrow keys, to see what its own output depends on. Shift and an arrow key read without choosing.';
const WORDS_WIDTH = 280;

export function Inputs({
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
          `${inputName(told!)} for ${outputWords(shown, shown.output)}: ${text}`
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
  return <WordsBeside text={text} corner={corner} width={room.width} />;
}
