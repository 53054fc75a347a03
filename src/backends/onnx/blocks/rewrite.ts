/** A graph anew, its masked matrices in blocks and its axes sorted for them: the same numbers but for rounding. */
import { Graph, type GraphNode, type Value } from '../graph.ts';
import type { Numbers } from '../trace.ts';
import { adamOperations } from '../translate/adam.ts';
import { Axes, integersOf } from './axes.ts';
import { DenseValues, type OrderOf } from './dense.ts';
import { type BlockLayout, layoutOf, layoutSize } from './layout.ts';
import { concat, cut, gemm, widened } from './operations.ts';
import { isGradientProduct, type Sheet, sheetsOf } from './sheets.ts';
import { orderOf, ordersOf } from './sorting.ts';

/** An input or output of the graph that goes in blocks. */
export interface BlockedPort {
  readonly layout: BlockLayout;
  readonly parts: readonly Value[];
}

export interface BlockedInput extends BlockedPort {
  /** Whether it must be zero where the mask is. */
  readonly zeroOutside: boolean;
}

export interface BlockedOutput extends BlockedPort {
  /** Which input, counted from 0, it is like where the mask is; null where it is zero there. */
  readonly outside: number | null;
}

/** One port for every port of the graph as it was, in their order. */
export interface BlockedGraph {
  readonly graph: Graph;
  readonly inputs: readonly (Value | BlockedInput)[];
  readonly outputs: readonly (Value | BlockedOutput)[];
}

/** A matrix is left whole if its blocks would have more than this share of its entries. */
const WORTHWHILE = 0.85;
/** Rows of a block at least: below, products are over before they are fast. */
const FEWEST_ROWS = 32;

/**
 * @param fixed values of inputs that are the same in every run
 * @param groups of rows that a masked matrix is cut into
 * @returns null where there is nothing to gain
 */
export function inBlocks(graph: Graph, fixed: ReadonlyMap<Value, Numbers>, groups: number): BlockedGraph | null {
  const { nodes } = graph.live();
  const { inputs, outputs } = graph;
  const sheets = sheetsOf({ inputs, outputs, nodes, fixed });
  if (sheets.size === 0) return null;
  const axes = new Axes(nodes, (value) => sheets.has(value));
  const orders = ordersOf(sheets.values(), axes);
  const layouts = new Map<Sheet, BlockLayout>();
  for (const sheet of new Set(sheets.values())) {
    const { shape } = sheet.mask;
    const [height, width] = shape as readonly [number, number];
    const along = (axis: number, size: number) =>
      orderOf(sheet.mask, axis, axes, orders) ?? Int32Array.from({ length: size }, (_, i) => i);
    const layout = layoutOf(sheet.maskValues, [height, width], {
      rows: along(0, height),
      columns: along(1, width),
      groups: Math.max(1, Math.min(groups, Math.floor(height / FEWEST_ROWS))),
    });
    if (layoutSize(layout) <= WORTHWHILE * height * width) layouts.set(sheet, layout);
  }
  if (layouts.size === 0) return null;
  const sheetOf = (value: Value) => {
    const sheet = sheets.get(value);
    return sheet && layouts.has(sheet) ? sheet : null;
  };
  const order = (value: Value, axis: number) => orderOf(value, axis, axes, orders);
  return new Rewriting({ old: graph, nodes, sheetOf, layouts, order }).all();
}

interface Given {
  readonly old: Graph;
  readonly nodes: readonly GraphNode[];
  /** Of values that go in blocks. */
  readonly sheetOf: (value: Value) => Sheet | null;
  readonly layouts: ReadonlyMap<Sheet, BlockLayout>;
  readonly order: OrderOf;
}

class Rewriting {
  readonly #graph = new Graph();
  readonly #given: Given;
  readonly #dense: DenseValues;
  readonly #blocks = new Map<Value, readonly Value[]>();

  constructor(given: Given) {
    this.#given = given;
    this.#dense = new DenseValues(this.#graph, given.order);
  }

  all(): BlockedGraph {
    const { old, nodes, sheetOf } = this.#given;
    const inputs = old.inputs.map((input) => this.#input(input));
    for (const node of nodes) {
      const sheet = sheetOf(node.output);
      if (sheet !== null) this.#blocks.set(node.output, this.#parts(node, sheet));
      else if (isUpdate(node)) this.#dense.setAsItCame(node.output, this.#updated(node));
      else this.#dense.set(node.output, this.#whole(node));
    }
    return { graph: this.#graph, inputs, outputs: old.outputs.map((output) => this.#output(output)) };
  }

  #layout(sheet: Sheet): BlockLayout {
    return this.#given.layouts.get(sheet)!;
  }

  #input(input: Value): Value | BlockedInput {
    const { sheetOf } = this.#given;
    const sheet = sheetOf(input);
    if (sheet === null || input === sheet.mask) {
      const given = this.#graph.input(input.type as 'float32', input.shape);
      // Of a mask that goes in blocks, these are constants.
      if (sheet === null) this.#dense.setAsItCame(input, given);
      else this.#blocks.set(input, this.#maskParts(sheet));
      return given;
    }
    const layout = this.#layout(sheet);
    const parts = layout.blocks.map(({ begin, end, extent }) => this.#graph.input('float32', [end - begin, extent]));
    this.#blocks.set(input, parts);
    return { layout, parts, zeroOutside: sheet.inputs.get(input)! };
  }

  #maskParts(sheet: Sheet): Value[] {
    const { blocks, live } = this.#layout(sheet);
    return blocks.map(({ begin, end, extent }, b) =>
      this.#graph.constant('float32', [end - begin, extent], Float32Array.from(live[b]!)),
    );
  }

  #output(output: Value): Value | BlockedOutput {
    const sheet = this.#given.sheetOf(output);
    if (sheet === null) {
      this.#graph.output(this.#dense.asItCame(output));
      return this.#graph.outputs.at(-1)!;
    }
    const parts = this.#blocks.get(output)!.map((part) => {
      this.#graph.output(part);
      return this.#graph.outputs.at(-1)!;
    });
    const outside = sheet.outputs.get(output) ?? null;
    return { layout: this.#layout(sheet), parts, outside: outside && this.#given.old.inputs.indexOf(outside) };
  }

  /** Of a dense state, which an optimiser updates as it lies, in the old order. */
  #updated({ operation, inputs, attributes, output }: GraphNode): Value {
    const operands = inputs.map((input) => this.#dense.asItCame(input!));
    return this.#graph.node(operation, operands, output, attributes);
  }

  /** A node whose result is dense. */
  #whole(node: GraphNode): Value {
    const { operation, inputs, attributes, output } = node;
    const sheet = inputs.map((input) => input && this.#given.sheetOf(input)).find((found) => found !== null);
    if (sheet) {
      if (operation === 'Gemm') return this.#product(node, sheet);
      if (operation === 'ReduceSum') return this.#sum(node, sheet);
    }
    return this.#graph.node(
      operation,
      inputs.map((input) => input && this.#dense.of(input)),
      output,
      attributes,
    );
  }

  /** A node whose result goes in blocks. */
  #parts(node: GraphNode, sheet: Sheet): readonly Value[] {
    const { operation, inputs, attributes, output } = node;
    const { blocks } = this.#layout(sheet);
    if (isGradientProduct(node)) return this.#gradient(node, sheet);
    if (operation === 'Mul' && inputs.includes(sheet.mask)) {
      const other = inputs.find((input) => input !== sheet.mask)!;
      // Blocks are zero where their mask is, from the start.
      if (sheet.masked.has(other)) return this.#blocks.get(other)!;
    }
    return blocks.map(({ begin, end, extent }, b) => {
      const shape = [end - begin, extent];
      const operands = inputs.map((input) => {
        if (input === null) return null;
        return this.#given.sheetOf(input) === null
          ? this.#part(input, { begin, end, extent })
          : this.#blocks.get(input)![b]!;
      });
      return this.#graph.node(operation, operands, { type: output.type, shape }, attributes);
    });
  }

  /** Of a dense operand that is repeated along rows or columns, what a block takes. */
  #part(
    value: Value,
    { begin, end, extent }: { readonly begin: number; readonly end: number; readonly extent: number },
  ) {
    const { shape } = value;
    const rank = shape.length;
    let part = this.#dense.of(value);
    if (rank > 0 && shape[rank - 1] !== 1) part = cut(this.#graph, part, rank - 1, 0, extent);
    if (rank > 1 && shape[rank - 2] !== 1) part = cut(this.#graph, part, rank - 2, begin, end);
    return part;
  }

  #gradient({ inputs }: GraphNode, sheet: Sheet): Value[] {
    const { mask } = sheet;
    const [by, from] = [this.#dense.like(inputs[0]!, 1, mask, 0), this.#dense.like(inputs[1]!, 1, mask, 1)];
    return this.#layout(sheet).blocks.map(({ begin, end, extent }) =>
      gemm(this.#graph, cut(this.#graph, by, 1, begin, end), cut(this.#graph, from, 1, 0, extent), {
        transA: true,
        shape: [end - begin, extent],
      }),
    );
  }

  /** a W or a Wᵀ. */
  #product({ inputs, attributes, output }: GraphNode, sheet: Sheet): Value {
    const { order } = this.#given;
    const parts = this.#blocks.get(inputs[1]!)!;
    const { blocks } = this.#layout(sheet);
    const rows = output.shape[0]!;
    const upright = (attributes['transB'] as { int: number } | undefined)?.int !== 1;
    const { mask } = sheet;
    const a = this.#dense.like(inputs[0]!, 1, mask, upright ? 0 : 1);
    /** The result in the order of its own axis. */
    const own = (product: Value) => this.#dense.reordered(product, 1, order(mask, upright ? 1 : 0), order(output, 1));
    if (!upright) {
      const pieces = blocks.map(({ begin, end, extent }, b) =>
        gemm(this.#graph, cut(this.#graph, a, 1, 0, extent), parts[b]!, { transB: true, shape: [rows, end - begin] }),
      );
      return own(concat(this.#graph, pieces, 1, output));
    }
    // From the narrowest to the widest, each added to as it is made.
    const byExtent = [...blocks.keys()].sort((i, j) => blocks[i]!.extent - blocks[j]!.extent);
    let sum: Value | null = null;
    for (const b of byExtent) {
      const { begin, end, extent } = blocks[b]!;
      const before: Value | null = sum && widened(this.#graph, sum, extent);
      sum = gemm(this.#graph, cut(this.#graph, a, 1, begin, end), parts[b]!, { shape: [rows, extent], plus: before });
    }
    return own(widened(this.#graph, sum!, output.shape[1]!));
  }

  #sum({ operation, inputs, attributes, output }: GraphNode, sheet: Sheet): Value {
    const parts = this.#blocks.get(inputs[0]!)!;
    const lists = this.#dense.of(inputs[1]!);
    const axes = integersOf(inputs[1]!);
    if (axes.length === 2) {
      const sums = parts.map((part) => this.#graph.node(operation, [part, lists], output, attributes));
      return sums.length === 1 ? sums[0]! : this.#graph.node('Sum', sums, output);
    }
    const { blocks } = this.#layout(sheet);
    const pieces = parts.map((part, b) => {
      const shape = output.shape.with(0, blocks[b]!.end - blocks[b]!.begin);
      return this.#graph.node(operation, [part, lists], { type: output.type, shape }, attributes);
    });
    return concat(this.#graph, pieces, 0, output);
  }
}

function isUpdate({ operation }: GraphNode): boolean {
  return (Object.values(adamOperations) as readonly string[]).includes(operation);
}
