/** What bounds a training step on ONNX Runtime: where its time goes by its own profiler, and the two floors under it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../../src/backends/backend.ts';
import type { Compile } from '../../src/backends/compiled.ts';
import { startBackend } from '../../src/backends/index.ts';
import { loadNative } from '../../src/backends/native/find.ts';
import { initialise, type OnnxBinding, OnnxTensor, openSession } from '../../src/backends/onnx/binding.ts';
import { apply, plain, type Setting } from '../../src/backends/tuning.ts';
import { findOnnxRuntime } from '../../src/backends/onnx/find.ts';
import {
  type Encoded,
  type NamedUpdate,
  type Port,
  type Program,
  traceProgram,
} from '../../src/backends/onnx/program.ts';
import { OnnxStorage } from '../../src/backends/onnx/storage.ts';
import type { AdamArrays } from '../../src/backends/wasm/adam.ts';
import { median } from './training.ts';
import type { Workload } from './workloads.ts';

/** Milliseconds a step. */
export interface StepProfile {
  readonly firstStepMs: number;
  readonly stepMs: number;
  /** Of the session's run alone: the rest is JavaScript, the batch's upload and the loss read back. */
  readonly runMs: number;
  readonly kinds: Readonly<Record<Kind, number>>;
  /** Of the updates of parameters behind it, by code of the engine's own. */
  readonly updatesMs: number;
  /** Operations that are computed, after ONNX Runtime's own fusions. */
  readonly operations: number;
  readonly floors: { readonly productsMs: number; readonly memoryMs: number };
  readonly machine: { readonly gigaflops: number; readonly gigabytes: number };
  /** Of parameters and optimiser, which come out of a step where they went in. */
  readonly stateMiB: number;
  /** Of what lies between ONNX Runtime's part and the updates. */
  readonly gradientsMiB: number;
  /** Of the whole process, resident. */
  readonly processMiB: number;
}

export const kinds = ['products', 'rows, one by one', 'weights, one by one', 'copies'] as const;
export type Kind = (typeof kinds)[number];

const PRODUCTS = /MatMul|Gemm|Conv/;
const COPIES = /^(Transpose|Concat|Slice|Reshape|Identity|Cast|Gather|Pad|Split|Expand|Squeeze|Unsqueeze|Tile|Memcpy)/;
const STEPS = 60;

export async function profileStep(workload: Workload, setting: Setting): Promise<StepProfile> {
  const backend = await startBackend('onnx');
  await apply(backend, setting);
  const first = workload.prepare(backend);
  const begun = performance.now();
  await first.step();
  const firstStepMs = performance.now() - begun;
  first.dispose();
  const { run, program } = keepingProgram(workload, backend);
  const times: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const start = performance.now();
    await run.step();
    times.push(performance.now() - start);
  }
  const processMiB = process.memoryUsage().rss / 2 ** 20;
  const machine = machinePeaks(setting.threads);
  const encoded = program().encoded({ blocks: setting.blocks, updatesApart: true });
  const profile = profiled(encoded, setting.threads, workload.rows);
  run.dispose();
  await apply(backend, plain);
  const { inputs, outputs } = encoded;
  const bytes = [...inputs, ...outputs].reduce((sum, port) => sum + 4 * entriesOf(port), 0);
  return {
    firstStepMs,
    stepMs: median(times.slice(STEPS / 2)),
    ...profile,
    machine,
    stateMiB: mebibytes(outputs),
    gradientsMiB: mebibytes(encoded.between),
    processMiB,
    floors: { productsMs: profile.flops / machine.gigaflops / 1e6, memoryMs: bytes / machine.gigabytes / 1e6 },
  };
}

function mebibytes(ports: readonly Port[]): number {
  return ports.reduce((sum, port) => sum + 4 * entriesOf(port), 0) / 2 ** 20;
}

/** The workload's own step, and the graph that is made of it. */
function keepingProgram(workload: Workload, backend: Backend) {
  let kept: (() => Program) | null = null;
  const compile: Compile = (examples, compute, hints) => {
    const made: Program[] = [];
    tf.tidy(() => void made.push(traceProgram(examples, compute, hints)));
    kept = () => made[0]!;
    return backend.compile!(examples, compute, hints);
  };
  const run = workload.prepare({ ...backend, compile });
  return {
    run,
    program: () => {
      if (kept === null) throw new Error('no step has been compiled');
      return kept();
    },
  };
}

interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: Shapes;
    readonly output_type_shape?: Shapes;
  };
}
/** One object for each tensor: its type, and its shape. */
type Shapes = readonly Readonly<Record<string, readonly number[]>>[];

function profiled({ model, inputs, outputs, between, updates }: Encoded, threads: number, rows: number) {
  const folder = mkdtempSync(join(tmpdir(), 'lens-profile-'));
  try {
    const choice = { provider: 'cpu', threads };
    const session = openSession(binding(), model, { ...choice, profile: join(folder, 'step') });
    const [feeds, fetches] = [filled(inputs), filled([...outputs, ...between])];
    for (let i = 0; i < STEPS; i++) session.run(feeds, fetches);
    session.endProfiling();
    session.dispose();
    const plain = openSession(binding(), model, choice);
    const runs = timed(() => plain.run(feeds, fetches), STEPS);
    plain.dispose();
    const file = readdirSync(folder).find((name) => name.endsWith('.json'))!;
    const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Event[];
    const nodes = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
    const byName = new Map<string, Event[]>();
    for (const node of nodes) byName.set(node.name, [...(byName.get(node.name) ?? []), node]);
    const found: Record<Kind, number> = { products: 0, 'rows, one by one': 0, 'weights, one by one': 0, copies: 0 };
    // Medians, so that what other programs take in between counts nowhere.
    for (const same of byName.values()) found[kindOf(same[0]!, rows)] += median(same.map(({ dur }) => dur)) / 1000;
    return {
      runMs: median(runs),
      updatesMs: median(timed(updating(updates, feeds), STEPS)),
      kinds: found,
      operations: Math.round(nodes.length / STEPS),
      flops: nodes.reduce((sum, node) => sum + flopsOf(node), 0) / STEPS,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The updates alone, on arrays that lie as they do in a run. */
function updating(updates: readonly NamedUpdate[], feeds: Readonly<Record<string, OnnxTensor>>): () => void {
  const sizes = updates.map(({ state }) => feeds[state.parameter]!.data.length);
  const storage = new OnnxStorage({
    typedArrayFromHeap: () => {
      throw new Error('nothing lies elsewhere');
    },
  });
  storage.room.enter();
  storage.room.makeRoom(sizes.reduce((sum, size) => sum + 3 * 4 * size, 0));
  const taken = sizes.map((size) =>
    Array.from({ length: 7 }, () => storage.room.take('float32', size).fill(0.01) as Float32Array),
  );
  const constants = { beta1: 0.9, beta2: 0.999, stepSize: 0.001, floor: 1e-8 };
  return () => {
    for (const [i, { reach }] of updates.entries())
      storage.room.adam(taken[i] as unknown as AdamArrays, constants, reach);
  };
}

/** What has as many rows as the batch is of its rows; the rest is masks, gradients' sums and an optimiser within. */
function kindOf({ args }: Event, rows: number): Kind {
  const operation = args?.op_name ?? '';
  if (PRODUCTS.test(operation)) return 'products';
  if (COPIES.test(operation)) return 'copies';
  const shapes = [...(args?.input_type_shape ?? []), ...(args?.output_type_shape ?? [])].flatMap((of) =>
    Object.values(of),
  );
  return shapes.some(([first]) => first === rows) ? 'rows, one by one' : 'weights, one by one';
}

/** 2 M N K of a product of matrices: K from the sizes of both factors, however they lie. */
function flopsOf({ args }: Event): number {
  if (!/MatMul|Gemm/.test(args?.op_name ?? '')) return 0;
  const sizes = (shapes: Shapes = []) => shapes.map((of) => sizeOf(Object.values(of)[0] ?? []));
  const [a = 0, b = 0] = sizes(args?.input_type_shape);
  const [product = 1] = sizes(args?.output_type_shape);
  return 2 * product * Math.sqrt((a * b) / product);
}

/** What ONNX Runtime reaches here by itself: a product of matrices of 1024, and a sum of 64 MB arrays. */
function machinePeaks(threads: number): StepProfile['machine'] {
  const alone = (shape: [number, number], compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
    tf.tidy(() => {
      const [a, b] = [tf.ones(shape), tf.ones(shape)];
      const program = traceProgram([a, b], () => [compute(a, b)]);
      const { model, inputs, outputs } = program.encoded({ blocks: 1, updatesApart: false });
      const session = openSession(binding(), model, { provider: 'cpu', threads });
      const [feeds, fetches] = [filled(inputs), filled(outputs)];
      const ms = Math.min(...timed(() => session.run(feeds, fetches), 12));
      session.dispose();
      return ms;
    });
  return {
    gigaflops: (2 * 1024 ** 3) / alone([1024, 1024], (a, b) => tf.matMul(a, b)) / 1e6,
    gigabytes: (3 * 4 * 2 ** 24) / alone([4096, 4096], (a, b) => tf.add(a, b)) / 1e6,
  };
}

function binding(): OnnxBinding {
  const { file } = findOnnxRuntime(__dirname);
  if (file === null) throw new Error('ONNX Runtime is not here');
  const found = loadNative(file) as OnnxBinding;
  initialise(found);
  return found;
}

function filled(ports: readonly Port[]): Record<string, OnnxTensor> {
  return Object.fromEntries(
    ports.flatMap((port) => {
      const { type } = port;
      const make = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[type];
      return partsOf(port).map(({ name, shape }) => {
        const values = new make(sizeOf(shape)).fill(type === 'float32' ? 0.01 : 1);
        return [name, new OnnxTensor(type, values, shape)];
      });
    }),
  );
}

/** What a session knows a port by: itself, or its blocks. */
function partsOf(port: Port): readonly Pick<Port, 'name' | 'shape'>[] {
  return port.blocks?.parts ?? [port];
}

function entriesOf(port: Port): number {
  return partsOf(port).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Milliseconds of every call, the first few left out. */
function timed(call: () => unknown, times: number): number[] {
  return Array.from({ length: times }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  }).slice(Math.min(3, times - 1));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
