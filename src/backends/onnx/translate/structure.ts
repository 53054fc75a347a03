/** Kernels that move numbers about: shapes, axes, slices, indices. */
import { NotCompilable } from '../../compiled.ts';
import type { Attribute, Graph, Value } from '../graph.ts';
import { axesOf, padded, reshaped, transposed, type Translation, type Translations } from './translation.ts';

const int = (value: number): Attribute => ({ int: value });

/** All kernels whose output is the input under another shape. */
const reshape: Translation = ({ graph, inputs, output }) =>
  reshaped(graph, (inputs['x'] ?? inputs['input'])!, output.shape);

/** x[begin …, begin + size …], of axes that are cut. */
function sliced(graph: Graph, x: Value, begin: readonly number[], shape: readonly number[]): Value {
  const cut = [...x.shape.keys()].filter((axis) => shape[axis] !== x.shape[axis]);
  if (cut.length === 0) return x;
  const [begins, ends] = [cut.map((axis) => begin[axis]!), cut.map((axis) => begin[axis]! + shape[axis]!)];
  const lists = [begins, ends, cut].map((list) => graph.integers(list));
  return graph.node('Slice', [x, ...lists], { type: x.type, shape });
}

const slice: Translation = ({ graph, inputs: { x }, attributes, output }) => {
  const given = [attributes['begin'] as number | number[]].flat();
  return sliced(
    graph,
    x!,
    x!.shape.map((_, axis) => given[axis] ?? 0),
    output.shape,
  );
};

const reverse: Translation = ({ graph, inputs: { x }, attributes }) => {
  const axes = axesOf(attributes['dims'] as number | number[], x!.shape.length);
  // From the last to before the first, however many there are.
  const lists = [axes.map(() => -1), axes.map(() => -(2 ** 31)), axes, axes.map(() => -1)];
  return graph.node('Slice', [x!, ...lists.map((list) => graph.integers(list))], { type: x!.type, shape: x!.shape });
};

const split: Translation = ({ graph, inputs: { x }, attributes, traced }) => {
  const [axis] = axesOf(attributes['axis'] as number, x!.shape.length) as [number];
  let done = 0;
  return traced.outputs.map(({ shape }) => {
    const begin = x!.shape.map((_, i) => (i === axis ? done : 0));
    done += shape[axis]!;
    return sliced(graph, x!, begin, shape);
  });
};

const concat: Translation = ({ graph, inputs, attributes, output }) => {
  const [axis] = axesOf(attributes['axis'] as number, output.shape.length) as [number];
  const values = Object.values(inputs);
  return values.length === 1 ? values[0]! : graph.node('Concat', values, output, { axis: int(axis) });
};

const pack: Translation = ({ graph, inputs, attributes, output }) => {
  const [axis] = axesOf(attributes['axis'] as number, output.shape.length) as [number];
  const one = output.shape.map((size, i) => (i === axis ? 1 : size));
  const values = Object.values(inputs).map((value) => reshaped(graph, value, one));
  return graph.node('Concat', values, output, { axis: int(axis) });
};

const unpack: Translation = ({ graph, inputs: { value }, attributes, traced }) => {
  const [axis] = axesOf(attributes['axis'] as number, value!.shape.length) as [number];
  const one = value!.shape.map((size, i) => (i === axis ? 1 : size));
  return traced.outputs.map(({ shape }, i) => {
    const begin = value!.shape.map((_, j) => (j === axis ? i : 0));
    return reshaped(graph, sliced(graph, value!, begin, one), shape);
  });
};

/** Repeating along axes of size 1 is broadcasting, which whoever takes the result may do by itself. */
const tile: Translation = ({ graph, inputs: { x }, attributes, output }) => {
  const reps = attributes['reps'] as number[];
  if (reps.every((times) => times === 1)) return x!;
  if (reps.every((times, axis) => times === 1 || x!.shape[axis] === 1)) {
    return graph.node('Expand', [x!, graph.integers(output.shape)], output);
  }
  return graph.node('Tile', [x!, graph.integers(reps)], output);
};

const pad: Translation = ({ graph, inputs: { x }, attributes }) => {
  const paddings = attributes['paddings'] as readonly (readonly [number, number])[];
  const [before, after] = [paddings.map(([first]) => first), paddings.map(([, last]) => last)];
  return padded(graph, x!, before, after, attributes['constantValue'] as number);
};

const gather: Translation = ({ graph, inputs: { x, indices }, attributes, output }) => {
  if (attributes['batchDims'] !== 0) throw new NotCompilable('it gathers each entry of a batch by indices of its own');
  const [axis] = axesOf(attributes['axis'] as number, x!.shape.length) as [number];
  return graph.node('Gather', [x!, indices!], output, { axis: int(axis) });
};

/** Σ of slices by segment. Slices of no segment are added to one more, which is cut off. */
const segmentSum: Translation = ({ graph, inputs: { x, segmentIds }, attributes, output }) => {
  const segments = attributes['numSegments'] as number;
  const ids = segmentIds!;
  const none = graph.scalar(segments, 'int32');
  const bool = { type: 'bool', shape: ids.shape } as const;
  const inside = graph.node(
    'And',
    [graph.node('GreaterOrEqual', [ids, graph.scalar(0, 'int32')], bool), graph.node('Less', [ids, none], bool)],
    bool,
  );
  const segment = graph.node('Where', [inside, ids, none], ids);
  const places = graph.node('Cast', [segment], { type: 'int64', shape: ids.shape }, { to: { type: 'int64' } });
  const shape = [segments + 1, ...output.shape.slice(1)];
  const zeros = graph.node('Expand', [graph.scalar(0, output.type), graph.integers(shape)], {
    type: output.type,
    shape,
  });
  const lists = reshaped(graph, places, [...ids.shape, 1]);
  const sums = graph.node(
    'ScatterND',
    [zeros, lists, x!],
    { type: output.type, shape },
    { reduction: { text: 'add' } },
  );
  return sliced(
    graph,
    sums,
    shape.map(() => 0),
    output.shape,
  );
};

const cumsum: Translation = ({ graph, inputs: { x }, attributes, output }) => {
  const [axis] = axesOf(attributes['axis'] as number, x!.shape.length) as [number];
  const [exclusive, reverse] = [attributes['exclusive'], attributes['reverse']].map((flag) => int(flag ? 1 : 0));
  const at = graph.constant('int64', [], BigInt64Array.of(BigInt(axis)));
  return graph.node('CumSum', [x!, at], output, { exclusive: exclusive!, reverse: reverse! });
};

const cast: Translation = ({ graph, inputs: { x }, output }) =>
  graph.node('Cast', [x!], output, { to: { type: output.type } });

export const structure: Translations = {
  Cast: cast,
  Concat: concat,
  Cumsum: cumsum,
  ExpandDims: reshape,
  GatherV2: gather,
  Pack: pack,
  PadV2: pad,
  Reshape: reshape,
  Reverse: reverse,
  Slice: slice,
  SplitV: split,
  Tile: tile,
  Transpose: ({ graph, inputs: { x }, attributes }) => transposed(graph, x!, attributes['perm'] as number[]),
  Unpack: unpack,
  UnsortedSegmentSum: segmentSum,
};
