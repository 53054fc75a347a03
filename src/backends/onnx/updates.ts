/**
 * Updates by Adam (Kingma & Ba 2015, algorithm 1) of a graph: taken out of it, for code that does each in one pass over the
 * memory where ONNX' operations take twelve; or written in these operations.
 */
import type { Encodable } from './encode.ts';
import type { Attributes, Graph, GraphNode, LiveGraph, Value } from './graph.ts';
import { adamOperations } from './translate/adam.ts';
import { isSameShape } from './translate/translation.ts';

/** p ← p − η m/(√v + ε) with the new m and v: what it takes and what it gives. */
export interface Update {
  /** Inputs of the graph. */
  readonly state: State<Value>;
  /** Of the parameter's shape; the graph gives it, and the two scalars η and ε. */
  readonly gradient: Value;
  /** Of each row of the gradient as many entries count, those behind them are 0 in truth; null where all count. */
  readonly reach: Int32Array | null;
  readonly stepSize: Value;
  readonly floor: Value;
  /** What the graph would have as outputs. */
  readonly next: State<Value>;
  readonly beta1: number;
  readonly beta2: number;
}

/** A parameter and what Adam keeps of its gradients: their mean and that of their squares. */
export interface State<T> {
  readonly parameter: T;
  readonly m: T;
  readonly v: T;
}

/** A graph and what is to be done when it has been computed. */
export interface Parted extends Encodable {
  readonly updates: readonly Update[];
}

/** All of it in ONNX' operations. */
export function updatesWithin(graph: Graph): Parted {
  return { ...inOnnx(graph.live()), inputs: graph.inputs, outputs: graph.outputs, updates: [] };
}

/**
 * Updates apart whose old state comes in and whose new state goes out: the graph then has what they take as outputs, does not
 * have what they give, and takes in no more than it still needs. Whoever else in the graph reads a new state (norms of updates
 * do) computes it in the graph as well: what goes out is the same bits either way, as long as gradients are finite.
 */
export function updatesApart(graph: Graph): Parted {
  const { nodes } = graph.live();
  const found = nodes.flatMap((node) => {
    const update = updateOf(node);
    return update !== null && canPart(update, graph) ? [update] : [];
  });
  const updates = found.map((update) => unmasked(update, found, graph) ?? update);
  const given = new Set(updates.flatMap(({ next }) => membersOf(next)));
  const taken = updates.flatMap(({ gradient, stepSize, floor }) => [gradient, stepSize, floor]);
  const outputs = [...new Set([...graph.outputs.filter((output) => !given.has(output)), ...taken])];
  const left = graph.live(outputs);
  const used = new Set(left.nodes.flatMap(({ inputs }) => inputs));
  const state = new Set(updates.flatMap((update) => membersOf(update.state)));
  const inputs = graph.inputs.filter((input) => used.has(input) || !state.has(input));
  return { ...inOnnx(left), inputs, outputs, updates };
}

export function membersOf<T>({ parameter, m, v }: State<T>): readonly [T, T, T] {
  return [parameter, m, v];
}

/** Null where the node is no update. */
function updateOf({ operation, inputs, output }: GraphNode): Update | null {
  if (operation !== adamOperations.parameter) return null;
  const [parameter, nextM, nextV, stepSize, floor] = inputs as readonly Value[];
  const [mean, square] = [nextM!.from!, nextV!.from!];
  return {
    state: { parameter: parameter!, m: mean.inputs[0]!, v: square.inputs[0]! },
    gradient: mean.inputs[1]!,
    reach: null,
    stepSize: stepSize!,
    floor: floor!,
    next: { parameter: output, m: nextM!, v: nextV! },
    beta1: betaOf(mean),
    beta2: betaOf(square),
  };
}

function canPart({ state, next, gradient, stepSize, floor }: Update, { inputs, outputs }: Graph): boolean {
  return (
    membersOf(state).every((value) => inputs.includes(value)) &&
    membersOf(next).every((value) => outputs.includes(value)) &&
    [gradient, stepSize, floor].every(({ from }) => from !== null)
  );
}

/**
 * The same update from a gradient before its mask, where that leaves to every row its first entries, as masks of sorted units
 * do: whoever does the update passes over the rest instead. Null where that cannot be.
 */
function unmasked(update: Update, all: readonly Update[], { outputs }: Graph): Update | null {
  const { operation, inputs } = update.gradient.from!;
  if (operation !== 'Mul') return null;
  for (const [mask, gradient] of [inputs, inputs.toReversed()] as [Value, Value][]) {
    // One of the two may be a column or a row that is repeated.
    const whole = [mask, gradient].every(({ shape }) => isSameShape(shape, update.gradient.shape));
    const reach = whole && gradient.from !== null ? reachOf(mask) : null;
    if (reach === null) continue;
    // Whoever else is given it would see what is written over.
    const takers = all.filter((other) => other.gradient === gradient || other.gradient.from!.inputs.includes(gradient));
    if (takers.length > 1 || outputs.includes(gradient)) continue;
    return { ...update, gradient, reach };
  }
  return null;
}

/** How many entries of each row are 1, if those are its first and the others 0; null if not. */
function reachOf({ values, shape: [rows, columns, ...more] }: Value): Int32Array | null {
  if (!(values instanceof Float32Array) || rows === undefined || columns === undefined || more.length > 0) return null;
  const reach = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [first, behind] = [row * columns, (row + 1) * columns];
    let end = first;
    while (end < behind && values[end] === 1) end++;
    reach[row] = end - first;
    while (end < behind && values[end] === 0) end++;
    if (end < behind) return null;
  }
  return reach;
}

/** Writes 0 where the rows from `begin` to `end` − 1 of a gradient do not reach. @param gradient row by row */
export function clearBehind(gradient: Float32Array, reach: Int32Array, begin = 0, end = reach.length): void {
  const columns = gradient.length / reach.length;
  for (let row = begin; row < end; row++) {
    const behind = (row + 1) * columns;
    // Not `fill`, whose call takes longer than the few entries of a row.
    for (let i = row * columns + reach[row]!; i < behind; i++) gradient[i] = 0;
  }
}

function betaOf({ attributes }: GraphNode): number {
  return (attributes['beta'] as { readonly float: number }).float;
}

/** Operations of Adam as ONNX', rounded where the kernel (`../wasm/adam.wat`) rounds. */
function inOnnx({ nodes, constants }: LiveGraph): LiveGraph {
  const scalars = new Map<number, Value>();
  const written = nodes.flatMap((node) => {
    const writing = new Writing(node, scalars);
    switch (node.operation) {
      case adamOperations.mean:
        return writing.mean();
      case adamOperations.square:
        return writing.square();
      case adamOperations.parameter:
        return writing.parameter();
      default:
        return [node];
    }
  });
  return { nodes: written, constants: [...constants, ...scalars.values()] };
}

/** One node while others are written for it; what they give between is named after its result. */
class Writing {
  readonly #node: GraphNode;
  readonly #scalars: Map<number, Value>;
  readonly #written: GraphNode[] = [];

  constructor(node: GraphNode, scalars: Map<number, Value>) {
    this.#node = node;
    this.#scalars = scalars;
  }

  mean(): readonly GraphNode[] {
    const [m, gradient] = this.#inputs();
    return this.#blended(m!, gradient!);
  }

  square(): readonly GraphNode[] {
    const [v, gradient] = this.#inputs();
    return this.#blended(v!, this.#add('Mul', gradient!, gradient!));
  }

  parameter(): readonly GraphNode[] {
    const [parameter, m, v, stepSize, floor] = this.#inputs();
    const root = this.#add('Add', this.#add('Sqrt', v!), floor!);
    return this.#end('Sub', parameter!, this.#add('Div', this.#add('Mul', m!, stepSize!), root));
  }

  /** β old + (1 − β) new. */
  #blended(old: Value, fresh: Value): readonly GraphNode[] {
    const beta = betaOf(this.#node);
    const [kept, added] = [
      [old, beta],
      [fresh, 1 - beta],
    ].map(([value, share]) => this.#add('Mul', value as Value, this.#scalar(share as number)));
    return this.#end('Add', kept!, added!);
  }

  #inputs(): readonly Value[] {
    return this.#node.inputs as readonly Value[];
  }

  #add(operation: string, ...inputs: readonly Value[]): Value {
    const { name, type, shape } = this.#node.output;
    const output = {
      name: `${name}.${this.#written.length}`,
      type,
      shape,
      values: null,
      from: null as GraphNode | null,
    };
    output.from = this.#node;
    this.#written.push({ operation, inputs, attributes: none, output });
    return output;
  }

  /** With the node's own result. */
  #end(operation: string, ...inputs: readonly Value[]): readonly GraphNode[] {
    return [...this.#written, { operation, inputs, attributes: none, output: this.#node.output }];
  }

  #scalar(value: number): Value {
    let found = this.#scalars.get(value);
    if (found === undefined) {
      found = { name: `adam.${value}`, type: 'float32', shape: [], values: Float32Array.of(value), from: null };
      this.#scalars.set(value, found);
    }
    return found;
  }
}

const none: Attributes = {};
