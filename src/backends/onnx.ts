/**
 * ONNX Runtime: whole training steps as one graph each, native, from the npm package alone. On the processor, and on the
 * accelerators that its build and the machine have.
 *
 * Forward passes are graphs, too, where they run often enough (`compiledPasses.ts`); what is none computes on the wasm
 * backend. State stays on the device where its package for Node can leave it there (`onnx/device.ts`), which is WebGPU's; else it
 * lies in the processor's memory, and goes to an accelerator and back with every step.
 */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { messageOf } from '../text/messageOf.ts';
import type { Absent, Backend, Blocks, Device, Rung, StartResult, Threads } from './backend.ts';
import { fileFingerprint, loadNative } from './native/find.ts';
import { nvidiaCard } from './native/nvidia.ts';
import { once } from './native/once.ts';
import { tryNative } from './native/tryNative.ts';
import { initialise, type OnnxBinding } from './onnx/binding.ts';
import { DeviceMemory } from './onnx/device.ts';
import { onnxCompiler } from './onnx/compiler.ts';
import { findOnnxRuntime, onnxRuntimeVersion } from './onnx/find.ts';
import { traceProgram } from './onnx/program.ts';
import { keepsTensors, type Provider, providers, refusal } from './onnx/providers.ts';
import type { OnnxRuntime } from './onnx/sessions.ts';
import { OnnxStorage } from './onnx/storage.ts';
import { wasmRung } from './wasm.ts';
import { webgpuRung } from './webgpu.ts';

/** CUDA's first start on a new card takes its time; the processor's takes 0.2 s. */
const LIMIT_MS = 60_000;

/** Of masked matrices, worth trying: with more, products are too small for what they cost to begin. */
const BLOCKS = [1, 4, 8];

/** In the order of their names in `backend.ts`. */
export const onnxRungs: readonly Rung[] = providers.map(rung);

function rung(provider: Provider): Rung {
  const { name } = provider;
  const absent = (reason: string): Absent => ({ available: false, name, reason });
  const probe = once(async () => {
    const found = findOnnxRuntime(__dirname);
    if (found.file === null) return absent(found.reason);
    if (!provider.platforms.includes(process.platform)) return absent(provider.elsewhere);
    const result = await tryNative('onnx', found.file, { limitMs: LIMIT_MS, args: [provider.id] });
    if (!result.ok) return absent(refusal(provider, result.reason));
    return { available: true as const, name, ...(await describe(provider, found.file)) };
  });
  return {
    name,
    fingerprint: () => `${fileFingerprint(findOnnxRuntime(__dirname))}, ${mostThreads()} threads`,
    probe,
    start: once(async (): Promise<StartResult> => {
      const probed = await probe();
      if (!probed.available) return probed;
      const eager = await wasmRung.start();
      if (!eager.available) return absent(`it computes with the wasm backend, and that is absent: ${eager.reason}`);
      try {
        return { available: true, backend: backendOf(provider, probed, eager.backend) };
      } catch (error) {
        return absent(messageOf(error));
      }
    }),
  };
}

async function describe({ id, device }: Provider, file: string): Promise<Device> {
  const card = id === 'cuda' ? await nvidiaCard() : null;
  const gpu = id === 'webgpu' ? await webgpuRung.probe() : null;
  const imitated = gpu?.available === true && gpu.software;
  const eager = await wasmRung.probe();
  return {
    version: onnxRuntimeVersion(file) ?? 'of unknown version',
    device: card ? `${card.name}, driver ${card.driver}` : imitated ? gpu.device : device,
    // Of the wasm backend, on which a step is computed once before it is compiled.
    memoryBytes: eager.available ? eager.memoryBytes : null,
    largestTensorBytes: null,
    // ONNX Runtime does not tell the adapter; Dawn, by which it computes, takes the same one.
    software: imitated,
  };
}

/** Loaded once for all providers. */
let loaded: { readonly binding: OnnxBinding; readonly storage: OnnxStorage } | null = null;

function load(): NonNullable<typeof loaded> {
  if (loaded !== null) return loaded;
  const found = findOnnxRuntime(__dirname);
  if (found.file === null) throw new Error(found.reason);
  const binding = loadNative(found.file) as OnnxBinding;
  initialise(binding);
  return (loaded = { binding, storage: new OnnxStorage(tf.findBackend('wasm') as BackendWasm) });
}

/** How many are worth trying; `$LENS_ONNX_THREADS` makes them fewer. */
function mostThreads(): number {
  const wanted = Number(process.env['LENS_ONNX_THREADS'] ?? Infinity);
  return Math.max(1, Math.min(availableParallelism(), wanted >= 1 ? Math.floor(wanted) : 1));
}

function backendOf({ id, name }: Provider, device: Device, eager: Backend): Backend {
  let [threads, blocks] = [1, 1];
  const { binding, storage } = load();
  const runtime: OnnxRuntime = {
    binding,
    storage,
    ...(keepsTensors.includes(id) && { memory: new DeviceMemory(binding, id) }),
    choice: () => ({ provider: id, threads, blocks }),
  };
  const choosable: Threads = {
    get most() {
      return mostThreads();
    },
    get count() {
      return threads;
    },
    // Products are cut into other pieces, and their sums taken in another order.
    changesBits: true,
    async use(count) {
      threads = count;
      // Theirs are those of whatever is not compiled.
      await eager.threads?.use(Math.min(threads, eager.threads.most));
    },
  };
  const split: Blocks = {
    counts: BLOCKS,
    get count() {
      return blocks;
    },
    use(count) {
      blocks = count;
    },
  };
  return {
    name,
    engine: eager.engine,
    version: device.version,
    get device() {
      if (id !== 'cpu') return device.device;
      const cut = blocks > 1 ? `, masked matrices in ${blocks} blocks` : '';
      return `${device.device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}${cut}`;
    },
    memoryBytes: device.memoryBytes,
    largestTensorBytes: device.largestTensorBytes,
    software: device.software,
    tf,
    ...(id === 'cpu' && { threads: choosable, blocks: split }),
    compile: onnxCompiler(runtime, traceProgram),
    // Its errors are thrown by the calls that cause them. With a device that is lost goes the state that lay there: a run goes on from
    // its last checkpoint.
    fault: () => null,
  };
}
