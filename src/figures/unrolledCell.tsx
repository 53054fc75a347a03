/** The inside of a recurrent cell, drawn once: what its gates do to what is kept from character to character. */
import type { ComponentChildren, VNode } from 'preact';
import type { CellName } from '../spec/cell.ts';
import { textSize, type Theme } from './theme.ts';

/** px */
export const CELL_WIDTH = 176;
export const CELL_HEIGHT = 146;

const TITLE = 12;
/** The line that leads from the state before to the one after, and that which hears: state before and input. */
const KEPT = 30;
const HEARD = 104;
const GATE = { y: 76, width: 24, height: 16 } as const;

/** Names of the cells as their papers have them. */
export const cellTitles: Readonly<Record<CellName, string>> = { rnn: 'RNN (Elman)', lstm: 'LSTM', gru: 'GRU' };

/** What a cell computes, line by line; z is W x + U h + b of a gate. */
export const cellEquations: Readonly<Record<CellName, readonly string[]>> = {
  rnn: ['h ← tanh(W x + U h + b)'],
  lstm: ['c ← f ∘ c + i ∘ g', 'h ← o ∘ tanh(c)'],
  gru: ['n = tanh(W x + r ∘ U h + b)', 'h ← (1 − u) ∘ n + u ∘ h'],
};

interface Ink {
  readonly theme: Theme;
}

interface GateProps extends Ink {
  readonly x: number;
  readonly name: string;
  readonly what: string;
  /** Whether its name stands to the left of the line that leaves it. */
  readonly left?: boolean;
}

function Gate({ x, name, what, left = false, theme }: GateProps) {
  const beside = GATE.width / 2 - 4;
  return (
    <>
      <rect
        x={x - GATE.width / 2}
        y={GATE.y - GATE.height / 2}
        width={GATE.width}
        height={GATE.height}
        rx={2}
        fill={theme.background}
        stroke={theme.foreground}
      />
      <text x={x} y={GATE.y} text-anchor="middle" dominant-baseline="central">
        {what}
      </text>
      {name !== '' && (
        <text
          x={left ? x - beside : x + beside}
          y={GATE.y - 12}
          text-anchor="middle"
          font-style="italic"
          fill={theme.accent}
        >
          {name}
        </text>
      )}
    </>
  );
}

function Node({ x, y, sign, theme }: Ink & { readonly x: number; readonly y: number; readonly sign: '×' | '+' }) {
  return (
    <>
      <circle cx={x} cy={y} r={6} fill={theme.background} stroke={theme.foreground} />
      <text x={x} y={y} text-anchor="middle" dominant-baseline="central">
        {sign}
      </text>
    </>
  );
}

function Lines({ d, theme }: Ink & { readonly d: string }) {
  return <path d={d} fill="none" stroke={theme.foreground} stroke-width={1} />;
}

/** A triangle that points right (or up) at a place. */
function Head({ x, y, up = false, theme }: Ink & { readonly x: number; readonly y: number; readonly up?: boolean }) {
  const d = up ? `M${x - 3},${y + 5}L${x},${y}L${x + 3},${y + 5}Z` : `M${x - 5},${y - 3}L${x},${y}L${x - 5},${y + 3}Z`;
  return <path d={d} fill={theme.foreground} />;
}

function Label({ x, y, text, end = false }: { x: number; y: number; text: string; end?: boolean }) {
  return (
    <text x={x} y={y} text-anchor={end ? 'end' : 'start'} font-style="italic">
      {text}
    </text>
  );
}

/** Verticals from what is heard into the gates at these places. */
const risers = (places: readonly number[]) => places.map((x) => `M${x},${HEARD}V${GATE.y + GATE.height / 2}`).join('');

const bottom = GATE.y - GATE.height / 2;

const insides: Readonly<Record<CellName, (ink: Ink) => ComponentChildren>> = {
  rnn: ({ theme }) => (
    <>
      <Lines theme={theme} d={`M4,${HEARD}H88${risers([88])}M88,${bottom}V${KEPT}H170`} />
      <Head theme={theme} x={170} y={KEPT} />
      <Gate theme={theme} x={88} name="" what="tanh" />
      <Label x={4} y={HEARD - 5} text="h, x" />
      <Label x={168} y={KEPT - 6} text="h" end />
    </>
  ),
  lstm: ({ theme }) => (
    <>
      <Lines theme={theme} d={`M4,${KEPT}H170M4,${HEARD}H128${risers([30, 60, 92, 128])}`} />
      <Lines theme={theme} d={`M30,${bottom}V${KEPT}M60,${bottom}V54H92M92,${bottom}V54M76,54V${KEPT}`} />
      <Lines theme={theme} d={`M128,${bottom}V54H152M152,${KEPT}V54M152,54V${HEARD}H170`} />
      <Head theme={theme} x={170} y={KEPT} />
      <Head theme={theme} x={170} y={HEARD} />
      <Node theme={theme} x={30} y={KEPT} sign="×" />
      <Node theme={theme} x={76} y={KEPT} sign="+" />
      <Node theme={theme} x={76} y={54} sign="×" />
      <Node theme={theme} x={152} y={54} sign="×" />
      <text x={156} y={43} font-size={textSize.small - 2}>
        tanh
      </text>
      <Gate theme={theme} x={30} name="f" what="σ" left />
      <Gate theme={theme} x={60} name="i" what="σ" left />
      <Gate theme={theme} x={92} name="g" what="tanh" />
      <Gate theme={theme} x={128} name="o" what="σ" />
      <Label x={4} y={KEPT - 6} text="c" />
      <Label x={168} y={KEPT - 6} text="c" end />
      <Label x={4} y={HEARD - 5} text="h, x" />
      <Label x={168} y={HEARD - 5} text="h" end />
    </>
  ),
  gru: ({ theme }) => (
    <>
      <Lines theme={theme} d={`M4,${KEPT}H170M4,${HEARD}H124${risers([34, 76, 124])}`} />
      <Lines theme={theme} d={`M34,${bottom}V54H102V92`} />
      <Lines theme={theme} d={`M76,${bottom}V${KEPT}M124,${bottom}V${KEPT}M76,44H124`} />
      <Head theme={theme} x={170} y={KEPT} />
      <Node theme={theme} x={102} y={HEARD} sign="×" />
      <Node theme={theme} x={76} y={KEPT} sign="×" />
      <Node theme={theme} x={124} y={44} sign="×" />
      <Node theme={theme} x={124} y={KEPT} sign="+" />
      <text x={94} y={41} font-size={textSize.small - 2}>
        1 − u
      </text>
      <Gate theme={theme} x={34} name="r" what="σ" />
      <Gate theme={theme} x={76} name="u" what="σ" />
      <Gate theme={theme} x={124} name="n" what="tanh" />
      <Label x={4} y={KEPT - 6} text="h" />
      <Label x={168} y={KEPT - 6} text="h" end />
      <Label x={4} y={HEARD - 5} text="h, x" />
    </>
  ),
};

/** A group of {@link CELL_WIDTH} × {@link CELL_HEIGHT} whose top left corner is the origin. */
export function CellInside({
  cell,
  strong,
  theme,
}: {
  readonly cell: CellName;
  /** Whether it is what is pointed at. */
  readonly strong: boolean;
  readonly theme: Theme;
}): VNode {
  const Inside = insides[cell];
  return (
    <g fill={theme.foreground} font-size={textSize.small}>
      <text x={4} y={TITLE} font-weight={strong ? 600 : 400} fill={strong ? theme.accent : theme.foreground}>
        {`Inside the ${cellTitles[cell]}`}
      </text>
      <Inside theme={theme} />
      {cellEquations[cell].map((line, i) => (
        <text x={4} y={HEARD + 22 + 13 * i} fill={theme.muted}>
          {line}
        </text>
      ))}
    </g>
  );
}
