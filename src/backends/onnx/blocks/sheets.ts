/**
 * Which values of a graph are matrices under one mask: a weight, its gradient, what the optimiser keeps of it, and
 * whatever is computed of these entry by entry. Such a sheet can be computed without the entries that its mask forbids,
 * if nobody asks for them.
 */
import type { GraphNode, Value } from '../graph.ts';
import { adamOperations } from '../translate/adam.ts';
import type { Numbers } from '../trace.ts';
import { elementwise, integersOf, Sets } from './axes.ts';

/**
 * What a value is where the mask forbids: zero; what an input of the graph is there; unknown. Inputs of the graph are
 * themselves.
 */
export type Outside = 'zero' | 'unknown' | { readonly input: Value };

export interface Sheet {
  readonly mask: Value;
  readonly maskValues: Numbers;
  /** Inputs of the graph among its values, the mask left out; true for those that must be zero outside. */
  readonly inputs: ReadonlyMap<Value, boolean>;
  /** Of results of the graph: the input whose entries outside they keep, or null where these are zero. */
  readonly outputs: ReadonlyMap<Value, Value | null>;
  /** Values of which the mask takes nothing away if it has been taken off all inputs. */
  readonly masked: ReadonlySet<Value>;
}

export interface SheetsOf {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly GraphNode[];
  /** Values of inputs that are the same in every run. */
  readonly fixed: ReadonlyMap<Value, Numbers>;
}

/** By value, every sheet that nobody asks for what its mask forbids. */
export function sheetsOf({ inputs, outputs, nodes, fixed }: SheetsOf): ReadonlyMap<Value, Sheet> {
  const sets = new Sets<Value>();
  const full = (node: GraphNode) => node.inputs.filter((input) => input !== null && isLike(input, node.output));
  for (const node of nodes) {
    if (node.output.shape.length !== 2 || !elementwise.has(node.operation)) continue;
    for (const input of full(node)) sets.join(node.output, input!);
  }
  const members = new Map<Value, Value[]>();
  const all = new Set([...inputs, ...nodes.flatMap(({ inputs: from, output }) => [...from, output])]);
  for (const value of all) {
    if (value?.shape.length !== 2) continue;
    const root = sets.find(value);
    members.set(root, [...(members.get(root) ?? []), value]);
  }
  const found = new Map<Value, Sheet>();
  for (const values of members.values()) {
    const masks = values.filter((value) => isMask(fixed.get(value)));
    if (masks.length !== 1) continue;
    const sheet = new Closed(values, masks[0]!, { inputs, outputs, nodes, fixed }).sheet();
    if (sheet !== null) for (const value of values) found.set(value, sheet);
  }
  return found;
}

function isLike(value: Value, { shape }: Value): boolean {
  return value.shape.length === shape.length && value.shape.every((size, axis) => size === shape[axis]);
}

/** Zeros and ones, some of each. */
function isMask(values: Numbers | undefined): boolean {
  if (!values?.includes(0)) return false;
  let others = 0;
  // Without a branch: their order is none that a processor could foresee.
  for (let i = 0; i < values.length; i++) others += Math.abs(values[i]! * (values[i]! - 1));
  return others === 0;
}

/** A sheet while it is found out whether it is closed. */
class Closed {
  readonly #values: ReadonlySet<Value>;
  readonly #mask: Value;
  readonly #graph: SheetsOf;

  constructor(values: readonly Value[], mask: Value, graph: SheetsOf) {
    this.#values = new Set(values);
    this.#mask = mask;
    this.#graph = graph;
  }

  /** Null where somebody asks for entries outside. */
  sheet(): Sheet | null {
    const { inputs, outputs, fixed } = this.#graph;
    const own = inputs.filter((input) => this.#values.has(input) && input !== this.#mask);
    const masked = this.#zeroOutside(new Set(own));
    // Weights are kept, what the optimiser keeps of them has been zero from the start.
    const weights = new Set(own.filter((input) => this.#isMasked(input)));
    for (const zeros of [new Set<Value>(), new Set(own.filter((input) => !weights.has(input)))]) {
      const outside = this.#outside(zeros);
      const kept = new Map<Value, Value | null>();
      for (const output of outputs.filter((value) => this.#values.has(value))) {
        const is = outside(output);
        if (is !== 'unknown') kept.set(output, is === 'zero' ? null : is.input);
      }
      if (kept.size < outputs.filter((value) => this.#values.has(value)).length) continue;
      if (!this.#isClosed((value) => outside(value) === 'zero')) return null;
      return {
        mask: this.#mask,
        maskValues: fixed.get(this.#mask)!,
        inputs: new Map(own.map((input) => [input, zeros.has(input)])),
        outputs: kept,
        masked: new Set([...this.#values].filter(masked)),
      };
    }
    return null;
  }

  #isMasked(value: Value): boolean {
    return this.#graph.nodes.some(
      ({ operation, inputs }) => operation === 'Mul' && inputs.includes(value) && inputs.includes(this.#mask),
    );
  }

  /** Whether values are zero outside, when these inputs are. */
  #zeroOutside(inputs: ReadonlySet<Value>): (value: Value) => boolean {
    const outside = this.#outside(inputs);
    return (value) => outside(value) === 'zero';
  }

  #outside(zeros: ReadonlySet<Value>): (value: Value) => Outside {
    const known = new Map<Value, Outside>([[this.#mask, 'zero']]);
    const of = (value: Value | null): Outside => {
      if (value === null || !this.#values.has(value)) return 'unknown';
      let is = known.get(value);
      if (is === undefined) known.set(value, (is = value.from === null ? input(value) : outsideOf(value.from, of)));
      return is;
    };
    const input = (value: Value): Outside => {
      if (zeros.has(value)) return 'zero';
      return this.#graph.inputs.includes(value) ? { input: value } : 'unknown';
    };
    return of;
  }

  /** Whether everybody who takes a value of the sheet can do without what is outside. */
  #isClosed(isZero: (value: Value) => boolean): boolean {
    const { nodes, outputs } = this.#graph;
    const taken = nodes.flatMap((node) =>
      node.inputs.flatMap((value, place) =>
        value !== null && this.#values.has(value) ? [{ node, value, place }] : [],
      ),
    );
    return (
      [...this.#values].every((value) => this.#canBe(value, outputs)) && taken.every((use) => canTake(use, isZero))
    );
  }

  /** Whether the value can be computed in blocks. */
  #canBe(value: Value, outputs: readonly Value[]): boolean {
    const node = value.from;
    if (node === null) return value.values === null && value.type === 'float32';
    if (isGradientProduct(node)) {
      // Of which the mask takes away what is outside, before anybody sees it.
      const takers = this.#graph.nodes.filter(({ inputs }) => inputs.includes(value));
      return (
        !outputs.includes(value) &&
        takers.every(({ operation, inputs }) => operation === 'Mul' && inputs.includes(this.#mask))
      );
    }
    return elementwise.has(node.operation);
  }
}

/** aᵀ b, of two dense matrices: the gradient of a weight. */
export function isGradientProduct({ operation, attributes }: GraphNode): boolean {
  const is = (name: string) => (attributes[name] as { int: number } | undefined)?.int === 1;
  return operation === 'Gemm' && is('transA') && !is('transB');
}

function canTake(
  { node, value, place }: { readonly node: GraphNode; readonly value: Value; readonly place: number },
  isZero: (value: Value) => boolean,
): boolean {
  const { operation, inputs, attributes, output } = node;
  if (elementwise.has(operation)) return isLike(value, output);
  if (!isZero(value)) return false;
  if (operation === 'Gemm') {
    const upright = (attributes['transA'] as { int: number } | undefined)?.int !== 1;
    return place === 1 && inputs[0] !== value && upright;
  }
  return (
    operation === 'ReduceSum' &&
    place === 0 &&
    [1, 2].includes(integersOf(inputs[1]!).length) &&
    !integersOf(inputs[1]!).every((axis) => axis === 0)
  );
}

/** By what its operands are there. Numbers are taken to be finite: one that is not ends a run. */
function outsideOf({ operation, inputs }: GraphNode, of: (value: Value | null) => Outside): Outside {
  const are = inputs.map(of);
  const [a, b] = are;
  switch (operation) {
    case 'Mul':
      return are.includes('zero') ? 'zero' : 'unknown';
    case 'Add':
    case 'Sum': {
      const others = are.filter((is) => is !== 'zero');
      return others.length === 0 ? 'zero' : others.length === 1 ? others[0]! : 'unknown';
    }
    case adamOperations.mean:
    case adamOperations.square:
      return a === 'zero' && b === 'zero' ? 'zero' : 'unknown';
    case 'Sub':
    case adamOperations.parameter:
      // The latter's is m: 0 where there has never been a gradient.
      return b === 'zero' ? a! : 'unknown';
    case 'Div':
    case 'Identity':
    case 'Sqrt':
    case 'Neg':
    case 'Abs':
    case 'Sign':
    case 'Tanh':
      return operation === 'Identity' ? a! : a === 'zero' ? 'zero' : 'unknown';
    default:
      return 'unknown';
  }
}
