/** What the layers of a flow do for each variable of the data, by their structure alone. */
import type { Bijector } from '../../../flows/bijector.ts';
import { allows } from '../../../masks/matrix.ts';
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

/** Rows of a Jacobian's structure that are looked at between two turns of others. */
const ROWS_A_PIECE = 256;

/**
 * Whether y_i may depend on a variable beside the one it continues. Looked for from i outwards, for filters hear what is
 * near, and cell by cell: the structure of an image's layers has millions of them.
 */
function hearsOthers({ dependencies, dimension, origin }: Bijector, i: number): boolean {
  const hears = (j: number) => j >= 0 && j < dimension && j !== origin[i] && allows(dependencies, i, j);
  for (let away = 0; away < dimension; away++) if (hears(i - away) || hears(i + away)) return true;
  return false;
}

async function* measure(snapshot: Snapshot): Chunked<FlowCoverage> {
  const flow = flowOf(snapshot.source.model);
  const { dimension } = flow;
  const moved = new Int32Array(dimension);
  const told = new Int32Array(dimension);
  for (const [l, { kind, bijector }] of flow.layers.entries()) {
    if (lacksNetwork(kind)) continue;
    const after = variablesAt(flow, l + 1);
    for (const [i, variable] of after.entries()) {
      if (bijector.moves[i] === 0) continue;
      moved[variable]! += 1;
      if (hearsOthers(bijector, i)) told[variable]! += 1;
      if (i % ROWS_A_PIECE === 0) yield;
    }
    yield;
  }
  return { moved, told };
}
