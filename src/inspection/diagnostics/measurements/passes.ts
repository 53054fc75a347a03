/** What the two directions of a flow cost, in passes through the networks of its layers. */
import { ofLayer } from '../../../flows/flow.ts';
import { download } from '../../../layers/namedTensors.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { lacksNetwork } from '../flowLayers.ts';
import { flowOf } from '../../flowPassage.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

/** As many as advance together: with fewer the same work would be done for nobody. */
const ROWS = 16;

export interface FlowPasses {
  /** Layers that have a network. */
  readonly layers: number;
  /** Passes of a row through all of them: in training steps, when rows are scored, when rows are drawn. */
  readonly training: number;
  readonly density: number;
  readonly sampling: number;
  /** Layers that a training step goes through one variable after the other. */
  readonly slow: readonly number[];
}

export const passes: Measurement<FlowPasses> = {
  depth: 'facts',
  applies: ({ flow }) => flow !== undefined,
  measure,
};

async function* measure({ source: { model, seed }, parameters }: Snapshot): Chunked<FlowPasses> {
  const { layers, dimension } = flowOf(model);
  const random = RandomGenerator.seeded(seed, 'inspection/passes');
  const total = { layers: 0, training: 0, density: 0, sampling: 0 };
  const slow: number[] = [];
  for (const [l, { kind, bijector }] of layers.entries()) {
    if (lacksNetwork(kind)) continue;
    total.layers += 1;
    const { incremental } = bijector;
    let sequential = dimension;
    if (incremental) {
      const values = Float32Array.from({ length: ROWS * dimension }, () => random.normal());
      const { contextDimension } = model;
      const context =
        contextDimension > 0 ? Float32Array.from({ length: ROWS * contextDimension }, () => random.normal()) : null;
      const work = incremental.compute(await download(ofLayer(parameters, l)), values, ROWS, context);
      let step = work.next();
      for (; !step.done; step = work.next()) yield;
      sequential = step.value.passes;
    }
    const towardsBase = kind === 'inverse-autoregressive';
    const towardsData = kind === 'autoregressive';
    // A step's gradients flow through every one of the passes: the incremental way has none.
    total.training += towardsBase ? dimension : 1;
    total.density += towardsBase ? sequential : 1;
    total.sampling += towardsData ? sequential : 1;
    if (towardsBase && dimension > 1) slow.push(l);
    yield;
  }
  return { ...total, slow };
}
