/** The diagram of a small model: every unit and every weight, inputs below, outputs above. */
import type { VNode } from 'preact';
import { hasBit } from '../masks/bits.ts';
import type { Connectivity } from '../masks/connectivity.ts';
import { countWeights } from '../masks/weightCount.ts';
import { degreeInk, unitColour } from './colours.ts';
import {
  HEIGHT,
  type Body,
  type DiagramHighlight,
  type DiagramLabels,
  type DiagramOptions,
  type Several,
} from './modelDiagramOptions.ts';
import { Rails, railsWidth } from './modelRails.tsx';
import { nodeLayout, type NodeLayout } from './nodeLayout.ts';
import { formatCount, inputName, outputName } from './text.ts';
import { textSize } from './theme.ts';

/** Links from which on they are drawn fine, so that they do not run together. */
const DENSE = 700;
const LEFT = 84;
/** Room for the outputs' names above their row and for the inputs' below theirs. */
const TOP = 30;
const BOTTOM = 28;

/** Whether a layer's row belongs to what is pointed at. */
function emphasised(layer: number, last: number, highlight: DiagramHighlight | undefined): boolean {
  const ends = layer === 0 || layer === last;
  if (highlight === 'conditional') return layer === last;
  return highlight === 'order' ? ends : highlight === 'hidden' || highlight === 'degrees' ? !ends : false;
}

/** What a layer's nodes stand for, where that is more than one unit. */
function severalAt({ several, perOutput = 1 }: DiagramLabels, layer: number, last: number): Several | null {
  const own = several?.[layer] ?? null;
  if (own || layer !== last || perOutput === 1) return own;
  return { name: 'outputs', note: `${formatCount(perOutput)} numbers each` };
}

export function wholeNetwork(network: Connectivity, o: DiagramOptions): Body<VNode> {
  const { theme, width, highlight, labels = {} } = o;
  const { layers, last, dimension } = network;
  const gap = Math.max(18, (HEIGHT - TOP - BOTTOM) / last);
  const height = TOP + gap * last + BOTTOM;
  const spread = nodeLayout(layers, { width: width - railsWidth(labels), height, unitOrder: 'degree', left: LEFT });
  const rows = spread.rows.map((row, layer) => ({
    ...row,
    y: TOP + gap * (last - layer),
    radius: Math.min(row.radius, gap / 4),
  }));
  const layout = { ...spread, rows };
  const half = Math.min(19, gap / 2);
  const dense = countWeights(network).existing > DENSE;
  const faded = highlight === 'order' || highlight === 'hidden' || highlight === 'degrees';
  return {
    height,
    marks: (
      <>
        {layout.rows.map(
          (row, layer) =>
            emphasised(layer, last, highlight) && (
              <rect
                x={0}
                y={Math.round(row.y - (layer === last ? TOP : half))}
                width={width}
                height={Math.round(half + (layer === last ? TOP : layer === 0 ? BOTTOM : half))}
                rx={4}
                fill={theme.accent}
                fill-opacity={0.16}
              />
            ),
        )}
        <path
          d={edges(network, layout, false)}
          fill="none"
          stroke={highlight === 'masks' ? theme.accent : theme.foreground}
          stroke-width={dense ? 0.4 : 0.8}
          opacity={faded || highlight === 'direct' || dense ? 0.35 : 0.7}
        />
        {network.direct && (
          <path
            d={edges(network, layout, true)}
            fill="none"
            stroke={highlight === 'direct' ? theme.accent : theme.foreground}
            stroke-dasharray="1 3"
            stroke-width={highlight === 'direct' ? 1.4 : 0.9}
            opacity={highlight === 'direct' ? 1 : 0.6}
          />
        )}
        <Rails {...{ layout, last, width, highlight, labels, theme }} />
        {layout.rows.map((row, layer) => (
          <>
            <text
              x={4}
              y={row.y}
              dominant-baseline="central"
              font-size={textSize.label}
              font-weight={emphasised(layer, last, highlight) ? 700 : 400}
            >
              {severalAt(labels, layer, last)?.name ?? layers[layer]!.name.replace('layer ', '')}
            </text>
            {severalAt(labels, layer, last) && (
              <text x={4} y={row.y + 13} dominant-baseline="central" font-size={textSize.small} fill={theme.muted}>
                {severalAt(labels, layer, last)!.note}
              </text>
            )}
            <g font-size={textSize.small} text-anchor="middle">
              {Array.from(row.unitAt, (unit, position) => {
                const degree = row.degrees?.[unit];
                const colour = unitColour(theme, degree, dimension);
                const [x, y] = [Math.round(row.x[unit]!), Math.round(row.y)];
                const named = (layer === 0 || layer === last) && position % Math.ceil(20 / row.spacing) === 0;
                return (
                  <>
                    <circle cx={x} cy={y} r={Math.round(row.radius)} fill={colour} />
                    {severalAt(labels, layer, last) && (
                      <circle cx={x} cy={y} r={Math.round(row.radius) + 2} fill="none" stroke={colour} />
                    )}
                    {degree !== undefined && row.radius >= 7 && (
                      <text x={x} y={y + 3.5} fill={degreeInk(theme.kind, degree, dimension)}>
                        {degree}
                      </text>
                    )}
                    {named && (
                      <text x={x} y={layer === 0 ? y + row.radius + 13 : y - row.radius - 6}>
                        {layer === 0 ? inputName(unit) : outputName(unit)}
                      </text>
                    )}
                  </>
                );
              })}
            </g>
          </>
        ))}
      </>
    ),
  };
}

function edges(network: Connectivity, { rows }: NodeLayout, direct: boolean): string {
  let path = '';
  for (const { index, from, to } of network.joints.filter((joint) => joint.direct === direct)) {
    const mask = network.mask(index);
    const [below, above] = [rows[from]!, rows[to]!];
    const [y1, y2] = [Math.round(below.y - below.radius), Math.round(above.y + above.radius)];
    for (let upper = 0; upper < above.x.length; upper++) {
      const x2 = Math.round(above.x[upper]!);
      const bend = Math.round((y1 - y2) / 3);
      const joined = [...below.x.keys()].filter((lower) => hasBit(mask, upper, lower));
      for (const [i, lower] of joined.entries()) {
        const x1 = Math.round(below.x[lower]!);
        if (direct) path += `M${x1} ${y1}C${x1} ${y1 - bend} ${x2} ${y2 + bend} ${x2} ${y2}`;
        // Up to the unit and down again: half the text, and there may be thousands.
        else path += i % 2 === 0 ? `M${x1} ${y1}L${x2} ${y2}` : ` ${x1} ${y1}`;
      }
    }
  }
  return path;
}
