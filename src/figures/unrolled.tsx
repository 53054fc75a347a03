/**
 * A recurrent network unrolled in time: a column for every character, from what is heard at the bottom through the states of
 * the layers to the distribution of the character that comes next, on top. Loaded in the extension host, and kept lean.
 */
import type { ComponentChildren, VNode } from 'preact';
import type { CellName } from '../spec/cell.ts';
import { visibleCharacter } from '../text/characters.ts';
import { formatCount } from '../text/numbers.ts';
import type { Drawing } from './drawing.tsx';
import { renderSvg } from './render.ts';
import { textWidth } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import { CELL_HEIGHT, CELL_WIDTH, CellInside } from './unrolledCell.tsx';

export interface UnrolledStep {
  /** What is heard; null before the first character. */
  readonly input: string | null;
  /** The character that comes next; null where that is not known. */
  readonly next: string | null;
  /** Of each layer, h of the units that are drawn, −1 … 1; null where no network has been run. */
  readonly states: readonly ArrayLike<number>[] | null;
  /** The most probable characters to come, falling; null where no network has been run. */
  readonly likely: readonly { readonly character: string; readonly p: number }[] | null;
}

export interface Unrolled {
  readonly cell: CellName;
  /** Units of each layer. */
  readonly hidden: readonly number[];
  /** E of the embedding; null for one-hot. */
  readonly embedding: number | null;
  /** V; null where it is not known yet. */
  readonly vocabulary: number | null;
  readonly steps: readonly UnrolledStep[];
}

/** What is pointed at. */
export type UnrolledHighlight = 'cell' | 'hidden' | 'embedding';

export interface UnrolledOptions {
  readonly theme: Theme;
  readonly width: number;
  readonly highlight?: UnrolledHighlight | undefined;
  /** Colour of a unit's h, −1 … 1; where it is left out no states are coloured. */
  readonly colour?: (h: number) => string;
}

const LABELS = 66;
const INPUT = 18;
const GAP = 20;
const STATE = 16;
const BAR = 13;
/** Layers that are drawn one by one; of more, the last stands for those between. */
const MOST_LAYERS = 3;
/** Units of a layer that stand for all of them. */
export const UNITS_DRAWN = 12;
/** Bars of a distribution. */
export const LIKELY_DRAWN = 4;
/** Widest that a column becomes. */
const WIDEST = 104;
const APART = 16;

/** The layers that are drawn: which, and how many are left out below each. */
function drawnLayers(count: number): { readonly layer: number; readonly skipped: number }[] {
  if (count <= MOST_LAYERS) return Array.from({ length: count }, (_, layer) => ({ layer, skipped: 0 }));
  return [
    { layer: 0, skipped: 0 },
    { layer: 1, skipped: 0 },
    { layer: count - 1, skipped: count - MOST_LAYERS },
  ];
}

/** "[128]", and what of it is not drawn. */
function sizeText(units: number, skipped: number, run: boolean): string {
  const first = run && units > UNITS_DRAWN ? `first ${UNITS_DRAWN} of ` : '';
  return `${first}[${formatCount(units)}]${skipped > 0 ? `, ${skipped} below` : ''}`;
}

export function unrolledFigure(network: Unrolled, o: UnrolledOptions): { readonly drawing: Drawing } {
  const { theme, width, highlight } = o;
  const layers = drawnLayers(network.hidden.length);
  const run = network.steps.some(({ likely }) => likely !== null);
  const top = run ? LIKELY_DRAWN * BAR : INPUT;
  const layerGap = GAP - 4;
  const stateY = (index: number) => top + GAP + (layers.length - 1 - index) * (STATE + layerGap);
  const inputY = stateY(0) + STATE + GAP;
  const height = Math.max(CELL_HEIGHT, inputY + INPUT + 14);
  const left = CELL_WIDTH + APART + LABELS;
  const column = Math.min(WIDEST, (width - left - 12) / network.steps.length);
  const box = Math.min(column - 18, UNITS_DRAWN * 6);
  const middle = (t: number) => left + column * t + box / 2;
  const strong = (key: UnrolledHighlight) => (highlight === key ? theme.accent : theme.foreground);
  const weight = (key: UnrolledHighlight) => (highlight === key ? 600 : 400);
  const labelled = (y: number, texts: readonly [string, string], key?: UnrolledHighlight) => (
    <>
      <text x={left - 8} y={y - 1} text-anchor="end" font-weight={key && weight(key)} fill={key && strong(key)}>
        {texts[0]}
      </text>
      <text x={left - 8} y={y + 10} text-anchor="end" fill={theme.muted}>
        {texts[1]}
      </text>
    </>
  );
  const { vocabulary: v } = network;
  const heard = network.embedding === null ? 'one-hot' : 'embedded';
  const size = network.embedding ?? v;
  const marks: ComponentChildren = (
    <g font-family={theme.font} font-size={textSize.small} fill={theme.foreground}>
      <CellInside cell={network.cell} strong={highlight === 'cell'} theme={theme} />
      {labelled(top / 2, ['p(next)', v === null ? '[V]' : `[${formatCount(v)}]`])}
      {layers.map(({ layer, skipped }, i) =>
        labelled(
          stateY(i) + STATE / 2,
          [
            `h${network.hidden.length > 1 ? ` of layer ${layer + 1}` : ''}`,
            sizeText(network.hidden[layer]!, skipped, run),
          ],
          'hidden',
        ),
      )}
      {labelled(inputY + INPUT / 2, [heard, size === null ? '[V]' : `[${formatCount(size)}]`], 'embedding')}
      {network.steps.map((step, t) => (
        <>
          <Arrows {...{ theme, t, last: t === network.steps.length - 1, layers, stateY, inputY, top, middle, box }} />
          <Heard step={step} x={middle(t)} y={inputY} theme={theme} strong={highlight === 'embedding'} />
          {layers.map(({ layer }, i) => (
            <State
              units={network.hidden[layer]!}
              values={step.states?.[layer] ?? null}
              x={middle(t) - box / 2}
              y={stateY(i)}
              width={box}
              strong={highlight === 'hidden' || highlight === 'cell'}
              theme={theme}
              colour={o.colour}
            />
          ))}
          <Output step={step} x={middle(t)} width={Math.min(column - 8, box + 12)} height={top} theme={theme} />
        </>
      ))}
      <text x={left} y={inputY + INPUT + 12} fill={theme.muted}>
        time →
      </text>
    </g>
  );
  return { drawing: { width: Math.max(width, left + column * network.steps.length), height, rasters: [], marks } };
}

/** For hovers. */
export function unrolledSvg(network: Unrolled, o: UnrolledOptions): string {
  const { drawing } = unrolledFigure(network, o);
  const { width, height } = drawing;
  return renderSvg(
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {drawing.marks}
    </svg>,
  );
}

/** Up through the layers, and to the next column. */
function Arrows(o: {
  readonly theme: Theme;
  readonly t: number;
  readonly last: boolean;
  readonly layers: readonly { readonly skipped: number }[];
  readonly stateY: (index: number) => number;
  readonly inputY: number;
  readonly top: number;
  readonly middle: (t: number) => number;
  readonly box: number;
}): VNode {
  const { theme, t, last, layers, stateY, inputY, top, middle, box } = o;
  const x = middle(t);
  const up = (from: number, to: number, dashed = false) => (
    <>
      <line x1={x} x2={x} y1={from} y2={to + 4} stroke={theme.muted} stroke-dasharray={dashed ? '2 2' : undefined} />
      <path d={`M${x - 3},${to + 5}L${x},${to}L${x + 3},${to + 5}Z`} fill={theme.muted} />
    </>
  );
  const end = last ? x + box / 2 + 14 : middle(t + 1) - box / 2;
  return (
    <>
      {up(inputY - 1, stateY(0) + STATE + 1)}
      {layers.slice(1).map(({ skipped }, i) => up(stateY(i) - 1, stateY(i + 1) + STATE + 1, skipped > 0))}
      {up(stateY(layers.length - 1) - 1, top + 2)}
      {layers.map((_, i) => {
        const y = stateY(i) + STATE / 2;
        const from = x + box / 2 + 1;
        return (
          <>
            <line
              {...{ x1: from, x2: end - 4, y1: y, y2: y }}
              stroke={theme.foreground}
              stroke-dasharray={last ? '2 2' : undefined}
            />
            <path d={`M${end - 5},${y - 3}L${end},${y}L${end - 5},${y + 3}Z`} fill={theme.foreground} />
          </>
        );
      })}
    </>
  );
}

function Heard(o: {
  readonly step: UnrolledStep;
  readonly x: number;
  readonly y: number;
  readonly strong: boolean;
  readonly theme: Theme;
}): VNode {
  const { step, x, y, strong, theme } = o;
  const text = step.input === null ? 'nothing' : visibleCharacter(step.input);
  const width = step.input === null ? textWidth(text, textSize.small) + 10 : 24;
  return (
    <>
      <rect
        {...{ x: x - width / 2, y, width, height: INPUT, rx: 2 }}
        fill="none"
        stroke={strong ? theme.accent : theme.rule}
        stroke-dasharray={step.input === null ? '2 2' : undefined}
      />
      <text
        x={x}
        y={y + INPUT / 2}
        text-anchor="middle"
        dominant-baseline="central"
        font-size={step.input === null ? textSize.small : textSize.body}
        fill={step.input === null ? theme.muted : theme.foreground}
      >
        {text}
      </text>
    </>
  );
}

function State(o: {
  readonly units: number;
  readonly values: ArrayLike<number> | null;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly strong: boolean;
  readonly theme: Theme;
  readonly colour: ((h: number) => string) | undefined;
}): VNode {
  const { units, values, x, y, width, strong, theme, colour } = o;
  const drawn = Math.min(units, UNITS_DRAWN, values?.length ?? UNITS_DRAWN);
  const cell = width / drawn;
  const at = (j: number) => x + j * cell;
  return (
    <>
      {values && colour
        ? Array.from({ length: drawn }, (_, j) => (
            <rect x={at(j)} y={y} width={cell} height={STATE} fill={colour(values[j]!)} />
          ))
        : Array.from({ length: drawn - 1 }, (_, j) => (
            <line x1={at(j + 1)} x2={at(j + 1)} y1={y} y2={y + STATE} stroke={theme.rule} />
          ))}
      <rect {...{ x, y, width, height: STATE }} fill="none" stroke={strong ? theme.accent : theme.foreground} />
    </>
  );
}

/** Bars of the most probable characters, the one that comes marked; without a network, that one alone. */
function Output(o: {
  readonly step: UnrolledStep;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}): VNode {
  const { step, x, width, height, theme } = o;
  if (step.likely === null) {
    return (
      <text x={x} y={height / 2} text-anchor="middle" dominant-baseline="central">
        {step.next === null ? 'p(·)' : `p(${visibleCharacter(step.next)})`}
      </text>
    );
  }
  const left = x - width / 2;
  const room = width - 14;
  const shown = step.likely.slice(0, LIKELY_DRAWN);
  return (
    <>
      {shown.map(({ character, p }, i) => {
        const y = height - (shown.length - i) * BAR;
        const comes = character === step.next;
        return (
          <>
            <text
              x={left + 5}
              y={y + BAR / 2}
              text-anchor="middle"
              dominant-baseline="central"
              font-weight={comes ? 700 : 400}
            >
              {visibleCharacter(character)}
            </text>
            <rect
              {...{ x: left + 12, y: y + 2, width: Math.max(0.5, room * p), height: BAR - 4 }}
              fill={comes ? theme.accent : theme.neutral}
            />
            {comes && (
              <rect {...{ x: left + 12, y: y + 1, width: room, height: BAR - 2 }} fill="none" stroke={theme.accent} />
            )}
          </>
        );
      })}
    </>
  );
}
