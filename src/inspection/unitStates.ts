/** Reading a piece of text with a recurrent model of it: what units hold after every character, and what it expects next. */
import { logSoftmax, TextReader, type ReadingWeights } from '../layers/recurrent/reading.ts';
import { NOTHING_READ, type UnitTextFrame } from './frames/unitText.ts';

/** Bytes of states that one frame carries at most; of wider layers the units that vary most. */
const MOST_CODES = 2 ** 19;
/** Characters told of each distribution, at most. */
const TOLD = 8;
/** Steps that are drawn unrolled, and units of each layer there. */
const UNROLLED_STEPS = 6;
const UNROLLED_UNITS = 12;

export interface Piece {
  /** Characters read before the piece, as places among those of the model. */
  readonly runIn: Int32Array;
  /** [N] those of the piece; −1 where the model does not know one. */
  readonly indices: Int32Array;
  readonly layer: number;
  readonly state: 'h' | 'c';
}

/** How long one chunk may take. */
export interface ReadingPace {
  readonly milliseconds: number;
}

export type UnitStates = Pick<
  UnitTextFrame,
  'unit' | 'variance' | 'scale' | 'values' | 'nll' | 'told' | 'likely' | 'share' | 'unrolled'
>;

/** Yields between chunks. @throws RangeError when the model has no such layer, or no memory that could be shown. */
export function* readUnits(
  weights: ReadingWeights,
  piece: Piece,
  pace: ReadingPace,
): Generator<void, UnitStates, void> {
  const { runIn, indices, layer, state } = piece;
  const reader = new TextReader(weights);
  if (layer < 0 || layer >= reader.states.length) {
    throw new RangeError(`no layer ${layer}: the model has ${reader.states.length}, counted from 0`);
  }
  if (state === 'c' && weights.cell !== 'lstm') {
    throw new RangeError(`a cell of kind ${weights.cell} has no memory c beside its state h`);
  }
  const count = indices.length;
  const units = reader.states[layer]!.h.length;
  const values = new Float32Array(count * units).fill(NaN);
  const nll = new Float32Array(count).fill(NaN);
  const expected = new Expected(count + 1, reader.vocabulary);
  const unrolled = new UnrolledStates(reader, Math.min(count, UNROLLED_STEPS));
  let started = performance.now();
  const late = () => performance.now() - started > pace.milliseconds;
  reader.read(null);
  for (const index of runIn) {
    reader.read(index);
    if (!late()) continue;
    yield;
    started = performance.now();
  }
  for (let n = 0; n <= count; n++) {
    const logProbabilities = logSoftmax(reader.logits());
    expected.tell(n, logProbabilities);
    unrolled.keep(n, reader);
    if (n === count) break;
    const index = indices[n]!;
    if (index < 0) continue;
    nll[n] = -logProbabilities[index]!;
    reader.read(index);
    const own = reader.states[layer]!;
    values.set(state === 'h' ? own.h : own.c!, n * units);
    if (!late()) continue;
    yield;
    started = performance.now();
  }
  return { ...coded(values, units, state), nll, ...expected.told(), unrolled: unrolled.told() };
}

/** The units that vary most, one byte a value. */
function coded(
  values: Float32Array,
  units: number,
  state: 'h' | 'c',
): Pick<UnitStates, 'unit' | 'variance' | 'scale' | 'values'> {
  const count = values.length / units;
  const variances = new Float32Array(units);
  const largest = new Float32Array(units);
  for (let j = 0; j < units; j++) {
    let [read, sum, squares] = [0, 0, 0];
    for (let n = 0; n < count; n++) {
      const value = values[n * units + j]!;
      if (Number.isNaN(value)) continue;
      read++;
      sum += value;
      squares += value * value;
      largest[j] = Math.max(largest[j]!, Math.abs(value));
    }
    variances[j] = read > 0 ? Math.max(0, squares / read - (sum / read) ** 2) : 0;
  }
  const shown = Math.min(units, Math.max(1, Math.floor(MOST_CODES / Math.max(1, count))));
  const falling = Array.from(variances.keys()).sort((a, b) => variances[b]! - variances[a]! || a - b);
  const unit = Int32Array.from(falling.slice(0, shown));
  const scale = Float32Array.from(unit, (j) => (state === 'h' ? 1 : largest[j]!));
  const codes = new Int8Array(count * shown);
  for (let n = 0; n < count; n++) {
    for (const [k, j] of unit.entries()) {
      const value = values[n * units + j]!;
      codes[n * shown + k] = Number.isNaN(value)
        ? NOTHING_READ
        : scale[k] === 0
          ? 0
          : Math.round((127 * value) / scale[k]!);
    }
  }
  return { unit, variance: Float32Array.from(unit, (j) => variances[j]!), scale, values: codes };
}

/** The most probable characters of every distribution. */
class Expected {
  readonly #told: number;
  readonly #likely: Uint16Array;
  readonly #share: Float32Array;

  constructor(distributions: number, vocabulary: number) {
    this.#told = Math.min(TOLD, vocabulary);
    this.#likely = new Uint16Array(distributions * this.#told);
    this.#share = new Float32Array(distributions * this.#told);
  }

  tell(n: number, logProbabilities: Float64Array): void {
    const taken = new Set<number>();
    for (let k = 0; k < this.#told; k++) {
      let best = -1;
      for (const [v, own] of logProbabilities.entries()) {
        if (!taken.has(v) && (best < 0 || own > logProbabilities[best]!)) best = v;
      }
      taken.add(best);
      this.#likely[n * this.#told + k] = best;
      this.#share[n * this.#told + k] = Math.exp(logProbabilities[best]!);
    }
  }

  told(): Pick<UnitStates, 'told' | 'likely' | 'share'> {
    return { told: this.#told, likely: this.#likely, share: this.#share };
  }
}

/** h of the first units of every layer, at the first steps. */
class UnrolledStates {
  readonly #steps: number;
  readonly #states: readonly Int8Array[];

  constructor({ states }: TextReader, steps: number) {
    this.#steps = steps;
    this.#states = states.map(({ h }) => new Int8Array(steps * Math.min(UNROLLED_UNITS, h.length)));
  }

  keep(step: number, { states }: TextReader): void {
    if (step >= this.#steps) return;
    for (const [l, codes] of this.#states.entries()) {
      const shown = codes.length / this.#steps;
      for (let j = 0; j < shown; j++) codes[step * shown + j] = Math.round(127 * states[l]!.h[j]!);
    }
  }

  told(): UnitStates['unrolled'] {
    return { steps: this.#steps, states: this.#states };
  }
}
