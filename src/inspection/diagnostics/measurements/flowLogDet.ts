/** log|det| as a flow states it, beside that of its measured Jacobian, and log p beside the sum of its terms. */
import { disposeTensors } from '../../../layers/namedTensors.ts';
import { flowJacobianFrame, MAX_FLOW_JACOBIAN } from '../../flowJacobian.ts';
import { flowOf, logProbOf, passage } from '../../flowPassage.ts';
import { carriedRows, type CarriedRows } from '../../flowRows.ts';
import { WHOLE_FLOW, type FlowJacobianFrame, type PairValue } from '../../frames/flowJacobian.ts';
import { type Chunked, densityInputs, type Snapshot } from '../../source.ts';
import { logDetsAgree, logDetTolerance, type TwoFigures } from '../tolerances.ts';
import { scoreOfRows } from './flowScore.ts';
import type { Measurement } from './measurement.ts';

const ROWS = 4;
/** Most variables, by depth. */
const DIMENSION = { facts: 0, cheap: 24, full: MAX_FLOW_JACOBIAN } as const;
/** With more, each layer is measured by itself, on so few rows: to measure the whole as well would take as long again. */
const MANY = 256;
const FEW_ROWS = 1;

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
  /** The same of every layer by itself; measured where the whole is not, or does not agree. */
  readonly layers: readonly LayerLogDet[];
  /** Layers of which nothing was measured though the whole was not either. */
  readonly unmeasured: readonly number[];
  /**
   * log|det| of all layers: as they state it, and of their own Jacobians, added up, which the rounding of a product of
   * many does not touch. Null where a layer is not measured.
   */
  readonly byLayers: TwoFigures | null;
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
  const { layers, dimension } = flowOf(model);
  const carried = await carriedRows(snapshot.source, dimension > MANY ? FEW_ROWS : ROWS, null);
  const rows = carried.row.length;
  const sum = yield* sumOf(snapshot, carried);
  // What is no number is told by `nan`.
  if (!Number.isFinite(sum.measured)) return null;
  const whole = dimension > MANY ? null : yield* jacobianOf(snapshot, WHOLE_FLOW, rows);
  const worst = whole && furthestApart(whole.stated, whole.numeric, dimension);
  if (worst && logDetsAgree(worst, dimension)) {
    return { rows, whole: worst, layers: [], unmeasured: [], byLayers: null, sum };
  }
  const found: LayerLogDet[] = [];
  const unmeasured: number[] = [];
  const added = { stated: new Float64Array(rows), measured: new Float64Array(rows) };
  for (const layer of layers.keys()) {
    const own = yield* jacobianOf(snapshot, layer, rows);
    if (own === null) {
      unmeasured.push(layer);
      continue;
    }
    const { stated, numeric, leaks, largestLeaks } = own;
    const two = furthestApart(stated, numeric, dimension);
    found.push({ layer, ...two, leaks, largestLeak: largestLeaks[0] ?? null });
    for (let n = 0; n < rows; n++) {
      added.stated[n]! += stated[n]!;
      added.measured[n]! += numeric[n]!;
    }
  }
  const byLayers = unmeasured.length === 0 ? furthestApart(added.stated, added.measured, dimension) : null;
  return { rows, whole: worst, layers: found, unmeasured, byLayers, sum };
}

/** Null where it is not measured. */
async function* jacobianOf(snapshot: Snapshot, layer: number, dataRows: number): Chunked<FlowJacobianFrame | null> {
  const frame = yield* flowJacobianFrame(snapshot, { layer, dataRows });
  return frame.numeric.length === 0 ? null : frame;
}

async function* sumOf(snapshot: Snapshot, carried: CarriedRows): Chunked<TwoFigures> {
  const { values, context, row } = carried;
  const terms = yield* passage(snapshot, {
    ...{ values, rows: row.length, context, direction: 'forward', keep: 'end', free: false },
  });
  const inputs = densityInputs(snapshot);
  try {
    return furthestApart(
      yield* scoreOfRows(snapshot, inputs, carried),
      logProbOf(terms),
      snapshot.source.model.dimension,
    );
  } finally {
    disposeTensors(inputs.masks);
  }
}

/** The row whose figures differ most, measured by how much they may. */
function furthestApart(stated: ArrayLike<number>, measured: ArrayLike<number>, dimension: number): TwoFigures {
  const off = (two: TwoFigures) => Math.abs(two.stated - two.measured) / logDetTolerance(two.measured, dimension);
  let worst: TwoFigures = { stated: stated[0]!, measured: measured[0]! };
  for (let n = 1; n < stated.length; n++) {
    const two = { stated: stated[n]!, measured: measured[n]! };
    if (!(off(two) <= off(worst))) worst = two;
  }
  return worst;
}
