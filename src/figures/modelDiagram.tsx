/**
 * The mask diagram of one model for a hover: an image with concrete colours, small enough for a hover's Markdown. Small
 * networks are drawn whole (`modelNodes.tsx`), large ones as degree-sorted mask staircases with counts
 * (`modelStairs.tsx`). Kept lean: this is loaded in the extension host.
 */
import type { VNode } from 'preact';
import type { Connectivity } from '../masks/connectivity.ts';
import { countWeights } from '../masks/weightCount.ts';
import { wholeNetwork } from './modelNodes.tsx';
import type { Body, DiagramOptions } from './modelDiagramOptions.ts';
import { staircases } from './modelStairs.tsx';
import { unitCount } from './nodeLayout.ts';
import { renderSvg } from './render.ts';

/** Bytes that a hover's picture may have: its Markdown is cut at 100,000 characters, and base64 adds a third. */
export const MAX_DIAGRAM_BYTES = 60_000;
const MOST_UNITS = 200;
const MOST_EDGES = 4000;

/** The diagram as an SVG document smaller than {@link MAX_DIAGRAM_BYTES}. */
export function modelDiagramSvg(network: Connectivity, o: DiagramOptions): string {
  if (unitCount(network.layers) <= MOST_UNITS && countWeights(network).existing <= MOST_EDGES) {
    const whole = renderSvg(diagram(o, wholeNetwork(network, o)));
    if (new TextEncoder().encode(whole).length < MAX_DIAGRAM_BYTES) return whole;
  }
  return renderSvg(diagram(o, staircases(network, o)));
}

function diagram({ theme, width }: DiagramOptions, { height, marks }: Body<VNode>): VNode {
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      font-family={theme.font}
      fill={theme.foreground}
    >
      {marks}
    </svg>
  );
}
