/** What the layers of a flow do for each variable of the data, by their structure alone. */
import { lacksNetwork } from '../flowLayers.ts';
import { flowOf } from '../../flowPassage.ts';
import { variablesAt } from '../../flowStructure.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

export interface FlowCoverage {
  /** [D] for each variable of the data, how many layers move it by more than a scale and a shift of its own. */
  readonly moved: Int32Array;
  /** [D] in how many of them other variables decide how. */
  readonly told: Int32Array;
}

export const flowCoverage: Measurement<FlowCoverage> = {
  depth: 'facts',
  applies: ({ flow }) => flow !== undefined,
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<FlowCoverage> {
  const flow = flowOf(snapshot.source.model);
  const { dimension } = flow;
  const moved = new Int32Array(dimension);
  const told = new Int32Array(dimension);
  for (const [l, { kind, bijector }] of flow.layers.entries()) {
    if (lacksNetwork(kind)) continue;
    const after = variablesAt(flow, l + 1);
    const { cells } = bijector.dependencies;
    for (const [i, variable] of after.entries()) {
      if (bijector.moves[i] === 0) continue;
      moved[variable]! += 1;
      const row = cells.subarray(i * dimension, (i + 1) * dimension);
      if (row.some((cell, j) => cell === 1 && j !== bijector.origin[i])) told[variable]! += 1;
    }
    yield;
  }
  return { moved, told };
}
