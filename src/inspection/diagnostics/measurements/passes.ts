import { measurePasses, type FlowPasses as Passes } from '../../../flows/passes.ts';
import { download } from '../../../layers/namedTensors.ts';
import { flowOf } from '../../flowPassage.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

/** What the two directions of a flow cost, in passes through the networks of its layers. */
export interface FlowPasses extends Passes {
  /** Passes of a training step: gradients flow through every one, so that none is saved. */
  readonly training: number;
  /** Layers that a training step goes through one variable after the other. */
  readonly slow: readonly number[];
}

export const passes: Measurement<FlowPasses> = {
  depth: 'facts',
  applies: ({ flow }) => flow !== undefined,
  measure,
};

async function* measure({ source: { model }, parameters }: Snapshot): Chunked<FlowPasses> {
  const flow = flowOf(model);
  const counted = yield* measurePasses(flow, await download(parameters), model.contextDimension);
  const slow = flow.layers.flatMap(({ kind, bijector }, l) =>
    kind === 'inverse-autoregressive' && bijector.dimension > 1 ? [l] : [],
  );
  return { ...counted, training: counted.naive.density, slow };
}
