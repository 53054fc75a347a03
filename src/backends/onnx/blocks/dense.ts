/** Values of a graph that is written anew with its axes sorted, as far as they are whole. */
import type { Graph, Value } from '../graph.ts';

/** In which order an axis of a value of the old graph is sorted; null where it stays as it is. */
export type OrderOf = (value: Value, axis: number) => Int32Array | null;

/** By values of the old graph, theirs in the new one. */
export class DenseValues {
  readonly #graph: Graph;
  readonly #order: OrderOf;
  readonly #sorted = new Map<Value, Value>();
  /** Those that are there in the order in which they came: what comes in, and what an optimiser makes of that. */
  readonly #asTheyCame = new Map<Value, Value>();

  constructor(graph: Graph, order: OrderOf) {
    this.#graph = graph;
    this.#order = order;
  }

  /** @param sorted in the new order of its axes */
  set(old: Value, sorted: Value): void {
    this.#sorted.set(old, sorted);
  }

  /** @param given in the old order of its axes */
  setAsItCame(old: Value, given: Value): void {
    this.#asTheyCame.set(old, given);
    this.#sorted.set(old, this.#reorderedAll(given, old, 'new'));
  }

  /** Its axes in their new order. A constant is written where it is first asked for. */
  of(old: Value): Value {
    let found = this.#sorted.get(old);
    if (found === undefined) {
      const { type, shape, values } = old;
      found = this.#reorderedAll(this.#graph.constant(type, shape, values!), old, 'new');
      this.#sorted.set(old, found);
    }
    return found;
  }

  /** Its axes in their old order. */
  asItCame(old: Value): Value {
    return this.#asTheyCame.get(old) ?? this.#reorderedAll(this.of(old), old, 'old');
  }

  /** With one axis in the order of an axis of another value. */
  like(old: Value, axis: number, other: Value, axisOfOther: number): Value {
    return this.reordered(this.of(old), axis, this.#order(old, axis), this.#order(other, axisOfOther));
  }

  /** From one order of an axis to another; null is the old one. */
  reordered(value: Value, axis: number, from: Int32Array | null, to: Int32Array | null): Value {
    if (from === to) return value;
    const back = from && inverse(from);
    const places = to === null ? back! : back === null ? to : to.map((member) => back[member]!);
    const list = this.#graph.constant('int32', [places.length], places);
    return this.#graph.node('Gather', [value, list], value, { axis: { int: axis } });
  }

  #reorderedAll(value: Value, old: Value, into: 'new' | 'old'): Value {
    let found = value;
    for (const axis of old.shape.keys()) {
      const order = this.#order(old, axis);
      found = into === 'new' ? this.reordered(found, axis, null, order) : this.reordered(found, axis, order, null);
    }
    return found;
  }
}

function inverse(order: Int32Array): Int32Array {
  const places = new Int32Array(order.length);
  for (const [place, member] of order.entries()) places[member] = place;
  return places;
}
