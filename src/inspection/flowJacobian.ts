/**
 * The Jacobian of a flow as it is measured: vector–Jacobian products of one layer or of all, on rows of data, and
 * log|det| of each row's matrix beside what the layers state.
 */
import { logAbsDetInSteps } from '../flows/determinant.ts';
import { forwardThrough, inputsOfLayer, type Flow, type FlowLayer } from '../flows/flow.ts';
import { disposeTensors } from '../layers/namedTensors.ts';
import { hasBit, type BitMatrix } from '../masks/bits.ts';
import { sizeOf } from '../runs/arrays.ts';
import { partOf } from './effort.ts';
import { flowOf, passage } from './flowPassage.ts';
import { carriedRows } from './flowRows.ts';
import { structureOf, variablesAt } from './flowStructure.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import { WHOLE_FLOW, type FlowJacobianFrame, type PairValue } from './frames/flowJacobian.ts';
import { encodeJacobian } from './jacobianCodes.ts';
import { densityInputs, frameBase, type Chunked, type Snapshot } from './source.ts';
import { productsOfRows } from './vectorJacobian.ts';

/** Largest D whose Jacobian is measured and drawn, entry by entry. */
export const MAX_FLOW_JACOBIAN = 1000;
/** Largest D of which a layer that goes one variable after the other is differentiated: each of D passes is kept. */
export const MAX_SEQUENTIAL = 64;
/** Vector–Jacobian products in a frame, about; divided by D it gives the number of data rows. */
const PRODUCTS = { glance: 800, quick: 1_600, thorough: 6_400 } as const;
/** Rows, whatever the dimension. */
const FEWEST = { glance: 1, quick: 2, thorough: 8 } as const;
const MOST = { glance: 16, quick: 64, thorough: 64 } as const;

/** Rows that are measured: of 784 variables one at a glance, 2 quickly and 8 thoroughly. */
export function flowJacobianRows(dimension: number, look: Look = 'thorough'): number {
  return Math.min(MOST[look], Math.max(FEWEST[look], Math.round(PRODUCTS[look] / dimension)));
}

export const flowJacobianMaker: FrameMaker<'flowJacobian'> = {
  compute: (snapshot, { look, part, free, options: { layer } }) => {
    const dataRows = partOf(flowJacobianRows(snapshot.source.model.dimension, look), part);
    return flowJacobianFrame(snapshot, { layer, dataRows, free });
  },
  renewed: 'step',
  inPart: true,
  canBeRefined: ({ model: { dimension } }, look) => flowJacobianRows(dimension, look) < flowJacobianRows(dimension),
};

export interface FlowJacobianOptions {
  /** Counted from 0, or {@link WHOLE_FLOW}. */
  readonly layer: number;
  readonly dataRows: number;
  /** Whether nothing trains meanwhile. */
  readonly free?: boolean;
}

/** @throws RangeError when the model is no flow or has no such layer. */
export async function* flowJacobianFrame(
  snapshot: Snapshot,
  { layer, dataRows, free = false }: FlowJacobianOptions,
): Chunked<FlowJacobianFrame> {
  const { model } = snapshot.source;
  const flow = flowOf(model);
  const { dimension, layers } = flow;
  if (!Number.isInteger(layer) || layer < WHOLE_FLOW || layer >= layers.length) {
    throw new RangeError(`no layer ${layer}: the flow has ${layers.length}, counted from 0`);
  }
  const [first, end] = layer === WHOLE_FLOW ? [0, layers.length] : [layer, layer + 1];
  const carried = await carriedRows(snapshot.source, dataRows, null);
  const { values, context } = carried;
  const rows = carried.row.length;
  const { places, logDets } = yield* passage(snapshot, {
    ...{ values, rows, context, free },
    direction: 'forward',
    keep: 'all',
  });
  const base = {
    kind: 'flowJacobian' as const,
    ...frameBase(snapshot),
    dimension,
    layer,
    layers: layers.map(({ kind, title }) => ({ kind, title })),
    split: carried.split,
    dataRows: rows,
    variables: { before: variablesAt(flow, first), after: variablesAt(flow, end) },
    stated: Float64Array.from({ length: rows }, (_, n) =>
      logDets.slice(first, end).reduce((sum, own) => sum + own[n]!, 0),
    ),
  };
  const reason = whyNot(flow, first, end);
  if (reason !== null) {
    const none = new Float32Array(0);
    return { ...base, ...nothing, reason, values: none, numeric: new Float64Array(0) };
  }
  const part = yield* structureOf(flow, layer);
  yield;
  const measured = yield* measure(snapshot, { flow, first, end, from: places[first]!, context, rows, free });
  const natural = Int32Array.from({ length: dimension }, (_, d) => d + 1);
  const leaks = leaksOutside(measured.mean, part.structure);
  yield;
  return {
    ...base,
    ...part,
    reason: null,
    ...encodeJacobian(measured.mean, natural),
    ...leaks,
    numeric: measured.numeric,
  };
}

const empty = new Int32Array(0);
const nothing = {
  structure: { rows: 0, columns: 0, words: new Uint32Array(0) },
  origin: empty,
  form: { columns: empty, rows: empty, blocks: empty, levels: empty },
  coding: null,
  notFinite: 0,
  leaks: 0,
  largestLeaks: [],
};

/** Whether a layer finds one variable after the other on the way to the base. */
const isSequential = ({ kind, bijector }: FlowLayer) =>
  kind === 'inverse-autoregressive' || bijector.incremental?.direction === 'forward';

/** Why a Jacobian is not measured, in a sentence; null where it is. */
function whyNot({ dimension, layers }: Flow, first: number, end: number): string | null {
  const count = (n: number) => n.toLocaleString('en');
  if (dimension > MAX_FLOW_JACOBIAN) {
    return `The Jacobian of ${count(dimension)} variables has ${count(dimension ** 2)} entries and is neither measured nor drawn: ${count(MAX_FLOW_JACOBIAN)} variables are the most. Left out are the matrix, its structure and the log|det| of it; what the layers state is shown.`;
  }
  const slow = layers.slice(first, end).findIndex(isSequential);
  if (slow < 0 || dimension <= MAX_SEQUENTIAL) return null;
  return `Layer ${first + slow + 1} (${layers[first + slow]!.title}) finds one variable after the other from the data to the base: its Jacobian would take ${count(dimension)} passes for every one of ${count(dimension)} rows of the matrix, and is measured up to ${MAX_SEQUENTIAL} variables. Left out are the matrix and the log|det| of it; what the layers state is shown.`;
}

interface Measuring {
  readonly flow: Flow;
  readonly first: number;
  readonly end: number;
  /** [rows, D] places before the first layer. */
  readonly from: Float32Array;
  readonly context: Float32Array | null;
  readonly rows: number;
  readonly free: boolean;
}

/** Multiplications that some layers take for a row, about: each weight one, in every pass. */
function productsOf({ layers, dimension }: Flow, first: number, end: number): number {
  return layers.slice(first, end).reduce((sum, layer) => {
    const weights = layer.bijector.parameters.reduce((all, { shape }) => all + sizeOf(shape), 0);
    return sum + weights * (isSequential(layer) ? dimension : 1);
  }, 0);
}

interface Measured {
  /** [D, D] mean over rows of absolute derivatives. */
  readonly mean: Float32Array;
  /** [rows] log|det| of each row's own. */
  readonly numeric: Float64Array;
}

async function* measure(snapshot: Snapshot, o: Measuring): Chunked<Measured> {
  const { flow, first, end, rows } = o;
  const { dimension } = flow;
  const { model } = snapshot.source;
  const inputs = densityInputs(snapshot);
  const whole = first === 0 && end === flow.layers.length;
  const rowsOf = (all: Float32Array) => {
    const columns = all.length / rows;
    return Array.from({ length: rows }, (_, n) => all.subarray(n * columns, (n + 1) * columns));
  };
  const sums = new Float64Array(dimension * dimension);
  const numeric = new Float64Array(rows);
  /** The matrices of rows whose products are not all there yet, or whose determinant is not taken yet. */
  const open = new Map<number, Float64Array>();
  const finished: number[] = [];
  const work = productsOfRows(
    snapshot,
    {
      rows: rowsOf(o.from),
      contexts: o.context && rowsOf(o.context),
      ...{ of: whole ? 'all layers' : `layer ${first}`, inputs },
      map: (x, given) => {
        if (whole) return forwardThrough(flow, x, given).at(-1)!.y;
        return flow.layers[first]!.bijector.forward(x, inputsOfLayer(given, first)).y;
      },
      direction: Float32Array.of(1),
      outputs: Array.from({ length: dimension }, (_, d) => d),
      products: Math.max(model.densityProducts ?? 1, productsOf(flow, first, end)),
      free: o.free,
    },
    (output, values, start, row) => {
      const matrix = open.get(row) ?? new Float64Array(dimension * dimension);
      open.set(row, matrix);
      for (let j = 0, into = output * dimension; j < dimension; j++, into++) {
        matrix[into] = values[start + j]!;
        sums[into]! += Math.abs(values[start + j]!);
      }
      if (output === dimension - 1) finished.push(row);
    },
  );
  try {
    for (;;) {
      const { done } = await work.next();
      for (const row of finished.splice(0)) {
        const steps = logAbsDetInSteps(open.get(row)!);
        open.delete(row);
        let step = steps.next();
        for (; !step.done; step = steps.next()) yield;
        numeric[row] = step.value;
      }
      if (done) break;
      yield;
    }
  } finally {
    await work.return();
    disposeTensors(inputs.masks);
  }
  return { mean: Float32Array.from(sums, (sum) => sum / rows), numeric };
}

/** Leaks that are named one by one. */
const MOST_LEAKS = 200;

/** Entries that differ from 0 where the structure has nothing, and how many are not finite. */
export function leaksOutside(
  mean: Float32Array,
  structure: BitMatrix,
): Pick<FlowJacobianFrame, 'leaks' | 'largestLeaks' | 'notFinite'> {
  const leaks: PairValue[] = [];
  let notFinite = 0;
  for (let output = 0, at = 0; output < structure.rows; output++) {
    for (let input = 0; input < structure.columns; input++, at++) {
      const value = mean[at]!;
      if (!Number.isFinite(value)) notFinite++;
      if (value > 0 && !hasBit(structure, output, input)) leaks.push({ output, input, value });
    }
  }
  leaks.sort((a, b) => b.value - a.value);
  return { leaks: leaks.length, largestLeaks: leaks.slice(0, MOST_LEAKS), notFinite };
}
