/** What the two directions of a flow cost, in passes through the networks of its layers. */
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { type Flow, type FlowLayerKind, ofLayer } from './flow.ts';

export interface FlowPasses {
  /** Layers that have a network; what the others cost is little beside them. */
  readonly layers: number;
  /** Passes of a row through all of these networks, towards the base, as rows are scored. */
  readonly density: number;
  /** The same back from the base, as rows are drawn. */
  readonly sampling: number;
  /** What they would be with a pass for every variable wherever one has to be known before the next. */
  readonly naive: { readonly density: number; readonly sampling: number };
}

/** As many rows as go side by side: with fewer, the same would be computed for nobody. */
const ROWS = 16;

const withNetwork: ReadonlySet<FlowLayerKind> = new Set(['coupling', 'autoregressive', 'inverse-autoregressive']);

/**
 * Counted while rows from N(0, 1) go through every layer in its sequential direction; yields between pieces of work.
 * @param parameters by their names in the flow
 * @param contextDimension C; only of interest to layers that have one
 */
export function* measurePasses(
  flow: Flow,
  parameters: NamedArrays,
  contextDimension: number,
): Generator<void, FlowPasses, void> {
  const random = RandomGenerator.seeded(0, 'passes');
  const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const measured = { density: 0, sampling: 0 };
  const naive = { density: 0, sampling: 0 };
  let layers = 0;
  for (const [l, { kind, bijector }] of flow.layers.entries()) {
    if (!withNetwork.has(kind)) continue;
    layers += 1;
    for (const count of [measured, naive]) {
      count.density += 1;
      count.sampling += 1;
    }
    const { incremental, dimension } = bijector;
    if (!incremental) continue;
    const context = contextDimension > 0 ? normals(ROWS * contextDimension) : null;
    const computing = incremental.compute(ofLayer(parameters, l), normals(ROWS * dimension), ROWS, context);
    let step = computing.next();
    for (; !step.done; step = computing.next()) yield;
    const sequential = incremental.direction === 'forward' ? 'density' : 'sampling';
    measured[sequential] += step.value.passes - 1;
    naive[sequential] += dimension - 1;
  }
  return { layers, ...measured, naive };
}
