/** The edges of a small network, in few paths: all of them, or those of what is pointed at; those that leak on top. */
import type { VNode } from 'preact';
import { hasBit } from '../masks/bits.ts';
import type { Connectivity, Joint } from '../masks/connectivity.ts';
import type { WeightMatrix } from '../inspection/frames.ts';
import { contextLayer, highlightOf, sameUnit, type Focus, type Highlight } from './dependencies.ts';
import type { NodeLayout, NodeRow } from './nodeLayout.ts';
import type { Theme } from './theme.ts';
import { leakingWeights } from './leaks.ts';
import { contextReaders, weightReaders, type WeightReader } from './weights.ts';

export interface ConnectivityOptions {
  readonly network: Connectivity;
  /** Without weights every edge is drawn alike. */
  readonly weights: readonly (WeightMatrix | null)[] | null;
  /** Weights of the context into its layers, where there is one. */
  readonly context?: readonly WeightMatrix[];
  readonly layout: NodeLayout;
  readonly theme: Theme;
}
const LEVELS = 8;
const THINNEST = 0.35;
/** Stroke of the largest |weight|, px. */
export const THICKEST = 3;
/** Above so many edges negative weights are not dashed in the overview: dashes would drown everything else. */
const DASHED_EDGES = 400;
const r = (value: number) => Math.round(value * 10) / 10;
interface EdgeBucket {
  readonly negative: boolean;
  readonly level: number;
  path: string;
  edges: number;
}

/** Edges of one mask in few paths, by sign and by |weight|; `keep` leaves out what is not wanted. */
function bucketEdges(
  network: Connectivity,
  layout: NodeLayout,
  { index, from, to, direct }: Joint,
  reader: WeightReader | null | undefined,
  keep: (lower: number, upper: number) => boolean,
): EdgeBucket[] {
  const mask = network.mask(index);
  const kept = (lower: number, upper: number) => hasBit(mask, upper, lower) && keep(lower, upper);
  return bucketRows(layout.rows[from]!, layout.rows[to]!, direct, reader, kept);
}

function bucketRows(
  below: NodeRow,
  above: NodeRow,
  direct: boolean,
  reader: WeightReader | null | undefined,
  keep: (lower: number, upper: number) => boolean,
): EdgeBucket[] {
  const buckets = new Map<number, EdgeBucket>();
  for (let upper = 0; upper < above.x.length; upper++) {
    for (let lower = 0; lower < below.x.length; lower++) {
      if (!keep(lower, upper)) continue;
      const weight = reader?.at(upper, lower) ?? 0;
      const share = reader && reader.largest > 0 ? Math.abs(weight) / reader.largest : 0;
      const level = Math.min(LEVELS - 1, Math.floor(share * LEVELS));
      const key = (weight < 0 ? LEVELS : 0) + level;
      let bucket = buckets.get(key);
      if (!bucket) buckets.set(key, (bucket = { negative: weight < 0, level, path: '', edges: 0 }));
      bucket.edges++;
      bucket.path += edgePath(below, lower, above, upper, direct);
    }
  }
  return [...buckets.values()].sort((a, b) => a.level - b.level);
}

function edgePath(below: NodeRow, lower: number, above: NodeRow, upper: number, bend: boolean): string {
  const [x1, y1] = [r(below.x[lower]!), r(below.y - below.radius)];
  const [x2, y2] = [r(above.x[upper]!), r(above.y + above.radius)];
  if (!bend) return `M${x1} ${y1}L${x2} ${y2}`;
  const rise = (y1 - y2) * 0.32;
  return `M${x1} ${y1}C${x1} ${r(y1 - rise)} ${x2} ${r(y2 + rise)} ${x2} ${y2}`;
}

/** Edges on paths from an input to an output that must not see it, as one path; '' without any. */
function leakPath(
  network: Connectivity,
  layout: NodeLayout,
  { index, from, to, direct }: Joint,
  keep: (lower: number, upper: number) => boolean,
): string {
  const mask = leakingWeights(network, index);
  let path = '';
  for (let upper = 0; mask && upper < mask.rows; upper++) {
    for (let lower = 0; lower < mask.columns; lower++) {
      if (!hasBit(mask, upper, lower) || !keep(lower, upper)) continue;
      path += edgePath(layout.rows[from]!, lower, layout.rows[to]!, upper, direct);
    }
  }
  return path;
}

export function Edges(o: ConnectivityOptions & { readonly highlight: Focus | null }): VNode {
  const { network, layout, theme } = o;
  const readers = o.weights && weightReaders(network, o.weights);
  const lit = o.highlight && highlightOf(network, o.highlight);
  const last = layout.rows.length - 1;
  return (
    <g fill="none" class="edges">
      {layout.context && <ContextEdges {...o} row={layout.context} lit={lit} />}
      {drawn(network).map((joint) => {
        const { index, from, to, direct } = joint;
        // A path through the focus lies wholly below it or wholly above it.
        const keep = (lower: number, upper: number) =>
          !lit ||
          (lit.below[from]![lower] === 1 && lit.below[to]![upper] === 1) ||
          (lit.above[from]![lower] === 1 && lit.above[to]![upper] === 1);
        const keepDirect = (lower: number, upper: number) =>
          !o.highlight ||
          (keep(lower, upper) &&
            (sameUnit(o.highlight.unit, { layer: last, unit: upper }) ||
              sameUnit(o.highlight.unit, { layer: 0, unit: lower })));
        const kept = direct ? keepDirect : keep;
        const buckets = bucketEdges(network, layout, joint, readers?.[index], kept);
        const leak = leakPath(network, layout, joint, kept);
        const edges = buckets.reduce((sum, bucket) => sum + bucket.edges, 0);
        const strokes = strokesOf(buckets, edges, readers ? (readers[index] ?? null) : null, direct, theme);
        if (leak === '') return strokes;
        return (
          <>
            {strokes}
            <g class="leaks">
              <path d={leak} stroke={theme.foreground} stroke-width={4.5} />
              <path d={leak} stroke={theme.error} stroke-width={2.5} />
            </g>
          </>
        );
      })}
    </g>
  );
}

function strokesOf(
  buckets: readonly EdgeBucket[],
  edges: number,
  reader: WeightReader | null,
  direct: boolean,
  theme: Theme,
): VNode[] {
  return buckets.map(({ negative, level, path }) => {
    const t = (level + 0.5) / LEVELS;
    return (
      <path
        d={path}
        stroke={!reader ? theme.muted : negative ? theme.negative : theme.positive}
        stroke-width={reader ? r(THINNEST + (THICKEST - THINNEST) * t) : 0.8}
        opacity={reader ? weightOpacity(t, edges) : 0.6}
        stroke-dasharray={direct ? '1 3' : negative && edges <= DASHED_EDGES ? '5 2.5' : undefined}
      />
    );
  });
}

/** The context leads to every unit of its layers: all of them, or those through which what is pointed at depends on it. */
function ContextEdges({
  network,
  layout,
  theme,
  context = [],
  row,
  highlight,
  lit,
}: ConnectivityOptions & {
  readonly row: NodeRow;
  readonly highlight: Focus | null;
  readonly lit: Highlight | null;
}): VNode {
  const readers = contextReaders(context);
  const own = highlight?.unit.layer === contextLayer(network) ? highlight.unit.unit : null;
  return (
    <>
      {network.context!.into.map((layer, i) => {
        const keep = (column: number, unit: number) =>
          !lit || (own === null ? lit.below[layer]![unit] === 1 : column === own);
        const buckets = bucketRows(row, layout.rows[layer]!, layer > 1, readers[i], keep);
        const edges = buckets.reduce((sum, bucket) => sum + bucket.edges, 0);
        return strokesOf(buckets, edges, readers[i] ?? null, layer === network.last, theme);
      })}
    </>
  );
}

/** The direct connection lies below the others. */
function drawn({ joints }: Connectivity): readonly Joint[] {
  return [...joints.filter(({ direct }) => direct), ...joints.filter(({ direct }) => !direct)];
}

/** Weak weights recede, the more so the more edges there are; strong ones stand out of any crowd. */
function weightOpacity(t: number, edges: number): number {
  const floor = edges > 1200 ? 0.05 : edges > DASHED_EDGES ? 0.12 : 0.3;
  return Math.round((floor + (0.95 - floor) * t ** (edges > DASHED_EDGES ? 1.3 : 0.6)) * 100) / 100;
}
