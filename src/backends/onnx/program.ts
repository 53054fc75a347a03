/** A function of tensors as an ONNX model: what the compiler gives and the session takes. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { messageOf } from '../../text/messageOf.ts';
import { type CompileHints, NotCompilable } from '../compiled.ts';
import type { BlockLayout } from './blocks/layout.ts';
import { type BlockedInput, type BlockedOutput, inBlocks } from './blocks/rewrite.ts';
import { encodeModel } from './encode.ts';
import { Graph, sizeOf, type Value } from './graph.ts';
import { type Numbers, trace, type Trace, type Traced, type TracedCall } from './trace.ts';
import { translations } from './translate/index.ts';
import { membersOf, type Parted, type State, type Update, updatesApart, updatesWithin } from './updates.ts';

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

/** How a program is written down. */
export interface Form {
  /** Into how many blocks masked matrices are cut, where that gains anything; 1 for none. */
  readonly blocks: number;
  /** Whether updates of parameters are left to the caller, where that can be. */
  readonly updatesApart: boolean;
}

/** What a session takes, and what is to be done after each run of it. */
export interface Encoded {
  /** A `ModelProto`. */
  readonly model: Uint8Array;
  /** In the order of the examples; the model takes all but those that updates alone need. */
  readonly inputs: readonly Port[];
  /** In the order of the results. Each is a tensor of its own, also where two are equal, or one is an input. */
  readonly outputs: readonly Port[];
  /** What the model gives for updates alone. */
  readonly between: readonly Pick<Port, 'name' | 'type' | 'shape'>[];
  /** They write those outputs that the model does not give. */
  readonly updates: readonly NamedUpdate[];
}

/** An update by the names of what it takes and gives: inputs, outputs and what is between. */
export interface NamedUpdate extends Pick<Update, 'beta1' | 'beta2' | 'reach'> {
  readonly state: State<string>;
  readonly next: State<string>;
  readonly gradient: string;
  readonly stepSize: string;
  readonly floor: string;
}

export interface Program {
  /** What the function gave of the examples, computed on the current backend. */
  readonly results: readonly Tensor[];
  /** Operations in the graph. */
  readonly nodes: number;
  /** Values that inputs have in every run, by their places. */
  readonly fixed: ReadonlyMap<number, Numbers>;
  /** Of what could be updated apart: parameters and what the optimiser keeps of them. */
  readonly stateBytes: number;
  encoded(form: Form): Encoded;
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
  const whole = updatesWithin(graph);
  return {
    results: traced.results,
    nodes: whole.nodes.length,
    fixed,
    stateBytes: bytesOf(updatesApart(graph).updates),
    encoded({ blocks, updatesApart: apart }) {
      const byInput = new Map([...fixed].map(([place, values]) => [graph.inputs[place]!, values]));
      const blocked = blocks > 1 && fixed.size > 0 ? inBlocks(graph, byInput, blocks) : null;
      const { graph: chosen, inputs, outputs } = blocked ?? { graph, inputs: graph.inputs, outputs: graph.outputs };
      const parted = apart ? updatesApart(chosen) : blocked ? updatesWithin(chosen) : whole;
      return encoded(parted, inputs.map(portOf), outputs.map(portOf));
    },
  };
}

function encoded(parted: Parted, inputs: readonly Port[], outputs: readonly Port[]): Encoded {
  const results = new Set(outputs.flatMap(({ name, blocks }) => blocks?.parts.map((part) => part.name) ?? [name]));
  return {
    model: encodeModel(parted),
    inputs,
    outputs,
    between: parted.outputs.filter(({ name }) => !results.has(name)).map(plainPort),
    updates: parted.updates.map(({ state, next, gradient, stepSize, floor, ...numbers }) => ({
      ...numbers,
      state: namesOf(state),
      next: namesOf(next),
      gradient: gradient.name,
      stepSize: stepSize.name,
      floor: floor.name,
    })),
  };
}

function namesOf({ parameter, m, v }: State<Value>): State<string> {
  return { parameter: parameter.name, m: m.name, v: v.name };
}

function bytesOf(updates: readonly Update[]): number {
  const values = updates.flatMap(({ state }) => membersOf(state));
  return values.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
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
function plainPort({ name, type, shape }: Value): Port {
  return { name, type: type as TensorType, shape };
}

function portOf(port: Value | BlockedInput | BlockedOutput): Port {
  if (!('layout' in port)) return plainPort(port);
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
