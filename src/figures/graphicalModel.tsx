/**
 * A variational autoencoder for a hover: its graphical model (Kingma & Welling 2014, figure 1), generative edges solid,
 * those of the approximate posterior dashed, and both networks with their shapes. Kept lean: loaded in the extension host.
 */
import type { VNode } from 'preact';
import { HEIGHT } from './modelDiagramOptions.ts';
import { renderSvg } from './render.ts';
import { textWidth } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** The part of the specification that is being pointed at. */
export type GraphicalHighlight = 'latent' | 'encoder' | 'decoder' | 'posterior' | 'output';

export interface GraphicalModel {
  /** D and K. */
  readonly dimension: number;
  readonly latent: number;
  /** Hidden layers from the input on: "500", "16 channels". */
  readonly encoder: readonly string[];
  readonly decoder: readonly string[];
  /** "Gaussian", "Gaussian, 2 × IAF" */
  readonly posterior: string;
  /** "Bernoulli" */
  readonly output: string;
}

export interface GraphicalModelOptions {
  readonly theme: Theme;
  readonly width: number;
  readonly highlight?: GraphicalHighlight | undefined;
}

const PLATE = { x: 6, y: 6, width: 100, height: HEIGHT - 12 };
const R = 18;
const Z = { x: 56, y: 36 };
const X = { x: 56, y: HEIGHT - 42 };
const CHAIN = { left: 132, box: 30, up: 24, down: HEIGHT - 64 };
/** Hidden layers that are drawn; of more the first and the last. */
const MOST_LAYERS = 3;

export function graphicalModelSvg(model: GraphicalModel, { theme, width, highlight }: GraphicalModelOptions): string {
  const ink = (...parts: readonly GraphicalHighlight[]) =>
    highlight !== undefined && parts.includes(highlight) ? theme.accent : theme.foreground;
  const marker = (id: string, colour: string) => (
    <marker id={id} viewBox="0 0 8 8" refX={7} refY={4} markerWidth={7} markerHeight={7} orient="auto">
      <path d="M0 0L8 4L0 8z" fill={colour} />
    </marker>
  );
  const [generative, inference] = [ink('decoder', 'output'), ink('encoder', 'posterior')];
  const latentInk = ink('latent');
  const encoder = [
    { text: `x  ${model.dimension}`, colour: theme.foreground },
    ...shortened(model.encoder).map((text) => ({ text, colour: ink('encoder') })),
    { text: `μ, σ  ${model.latent}`, colour: ink('posterior', 'latent') },
    { text: `z  ${model.latent}`, colour: latentInk },
  ];
  const decoder = [
    { text: `z  ${model.latent}`, colour: latentInk },
    ...shortened(model.decoder).map((text) => ({ text, colour: ink('decoder') })),
    { text: `${model.output}  ${model.dimension}`, colour: ink('output') },
  ];
  return renderSvg(
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      font-family={theme.font}
      font-size={textSize.small}
      fill={theme.foreground}
    >
      <defs>
        {marker('generative', generative)}
        {marker('inference', inference)}
        {marker('along', theme.muted)}
      </defs>
      <rect {...PLATE} rx={6} fill="none" stroke={theme.rule} />
      <text x={PLATE.x + PLATE.width - 6} y={PLATE.y + PLATE.height - 6} text-anchor="end" fill={theme.muted}>
        N rows
      </text>
      <path
        d={`M${Z.x + 6} ${Z.y + R}L${X.x + 6} ${X.y - R}`}
        stroke={generative}
        stroke-width={highlight === 'decoder' || highlight === 'output' ? 2.5 : 1.5}
        marker-end="url(#generative)"
        class="generative"
      />
      <path
        d={`M${X.x - 10} ${X.y - R + 3}C${X.x - 26} ${X.y - 30} ${Z.x - 26} ${Z.y + 30} ${Z.x - 10} ${Z.y + R - 2}`}
        fill="none"
        stroke={inference}
        stroke-width={highlight === 'encoder' || highlight === 'posterior' ? 2.5 : 1.5}
        stroke-dasharray="4 3"
        marker-end="url(#inference)"
        class="inference"
      />
      <Node at={Z} name="z" shaded={false} colour={latentInk} theme={theme} />
      <Node at={X} name="x" shaded colour={theme.foreground} theme={theme} />
      <Chain
        title={`q(z|x): ${model.posterior}`}
        colour={ink('posterior')}
        y={CHAIN.up}
        boxes={encoder}
        {...{ theme, width }}
      />
      <Chain
        title="p(x|z), z from N(0, I)"
        colour={ink('output')}
        y={CHAIN.down}
        boxes={decoder}
        {...{ theme, width }}
      />
    </svg>,
  );
}

function shortened(layers: readonly string[]): string[] {
  return layers.length <= MOST_LAYERS ? [...layers] : [layers[0]!, `… ${layers.length - 2} more`, layers.at(-1)!];
}

function Node(o: {
  readonly at: { readonly x: number; readonly y: number };
  readonly name: string;
  /** What is observed. */
  readonly shaded: boolean;
  readonly colour: string;
  readonly theme: Theme;
}): VNode {
  const { at, name, shaded, colour, theme } = o;
  return (
    <>
      <circle cx={at.x} cy={at.y} r={R} fill={theme.background} />
      <circle
        cx={at.x}
        cy={at.y}
        r={R}
        fill={shaded ? theme.neutral : 'none'}
        fill-opacity={0.45}
        stroke={colour}
        stroke-width={colour === theme.accent ? 3 : 1.5}
      />
      <text x={at.x} y={at.y} text-anchor="middle" dominant-baseline="central" font-size={textSize.title} fill={colour}>
        {name}
      </text>
    </>
  );
}

interface LayerBox {
  readonly text: string;
  readonly colour: string;
}

/** Layers from left to right with their sizes, an arrow between each two. */
function Chain(o: {
  readonly title: string;
  readonly colour: string;
  readonly y: number;
  readonly boxes: readonly LayerBox[];
  readonly theme: Theme;
  readonly width: number;
}): VNode {
  const { boxes, theme } = o;
  const natural = boxes.map(({ text }) => textWidth(text, textSize.small) + 14);
  const room = o.width - CHAIN.left - 4;
  const gap = Math.min(22, Math.max(8, (room - natural.reduce((sum, own) => sum + own, 0)) / (boxes.length - 1)));
  const total = natural.reduce((sum, own) => sum + own, 0) + gap * (boxes.length - 1);
  const shrink = Math.min(1, room / total);
  let x = 0;
  const placed = boxes.map((box, i) => {
    const at = x;
    x += natural[i]! + gap;
    return { ...box, x: at, width: natural[i]! };
  });
  return (
    <g>
      <text x={CHAIN.left} y={o.y - 8} fill={o.colour} font-weight="600">
        {o.title}
      </text>
      <g transform={`translate(${CHAIN.left},${o.y}) scale(${Math.round(1000 * shrink) / 1000})`}>
        {placed.map(({ text, colour, x: at, width }, i) => (
          <>
            <rect
              x={Math.round(at)}
              y={0}
              width={Math.round(width)}
              height={CHAIN.box}
              rx={3}
              fill="none"
              stroke={colour}
              stroke-width={colour === theme.accent ? 2.5 : 1}
            />
            <text
              x={Math.round(at + width / 2)}
              y={CHAIN.box / 2}
              text-anchor="middle"
              dominant-baseline="central"
              fill={colour}
            >
              {text}
            </text>
            {i > 0 && (
              <path
                d={`M${Math.round(at - gap + 1)} ${CHAIN.box / 2}H${Math.round(at - 1)}`}
                stroke={theme.muted}
                marker-end="url(#along)"
              />
            )}
          </>
        ))}
      </g>
    </g>
  );
}
