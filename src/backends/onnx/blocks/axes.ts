/**
 * Which axes of a graph's values hold the same things in the same order, so that all of them can be sorted another way
 * at once: units of a layer, in whatever is computed of them.
 */
import type { GraphNode, Value } from '../graph.ts';
import { adamOperations } from '../translate/adam.ts';

/** Sets that are joined; each knows one of its members by which it goes. */
export class Sets<T> {
  readonly #parents = new Map<T, T>();

  find(member: T): T {
    let root = member;
    for (let next = this.#parents.get(root); next !== undefined; next = this.#parents.get(root)) root = next;
    // What was walked through points at the root from now on.
    for (let at = member; at !== root;) {
      const next = this.#parents.get(at)!;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }

  join(a: T, b: T): void {
    const [first, second] = [this.find(a), this.find(b)];
    if (first !== second) this.#parents.set(second, first);
  }
}

/** Entry by entry, operands of fewer axes or of size 1 repeated. */
export const elementwise: ReadonlySet<string> = new Set(
  (
    'Abs Atan Ceil Cos Elu Erf Exp Floor IsNaN Log Not Neg Reciprocal Max Min Round Sqrt Sigmoid Sign Sin Tanh Add Sub Mul Div ' +
    'Pow Sum Equal Greater GreaterOrEqual Less LessOrEqual And Or Where Cast Identity'
  )
    .split(' ')
    .concat(Object.values(adamOperations)),
);

/** Whose results do not depend on the order along the axes that they take together, but for rounding. */
const unordered = new Set(['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd']);

/** An axis of the graph, for {@link Sets}: its value, and which one. */
interface Axis {
  readonly value: Value;
  readonly axis: number;
}

export class Axes {
  readonly #axes = new Map<Value, readonly Axis[]>();
  readonly #sets = new Sets<Axis>();
  /** Members of sets whose order is part of what is computed. */
  readonly #held: Axis[] = [];

  /**
   * @param isMasked whether a matrix has a mask: its axes go with those of what it is multiplied by, unless these must keep
   *   their order. Then they are sets of their own, and whoever multiplies has to sort.
   */
  constructor(nodes: readonly GraphNode[], isMasked: (value: Value) => boolean) {
    const products = nodes.filter(({ operation }) => operation === 'Gemm');
    for (const node of nodes) if (!products.includes(node)) this.#add(node);
    for (const node of products) {
      for (const [a, axisOfA, b, axisOfB] of pairsOf(node)) {
        if (isMasked(a) || isMasked(b)) continue;
        this.#join(a, axisOfA, b, axisOfB);
      }
    }
    for (const node of products) {
      for (const [a, axisOfA, b, axisOfB] of pairsOf(node)) {
        const held = this.held();
        const keeps = (value: Value, axis: number) => !isMasked(value) && held.has(this.setOf(value, axis));
        if (!keeps(a, axisOfA) && !keeps(b, axisOfB)) this.#join(a, axisOfA, b, axisOfB);
      }
    }
  }

  /** The set that an axis belongs to; the same object for the same set. */
  setOf(value: Value, axis: number): object {
    return this.#sets.find(this.#of(value)[axis]!);
  }

  /** Sets that must keep their order. */
  held(): ReadonlySet<object> {
    return new Set(this.#held.map((axis) => this.#sets.find(axis)));
  }

  #of(value: Value): readonly Axis[] {
    let axes = this.#axes.get(value);
    if (axes === undefined) this.#axes.set(value, (axes = value.shape.map((_, axis) => ({ value, axis }))));
    return axes;
  }

  #join(a: Value, axisOfA: number, b: Value, axisOfB: number): void {
    this.#sets.join(this.#of(a)[axisOfA]!, this.#of(b)[axisOfB]!);
  }

  #hold(value: Value): void {
    this.#held.push(...this.#of(value));
  }

  #add({ operation, inputs, output }: GraphNode): void {
    const values = inputs.filter((input) => input !== null);
    if (elementwise.has(operation) || operation === 'Expand') {
      for (const value of operation === 'Expand' ? values.slice(0, 1) : values) this.#repeated(value, output);
    } else if (unordered.has(operation) && values.length === 2) {
      this.#reduced(values[0]!, integersOf(values[1]!), output);
    } else if (operation === 'Reshape' && isSame(withoutOnes(values[0]!), withoutOnes(output))) {
      const [from, to] = [longAxes(values[0]!), longAxes(output)];
      for (const [i, axis] of from.entries()) this.#join(values[0]!, axis, output, to[i]!);
    } else {
      for (const value of values) this.#hold(value);
      this.#hold(output);
    }
  }

  /** Axes are counted from the last; those of size 1 are no axes of it. */
  #repeated(value: Value, output: Value): void {
    const ahead = output.shape.length - value.shape.length;
    for (const [axis, size] of value.shape.entries()) {
      if (size === output.shape[axis + ahead]) this.#join(value, axis, output, axis + ahead);
    }
  }

  #reduced(value: Value, taken: readonly number[], output: Value): void {
    const keeps = output.shape.length === value.shape.length;
    const left = [...value.shape.keys()].filter((axis) => !taken.includes(axis));
    for (const [i, axis] of left.entries()) this.#join(value, axis, output, keeps ? axis : i);
  }
}

/** Of a product, which axes go with which: a value and its axis, twice. */
function pairsOf({ inputs, attributes, output }: GraphNode): (readonly [Value, number, Value, number])[] {
  const [a, b] = inputs as readonly [Value, Value];
  const flag = (name: string) => ((attributes[name] as { int: number } | undefined)?.int === 1 ? 1 : 0);
  const [transA, transB] = [flag('transA'), flag('transB')];
  return [
    [a, transA, output, 0],
    [a, 1 - transA, b, transB],
    [b, 1 - transB, output, 1],
  ];
}

/** Of a constant list. */
export function integersOf({ values }: Value): number[] {
  return Array.from(values as BigInt64Array, Number);
}

function longAxes({ shape }: Value): number[] {
  return [...shape.keys()].filter((axis) => shape[axis] !== 1);
}

function withoutOnes(value: Value): number[] {
  return longAxes(value).map((axis) => value.shape[axis]!);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
