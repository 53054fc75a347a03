/** A function of tensors as an ONNX model: what the compiler gives and the session takes. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { messageOf } from '../../text/messageOf.ts';
import { type CompileHints, NotCompilable } from '../compiled.ts';
import type { BlockLayout } from './blocks/layout.ts';
import { type BlockedInput, type BlockedOutput, inBlocks } from './blocks/rewrite.ts';
import { encodeModel } from './encode.ts';
import { Graph, type Value } from './graph.ts';
import { type Numbers, trace, type Trace, type Traced, type TracedCall } from './trace.ts';
import { translations } from './translate/index.ts';

/** Types of TensorFlow.js' tensors that ONNX Runtime computes with, under the same names in both. */
export type TensorType = 'float32' | 'int32' | 'bool';

/** What goes into the graph or comes out of it. */
export interface Port {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** How a masked matrix goes in blocks; left out where it goes whole. */
  readonly blocks?: PortBlocks;
}

export interface PortBlocks {
  readonly layout: BlockLayout;
  readonly parts: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Of an input: whether it must be zero where its mask is. */
  readonly zeroOutside: boolean;
  /** Of an output: the input, counted from 0, that it is like where its mask is; null where it is zero there. */
  readonly outside: number | null;
}

/** What a session takes. */
export interface Encoded {
  /** A `ModelProto`. */
  readonly model: Uint8Array;
  /** In the order of the examples; all must be fed, also those that nothing depends on. */
  readonly inputs: readonly Port[];
  /** In the order of the results. Each is a tensor of its own, also where two are equal, or one is an input. */
  readonly outputs: readonly Port[];
}

export interface Program extends Encoded {
  /** What the function gave of the examples, computed on the current backend. */
  readonly results: readonly Tensor[];
  /** Operations in the graph. */
  readonly nodes: number;
  /** Values that inputs have in every run, by their places. */
  readonly fixed: ReadonlyMap<number, Numbers>;
  /** The same with masked matrices in so many blocks; null where there are none that would gain. */
  inBlocks(count: number): Encoded | null;
}

/**
 * The program of a pure function of tensors, which runs once, on the current backend. To be called within `tf.tidy`.
 * @throws NotCompilable naming what stands in the way: a kernel without a translation and the line that calls it, a value
 *   that is read, a tensor that is no input.
 */
export function traceProgram(
  examples: readonly Tensor[],
  compute: () => readonly Tensor[],
  hints: CompileHints = { fixed: [] },
): Program {
  const fixed = new Map(hints.fixed.map((place) => [place, examples[place]!.dataSync().slice() as Numbers]));
  const traced = trace(examples, compute, (kernel) => !translations.has(kernel));
  const graph = translated(traced);
  return {
    ...encoded(graph, graph.inputs.map(portOf), graph.outputs.map(portOf)),
    results: traced.results,
    nodes: graph.live().nodes.length,
    fixed,
    inBlocks(count) {
      if (fixed.size === 0) return null;
      const byInput = new Map([...fixed].map(([place, values]) => [graph.inputs[place]!, values]));
      const blocked = inBlocks(graph, byInput, count);
      return blocked && encoded(blocked.graph, blocked.inputs.map(blockedPort), blocked.outputs.map(blockedPort));
    },
  };
}

function encoded(graph: Graph, inputs: readonly Port[], outputs: readonly Port[]): Encoded {
  return { model: encodeModel(graph), inputs, outputs };
}

/** The graph of a trace; calls that no result needs are not in it, and need no translation. */
export function translated({ inputs, outputs, calls }: Trace): Graph {
  const graph = new Graph();
  const values = new Map<Traced, Value>();
  for (const input of inputs) values.set(input, graph.input(input.type, input.shape));
  const valueOf = (traced: Traced): Value => {
    const { type, shape, constant } = traced;
    const value = values.get(traced) ?? graph.constant(type, shape, constant!);
    values.set(traced, value);
    return value;
  };
  for (const call of needed(calls, outputs)) {
    const found = translate(graph, call, valueOf);
    for (const [i, output] of call.outputs.entries()) values.set(output, found[i]!);
  }
  for (const output of outputs) graph.output(valueOf(output));
  return graph;
}

function translate(graph: Graph, call: TracedCall, valueOf: (traced: Traced) => Value): readonly Value[] {
  const { kernel, attributes, outputs, source } = call;
  const translation = translations.get(kernel);
  if (!translation) {
    throw new NotCompilable(
      `there is no ONNX translation of the kernel ${kernel}${source ? `, called at ${source}` : ''}`,
    );
  }
  const inputs = Object.fromEntries(Object.entries(call.inputs).map(([name, traced]) => [name, valueOf(traced)]));
  try {
    return [translation({ graph, inputs, attributes, output: outputs[0]!, traced: call })].flat();
  } catch (error) {
    throw new NotCompilable(`the kernel ${kernel} has no ONNX translation here: ${messageOf(error)}`, { cause: error });
  }
}

/** Calls that results depend on, in order. */
function needed(calls: readonly TracedCall[], outputs: readonly Traced[]): TracedCall[] {
  const wanted = new Set(outputs);
  const found: TracedCall[] = [];
  for (const call of calls.toReversed()) {
    if (!call.outputs.some((output) => wanted.has(output))) continue;
    found.push(call);
    for (const input of Object.values(call.inputs)) wanted.add(input);
  }
  return found.reverse();
}

/** Inputs and outputs are of tensors' types: int64 is within alone. */
function portOf({ name, type, shape }: Value): Port {
  return { name, type: type as TensorType, shape };
}

function blockedPort(port: Value | BlockedInput | BlockedOutput): Port {
  if (!('layout' in port)) return portOf(port);
  const { layout, parts } = port;
  return {
    name: parts[0]!.name,
    type: 'float32',
    shape: layout.shape,
    blocks: {
      layout,
      parts,
      zeroOutside: 'zeroOutside' in port && port.zeroOutside,
      outside: 'outside' in port ? port.outside : null,
    },
  };
}
