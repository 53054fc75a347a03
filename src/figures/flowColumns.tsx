/** One layer of a flow in a hover's diagram: a column between x on the left and u on the right. */
import type { VNode } from 'preact';
import type { FlowLayerStructure } from '../masks/flowLayers.ts';
import type { Column, ColumnBox, ColumnPart, FlowDiagram, FlowHighlight } from './flowDiagramOptions.ts';
import { Glyph } from './flowGlyphs.tsx';
import { textSize } from './theme.ts';

/** Narrowest and widest a column may be, px, by how much it has to show. */
const NARROWEST = 6;
const WIDEST = 54;
const HEAD = 13;

/** How much a layer has to show. */
function weightOf({ kind }: FlowLayerStructure): number {
  switch (kind) {
    case 'coupling':
    case 'autoregressive':
    case 'permutation':
      return 3;
    case 'squeeze':
      return 2;
    case 'mixing':
      return 1.6;
    default:
      return 0.9;
  }
}

/** Columns as wide as there is room for; the last layers are left out where even narrow ones do not fit. */
export function arrangedColumns(
  { layers, dimension }: Pick<FlowDiagram, 'layers' | 'dimension'>,
  box: ColumnBox,
): { readonly columns: readonly Column[]; readonly left: number } {
  const weights = layers.map(weightOf);
  let shown = layers.length;
  const whole = () => weights.slice(0, shown).reduce((sum, weight) => sum + weight, 0);
  while (shown > 1 && whole() * NARROWEST > box.width) shown--;
  const unit = Math.min(WIDEST / 3, box.width / Math.max(1, whole()));
  let { x } = box;
  let before = Int32Array.from({ length: dimension }, (_, d) => d);
  const columns = layers.slice(0, shown).map((layer, l): Column => {
    const width = weights[l]! * unit;
    const own = before;
    const after = layer.kind === 'permutation' ? Int32Array.from(layer.order, (place) => own[place]!) : own;
    const column = { layer, number: l + 1, x: Math.round(x), width: Math.round(width), before: own, after };
    x += width;
    before = after;
    return column;
  });
  return { columns, left: layers.length - shown };
}

export function FlowColumn(o: ColumnPart): VNode {
  const { column, box, theme, highlight } = o;
  const strong = emphasised(column.layer, highlight);
  const head = headOf(column.layer, o.flow);
  return (
    <g>
      {strong && (
        <rect
          x={column.x}
          y={1}
          width={column.width}
          height={box.y + box.height + 3}
          rx={3}
          fill={theme.accent}
          fill-opacity={0.16}
        />
      )}
      {head !== '' && column.width >= HEAD && (
        <text
          x={column.x + column.width / 2}
          y={box.y - 8}
          text-anchor="middle"
          font-size={textSize.small}
          fill={theme.muted}
        >
          {head}
        </text>
      )}
      <Glyph {...o} />
    </g>
  );
}

/** Whether the key that is pointed at decides about the layer. */
export function emphasised({ kind }: FlowLayerStructure, highlight: FlowHighlight | undefined): boolean {
  switch (highlight) {
    case 'split':
      return kind === 'coupling';
    case 'permutation':
      return kind === 'permutation';
    case 'scale':
    case 'hidden':
      return kind === 'coupling' || kind === 'autoregressive';
    case 'batchNorm':
      return kind === 'batch-norm';
    case 'dequantise':
      return kind === 'levels' || kind === 'logit';
    default:
      return false;
  }
}

/** Above the column: what its variables gain. */
function headOf(layer: FlowLayerStructure, { additive }: FlowDiagram): string {
  switch (layer.kind) {
    case 'coupling':
      return additive ? '+' : '×+';
    case 'autoregressive':
      return '×+';
    case 'mixing':
      return '1×1';
    case 'scaling':
      return '×';
    default:
      return '';
  }
}
