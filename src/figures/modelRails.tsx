/** What enters a small network's layers from the side: a context, and the ones that companion matrices are applied to. */
import type { VNode } from 'preact';
import type { DiagramHighlight, DiagramLabels } from './modelDiagramOptions.ts';
import type { NodeLayout } from './nodeLayout.ts';
import { formatCount } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** Room that one rail takes. */
const RAIL = 44;

interface Rail {
  /** What it carries, in its box beside the inputs. */
  readonly name: string;
  readonly into: readonly number[];
  readonly strong: boolean;
  /** What its weights are called. */
  readonly weights: string;
}

export function railsWidth({ context, companions }: DiagramLabels): number {
  return RAIL * ((context ? 1 : 0) + (companions ? 1 : 0));
}

export function Rails({
  layout: { rows },
  last,
  width,
  labels,
  highlight,
  theme,
}: {
  readonly layout: Pick<NodeLayout, 'rows'>;
  readonly last: number;
  readonly width: number;
  readonly labels: DiagramLabels;
  readonly highlight: DiagramHighlight | undefined;
  readonly theme: Theme;
}): VNode {
  const { context, companions } = labels;
  const rails: Rail[] = [
    ...(companions
      ? [
          {
            name: 'ones',
            into: Array.from({ length: last }, (_, l) => l + 1),
            strong: highlight === 'conditioning',
            weights: 'U',
          },
        ]
      : []),
    ...(context
      ? [
          {
            name: context.size === null ? 'c' : `c: ${formatCount(context.size)}`,
            into: context.into,
            strong: false,
            weights: '',
          },
        ]
      : []),
  ];
  return (
    <>
      {rails.map((rail, i) => {
        const x = Math.round(width - RAIL * (rails.length - i) + RAIL / 2);
        const bottom = Math.round(rows[0]!.y);
        const ink = rail.strong ? theme.accent : theme.foreground;
        return (
          <g font-size={textSize.small} text-anchor="middle">
            <path
              d={rail.into.map((layer) => arrow(x, bottom - 8, rows[layer]!)).join('')}
              fill="none"
              stroke={ink}
              stroke-width={rail.strong ? 1.6 : 1}
              stroke-dasharray={rail.weights === '' ? undefined : '4 2'}
            />
            <rect x={x - 20} y={bottom - 8} width={40} height={16} rx={3} fill="none" stroke={ink} />
            <text x={x} y={bottom + 3.5} fill={ink}>
              {rail.name}
            </text>
            {rail.weights !== '' && (
              <text x={x + 9} y={Math.round((bottom + rows[1]!.y) / 2) + 3} fill={ink}>
                {rail.weights}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

/** Up from the box, and left to the end of a row, with a tip. */
function arrow(x: number, from: number, row: NodeLayout['rows'][number]): string {
  const y = Math.round(row.y);
  const end = Math.round(row.x.reduce((a, b) => Math.max(a, b), 0) + row.radius + 4);
  return `M${x} ${from}V${y}H${end}M${end + 5} ${y - 3}L${end} ${y}L${end + 5} ${y + 3}`;
}
