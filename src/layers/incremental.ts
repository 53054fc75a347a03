/**
 * Networks whose conditionals depend on earlier variables alone, evaluated while these are being decided one after the
 * other, at the cost of about one pass: ancestral sampling of MADE, the sequential direction of MAF and IAF.
 *
 * The naive way runs the whole network once for every variable. But a hidden unit of degree m depends on the first m
 * variables of the order only: with the units of every layer sorted by degree, each is computed once, as soon as its
 * last input is known, and what it may see is a prefix of the layer below. Every unmasked weight is used once a row
 * (Germain et al. 2015 leave sampling at D passes; the same holds for the inverse of Papamakarios et al. 2017's MAF).
 *
 * Rows go in strips of 16 or 4 lanes, and all strips of a few hundred rows from one block of positions to the next, so
 * that a picture fills for all rows at once. A row does not depend on how many others there are, nor on whether
 * WebAssembly is there.
 */
import { Breath } from './breath.ts';
import { freshMemory, type Laid, type Memory } from './incrementalMemory.ts';
import type { IncrementalNetwork } from './incrementalPlan.ts';
import { contextSizeOf, type Strip, Strips } from './incrementalStrips.ts';

/** Rows that advance together. A multiple of 16. */
export const CHUNK = 256;
/** Laying the weights out takes about as long as evaluating so many rows. */
const LAYING_ROWS = 16;

export interface Evaluation {
  /** One or more, with the same order and the same degrees, that hear the same variables. */
  readonly networks: readonly IncrementalNetwork[];
  readonly rows: number;
  /** [rows, C] row-major, or null. */
  readonly context: Float32Array | null;
  /** Told before the rows first … first + count − 1, {@link CHUNK} at most, go on their way. */
  readonly begin?: (first: number, count: number) => void;
  /**
   * Decides the variable at a position of one row, by the outputs for it of all networks one after the other.
   * @returns what the networks hear of it
   */
  readonly decide: (outputs: Float64Array, row: number, variable: number, position: number) => number;
}

/** How far an evaluation has come. */
export interface EvaluationProgress {
  /** Rows that are finished. */
  readonly finished: number;
  /** Share of all the work, 0 … 1. */
  readonly share: number;
}

/**
 * Every variable of every row decided once, in the order of the networks. Yields from time to time.
 * @returns multiplications done, as a multiple of those of one pass of these rows through the networks: 1, and more where
 *   rows do not fill their strips.
 * @throws RangeError when the context has another size than the rows.
 */
export function* evaluate(
  evaluation: Evaluation,
  memory: Memory = freshMemory,
): Generator<EvaluationProgress, number, void> {
  const { networks, rows, context } = evaluation;
  const size = Math.max(...networks.map(contextSizeOf));
  checkContext(context, rows, size);
  if (rows === 0) return 1;
  const breath = new Breath();
  const room = { lanes: Math.ceil(Math.min(rows, CHUNK) / 16) * 16, context: size };
  // Rows that laying out has taken as long as; none where the networks lie ready.
  let spent = 0;
  const share = (done: number) => (spent + done) / (spent + rows);
  const laid: Laid[] = [];
  try {
    for (const [n, network] of networks.entries()) {
      const laying = memory.layOut(network, room);
      let whole = false;
      try {
        for (let next = laying.next(); ; next = laying.next()) {
          if (next.done) {
            laid.push(next.value);
            whole = true;
            break;
          }
          spent = LAYING_ROWS;
          if (!breath.due) continue;
          const done = (LAYING_ROWS * (n + next.value)) / networks.length;
          yield { finished: 0, share: done / (LAYING_ROWS + rows) };
          breath.drawn();
        }
      } finally {
        if (!whole) laying.return(undefined as never);
      }
    }
    const all = laid.map((one, n) => new Strips(networks[n]!, one, context));
    const { plan } = laid[0]!;
    const blocks = plan.bounds.length - 1;
    const advance = advancer(evaluation, all, plan.variables, plan.bounds);
    for (let first = 0; first < rows; first += CHUNK) {
      const count = Math.min(CHUNK, rows - first);
      evaluation.begin?.(first, count);
      // The same strips for each network, in memory of its own: [network][strip].
      const strips = all.map((one) => one.begin(first, count));
      const abreast = strips[0]!.length;
      const turns = blocks * abreast;
      for (let turn = 0; turn < turns; turn++) {
        advance(
          strips.map((own) => own[turn % abreast]!),
          Math.floor(turn / abreast),
        );
        // The last turn's end is told below.
        if (turn + 1 < turns && breath.due) {
          yield { finished: first, share: share(first + (count * (turn + 1)) / turns) };
          breath.drawn();
        }
      }
      yield { finished: first + count, share: share(first + count) };
      breath.drawn();
    }
    const done = all.reduce((sum, { multiplications }) => sum + multiplications, 0);
    const once = laid.reduce((sum, one) => sum + one.plan.multiplications, 0);
    // With one variable nothing is multiplied, and nothing is what a pass takes.
    return once === 0 ? 1 : done / (rows * once);
  } finally {
    for (const one of laid) memory.giveBack(one);
  }
}

/** Takes the same strip of every network through one block of positions. */
function advancer(
  { networks, decide }: Evaluation,
  all: readonly Strips[],
  variables: Int32Array,
  bounds: readonly number[],
): (strips: readonly Strip[], block: number) => void {
  const from: number[] = [];
  let size = 0;
  for (const { outputs } of networks) {
    from.push(size);
    size += outputs.perVariable;
  }
  const outputs = new Float64Array(size);
  return (strips, block) => {
    for (const [n, one] of all.entries()) one.enter(strips[n]!, block);
    const { first, rows } = strips[0]!;
    for (let position = bounds[block]!; position < bounds[block + 1]!; position++) {
      for (const [n, one] of all.entries()) one.reach(strips[n]!, block, position);
      for (let lane = 0; lane < rows; lane++) {
        for (let n = 0; n < all.length; n++) all[n]!.read(strips[n]!, position, lane, outputs, from[n]!);
        const value = decide(outputs, first + lane, variables[position]!, position);
        for (let n = 0; n < all.length; n++) all[n]!.hear(strips[n]!, position, lane, value);
      }
    }
  };
}

/** @throws RangeError when the context has another size than the rows. */
export function checkContext(context: Float32Array | null, rows: number, size: number): void {
  if (context === null ? size === 0 : context.length === rows * size) return;
  const wanted = size === 0 ? 'this network takes none' : `${rows} rows of ${size} are needed`;
  throw new RangeError(`the context has ${context?.length ?? 'no'} values; ${wanted}`);
}
