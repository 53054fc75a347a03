/** log|det| as a flow states it, beside that of its measured Jacobian, and log p beside the sum of its terms. */
import { disposeTensors } from '../../../layers/namedTensors.ts';
import { flowJacobianFrame } from '../../flowJacobian.ts';
import { flowOf, logProbOf, passage } from '../../flowPassage.ts';
import { carriedRows, type CarriedRows } from '../../flowRows.ts';
import { WHOLE_FLOW, type PairValue } from '../../frames/flowJacobian.ts';
import { type Chunked, densityInputs, type Snapshot } from '../../source.ts';
import { figuresAgree } from '../tolerances.ts';
import { scoreOfRows } from './flowScore.ts';
import type { Measurement } from './measurement.ts';

const ROWS = 4;
/** Most variables, by depth. */
const DIMENSION = { facts: 0, cheap: 24, full: 256 } as const;

/** Two figures that should be one, of the row in which they differ most. */
export interface TwoFigures {
  readonly stated: number;
  readonly measured: number;
}

export interface LayerLogDet extends TwoFigures {
  readonly layer: number;
  /** Entries of its Jacobian that differ from 0 where its structure has nothing, and the largest of them. */
  readonly leaks: number;
  readonly largestLeak: PairValue | null;
}

export interface FlowLogDet {
  readonly rows: number;
  /** log|det| of all layers: as they state it, and of the flow's Jacobian. Null where the Jacobian is not measured. */
  readonly whole: TwoFigures | null;
  /** The same of every layer by itself; measured where the whole does not agree. */
  readonly layers: readonly LayerLogDet[];
  /** log p of the row: as the model gives it, and as base and layers add up to it. */
  readonly sum: TwoFigures;
}

export const flowLogDet: Measurement<FlowLogDet> = {
  depth: 'cheap',
  applies: ({ flow, dimension }, depth) => flow !== undefined && dimension <= DIMENSION[depth],
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<FlowLogDet | null> {
  const { model } = snapshot.source;
  const { layers } = flowOf(model);
  const carried = await carriedRows(snapshot.source, ROWS, null);
  const rows = carried.row.length;
  const ofLayer = async function* (layer: number): Chunked<LayerLogDet | null> {
    const { stated, numeric, leaks, largestLeaks } = yield* flowJacobianFrame(snapshot, { layer, dataRows: ROWS });
    if (numeric.length === 0) return null;
    return { layer, ...furthestApart(stated, numeric), leaks, largestLeak: largestLeaks[0] ?? null };
  };
  const sum = yield* sumOf(snapshot, carried);
  // What is no number is told by `nan`.
  if (!Number.isFinite(sum.measured)) return null;
  const whole = yield* ofLayer(WHOLE_FLOW);
  const found: LayerLogDet[] = [];
  if (whole && !figuresAgree(whole)) {
    for (const layer of layers.keys()) {
      const two = yield* ofLayer(layer);
      if (two) found.push(two);
    }
  }
  return { rows, whole, layers: found, sum };
}

async function* sumOf(snapshot: Snapshot, carried: CarriedRows): Chunked<TwoFigures> {
  const { values, context, row } = carried;
  const terms = yield* passage(snapshot, {
    ...{ values, rows: row.length, context, direction: 'forward', keep: 'end', free: false },
  });
  const inputs = densityInputs(snapshot);
  try {
    return furthestApart(yield* scoreOfRows(snapshot, inputs, carried), logProbOf(terms));
  } finally {
    disposeTensors(inputs.masks);
  }
}

function furthestApart(stated: ArrayLike<number>, measured: ArrayLike<number>): TwoFigures {
  let worst: TwoFigures = { stated: stated[0]!, measured: measured[0]! };
  for (let n = 1; n < stated.length; n++) {
    const two = { stated: stated[n]!, measured: measured[n]! };
    if (!(Math.abs(two.stated - two.measured) <= Math.abs(worst.stated - worst.measured))) worst = two;
  }
  return worst;
}
