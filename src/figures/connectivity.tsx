/**
 * The node-link drawing of a small masked network: what exists (`ConnectivityBase`, redrawn with new weights) and what
 * is pointed at (`ConnectivityHighlight`, redrawn with every move of the pointer), as two layers.
 */
import type { ComponentChildren, VNode } from 'preact';
import type { Connectivity } from '../masks/connectivity.ts';
import { degreeInk, unitColour } from './colours.ts';
import { contextLayer, highlightOf, sameUnit, type Focus } from './dependencies.ts';
import type { LegendItem } from './legend.tsx';
import { Edges, THICKEST, type ConnectivityOptions } from './networkEdges.tsx';
import { ContextNodes, INSIDE_RADIUS, Nodes, RowNames, WrongOutputs } from './networkNodes.tsx';
import { variableRamp } from './ramps.ts';
import { drawsVectors } from './sentences.ts';
import { formatValue, inputName, outputName } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import { largestOf, type WeightReader } from './weights.ts';

export type { ConnectivityOptions };

const r = (value: number) => Math.round(value * 10) / 10;
/** Everything that is there. */
export function ConnectivityBase(o: ConnectivityOptions): VNode {
  const { network, layout, theme } = o;
  return (
    <>
      <RowNames layout={layout} network={network} theme={theme} />
      <Edges {...o} highlight={null} />
      {layout.rows.map((row, layer) => (
        <Nodes row={row} layer={layer} last={network.last} dimension={network.dimension} theme={theme} />
      ))}
      {layout.context && <ContextNodes row={layout.context} theme={theme} />}
      <WrongOutputs network={network} row={layout.rows[network.last]!} theme={theme} />
    </>
  );
}

/** What is pointed at, and everything that it depends on and that depends on it; drawn over a faded base. */
export function ConnectivityHighlight(
  o: ConnectivityOptions & { readonly focus: Focus; readonly pinned: boolean },
): VNode {
  const { network, layout, theme, focus } = o;
  const { below, above } = highlightOf(network, focus);
  const { dimension, last } = network;
  const nodes: ComponentChildren[] = [];
  for (const [layer, row] of layout.rows.entries()) {
    const name = layer === 0 ? inputName : layer === last ? outputName : null;
    const every = Math.max(1, Math.ceil(22 / row.spacing));
    for (const [position, unit] of row.unitAt.entries()) {
      const isBelow = below[layer]![unit] === 1;
      const isAbove = above[layer]![unit] === 1;
      if (!isBelow && !isAbove) continue;
      const own = sameUnit(focus.unit, { layer, unit }) || sameUnit(focus.from, { layer, unit });
      const degree = row.degrees?.[unit];
      const colour = unitColour(theme, degree, dimension);
      const x = r(row.x[unit]!);
      nodes.push(
        <circle
          cx={x}
          cy={r(row.y)}
          r={r(row.radius + (own ? 2.5 : 0))}
          fill={colour}
          stroke={own ? theme.accent : theme.foreground}
          stroke-width={own ? 3 : 1}
          stroke-dasharray={!own && isAbove && !isBelow ? '2 1.5' : undefined}
        />,
      );
      if (degree !== undefined && row.radius >= INSIDE_RADIUS) {
        nodes.push(
          <text
            x={x}
            y={r(row.y)}
            dominant-baseline="central"
            font-size={Math.min(textSize.small, Math.max(8, row.radius * 0.95))}
            fill={degreeInk(theme.kind, degree, dimension)}
          >
            {degree}
          </text>,
        );
      }
      if (name && (own || position % every === 0)) {
        nodes.push(
          <text
            x={x}
            y={layer === 0 ? row.y + row.radius + 14 : row.y - row.radius - 8}
            font-size={textSize.label}
            font-weight={own ? 700 : 400}
            fill={theme.foreground}
          >
            {name(unit)}
          </text>,
        );
      }
    }
  }
  return (
    <g class={o.pinned ? 'highlight pinned' : 'highlight'}>
      <Edges {...o} highlight={focus} />
      <g font-family={theme.font} text-anchor="middle">
        {nodes}
      </g>
      {layout.context && focus.unit.layer === contextLayer(network) && (
        <ContextNodes row={layout.context} theme={theme} only={focus.unit.unit} />
      )}
    </g>
  );
}

export function connectivityLegend(
  theme: Theme,
  readers: readonly (WeightReader | null)[] | null,
  network: Connectivity,
  what: 'weight' | 'U' = 'weight',
): LegendItem[] {
  const { leaks, losses } = network.report();
  const largest = largestOf(readers);
  const vectors = drawsVectors(network);
  return [
    {
      mark: 'ramp',
      label: 'unit, by degree',
      ramp: variableRamp(theme.kind),
      low: '1',
      high: String(network.dimension),
    },
    ...(network.layers.some(({ degrees }) => degrees === null)
      ? [{ mark: 'dot' as const, label: 'unit without a degree', colour: theme.neutral }]
      : []),
    ...(readers
      ? [
          ...(vectors
            ? [{ mark: 'line' as const, label: `norm of the ${what}s`, colour: theme.positive, width: 2.5 }]
            : [
                { mark: 'line' as const, label: `positive ${what}`, colour: theme.positive, width: 2.5 },
                { mark: 'line' as const, label: `negative ${what}`, colour: theme.negative, width: 2.5, dash: '5 2.5' },
              ]),
          {
            mark: 'line' as const,
            label: `stroke grows with ${vectors ? 'it' : `|${what}|`}, up to ${formatValue(largest)}`,
            colour: theme.foreground,
            width: THICKEST,
          },
        ]
      : [{ mark: 'line' as const, label: 'unmasked weight', colour: theme.muted, width: 1 }]),
    ...(network.context ? [{ mark: 'empty' as const, label: 'context, degree 0' }] : []),
    ...(network.direct
      ? [{ mark: 'line' as const, label: 'direct connection', colour: theme.muted, width: 1.5, dash: '1 3' }]
      : []),
    ...(leaks.length > 0 ? [{ mark: 'violation' as const, label: 'on a path that leaks' }] : []),
    ...(losses.length > 0
      ? [{ mark: 'dot' as const, label: 'output that misses an input', colour: theme.error, hollow: true }]
      : []),
  ];
}
