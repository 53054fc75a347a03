/**
 * Networks laid out in memory, ready to draw from. Laying one out takes several times as long as drawing a row from it, and
 * rows are often drawn from the same weights again: with another seed, or each completed from other values. So the last
 * one is kept, with a copy of the numbers it was made of: who draws next and has the very same numbers takes it as it is.
 * Comparing them takes a tenth of a millisecond a megaweight, and nobody has to say that weights have changed.
 */
import { type Laid, laidIn, type Memory, type Room, sizeOf } from '../layers/incrementalMemory.ts';
import { type IncrementalNetwork, incrementalPlan } from '../layers/incrementalPlan.ts';
import { panelProducts } from '../layers/panelProducts.ts';

/** Bytes that are kept at most, weights and copies together. */
const MAX_KEPT_BYTES = 64 * 2 ** 20;

interface Kept extends Laid {
  /** What is not numbers of the network, in words. */
  readonly form: string;
  readonly numbers: readonly Uint8Array[];
}

/** Of the weights drawn from last: those of a training that goes on take the place of those before. */
let kept: Kept | null = null;

/** See {@link Memory.layOut}; yields not at all where the network was kept. */
export function* layOut(network: IncrementalNetwork, room: Room): Generator<number, Laid, void> {
  const taken = kept;
  kept = null;
  const form = formOf(network);
  if (taken !== null) {
    const fits = taken.form === form && taken.products.values.length >= sizeOf(taken.plan, room);
    if (fits && sameNumbers(numbersOf(network), taken.numbers)) return taken;
    // Its memory is taken for what comes.
    taken.products.release();
  }
  const plan = incrementalPlan(network);
  const laid = yield* laidIn(plan, panelProducts(sizeOf(plan, room)));
  const numbers = numbersOf(network);
  const bytes = numbers.reduce((sum, { byteLength }) => sum + byteLength, laid.products.values.byteLength);
  if (bytes > MAX_KEPT_BYTES) return laid;
  const keepable: Kept = { ...laid, form, numbers: numbers.map((own) => own.slice()) };
  return keepable;
}

/** Ends the use of a network that was laid out, and keeps it in place of the one kept so far. */
export function giveBack(laid: Laid): void {
  if (!isKept(laid)) return laid.products.release();
  kept?.products.release();
  kept = laid;
}

export const lastKept: Memory = { layOut, giveBack };

function isKept(laid: Laid): laid is Kept {
  return 'numbers' in laid;
}

/** What decides over the plan beside the numbers: which of them there are. How many there are follows from their lengths. */
function formOf({ hidden, output, direct, outputs }: IncrementalNetwork): string {
  const layers = [...hidden, output];
  const joints = direct ? [...layers, direct] : layers;
  return JSON.stringify([
    outputs,
    direct !== null,
    joints.map(({ weight, companion }) => [weight.shape, weight.data instanceof Float32Array, companion !== null]),
    layers.map(({ context }) => context?.shape ?? null),
  ]);
}

/** Everything that the memory is made of, as bytes, in an order that the form settles. */
function numbersOf({ order, hidden, output, direct }: IncrementalNetwork): Uint8Array[] {
  const layers = [...hidden, output];
  const joints = direct ? [...layers, direct] : layers;
  const arrays: readonly (Float32Array | Int32Array)[] = [
    order,
    ...hidden.map(({ degrees }) => degrees),
    ...joints.flatMap(({ weight, companion }) => [weight.data, ...(companion ? [companion.data] : [])]),
    ...layers.flatMap(({ bias, context }) => [bias.data, ...(context ? [context.data] : [])]),
  ];
  return arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
}

function sameNumbers(ours: readonly Uint8Array[], theirs: readonly Uint8Array[]): boolean {
  return ours.every((own, i) => Buffer.compare(own, theirs[i]!) === 0);
}
