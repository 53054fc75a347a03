/**
 * TensorFlow's own library through `@tensorflow/tfjs-node-gpu`: two rungs, one loader. The library takes an NVIDIA card
 * if it can and the processor otherwise, without a word; `tensorflow-gpu` is there only when it has taken the card.
 */
import { totalmem } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { Absent, BackendName, Device, ProbeResult, Rung, StartResult } from './backend.ts';
import { fileFingerprint, loadNative } from './native/find.ts';
import { nvidiaCard } from './native/nvidia.ts';
import { once } from './native/once.ts';
import { quietTensorFlow, tryNative } from './native/tryNative.ts';
import { checkArithmetic } from './probe.ts';
import { addFusedAdam } from './tensorflow/adam.ts';
import type { NativeBackend } from './tensorflow/binding.ts';
import { findBinding } from './tensorflow/find.ts';
import { graphCompiler } from './tensorflow/graph.ts';
import { restoreUtil } from './tensorflow/polyfill.ts';
import { repairStep } from './tensorflow/repairs.ts';

/** CUDA's first start on a new card takes its time. */
const LIMIT_MS = 60_000;
/** TensorFlow leaves so much of a card's memory to the driver and its own libraries. */
const USABLE = 0.85;

type Name = Extract<BackendName, 'tensorflow' | 'tensorflow-gpu'>;

export const tensorflowRung: Rung = rung('tensorflow');
export const tensorflowGpuRung: Rung = rung('tensorflow-gpu');

function rung(name: Name): Rung {
  return {
    name,
    fingerprint: () => fileFingerprint(findBinding(__dirname)),
    probe: async () => {
      const found = await probeLibrary();
      if (!found.ok) return absent(name, found.reason);
      const mismatch = wrongDevice(name, found.gpu);
      if (mismatch !== null) return absent(name, mismatch);
      return { available: true, name, ...(await describe(found.version, found.gpu)) };
    },
    start: async () => {
      const probed = await rung(name).probe();
      return probed.available ? startAs(name, probed) : probed;
    },
  };
}

type Library =
  | { readonly ok: true; readonly file: string; readonly version: string; readonly gpu: boolean }
  | { readonly ok: false; readonly reason: string };

const probeLibrary = once(async (): Promise<Library> => {
  const found = findBinding(__dirname);
  if (found.file === null) return { ok: false, reason: found.reason };
  const result = await tryNative('tensorflow', found.file, { limitMs: LIMIT_MS });
  if (!result.ok) return { ok: false, reason: `${found.file} cannot be used: ${result.reason}` };
  const { version, gpu } = result.answer as unknown as { version: string; gpu: boolean };
  return { ok: true, file: found.file, version, gpu };
});

function wrongDevice(name: Name, gpu: boolean): string | null {
  if (name === 'tensorflow') return gpu ? 'TensorFlow has taken the graphics card; it is tensorflow-gpu' : null;
  if (gpu) return null;
  return 'TensorFlow found no NVIDIA card that it can use, or was built without CUDA, and computes on the processor';
}

async function describe(version: string, gpu: boolean): Promise<Device> {
  const card = gpu ? await nvidiaCard() : null;
  const onCard = card ? `${card.name}, driver ${card.driver}` : 'an NVIDIA card';
  return {
    version: `${tf.version_core} on TensorFlow ${version}`,
    device: gpu ? onCard : 'native code on all processors',
    memoryBytes: gpu ? card && Math.floor(card.memoryBytes * USABLE) : totalmem(),
    largestTensorBytes: null,
    software: false,
  };
}

/** Loads it into this process, where it has been seen to work in one of its own. */
const load = once(async (): Promise<string | null> => {
  const found = await probeLibrary();
  if (!found.ok) return found.reason;
  try {
    restoreUtil();
    for (const [key, value] of Object.entries(quietTensorFlow)) process.env[key] ??= value;
    const { NodeJSKernelBackend } = await import('./tensorflow/kernels.ts');
    type Binding = ConstructorParameters<typeof NodeJSKernelBackend>[0];
    const binding = loadNative(found.file) as Binding;
    tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'), 0);
    const problem = await checkArithmetic('tensorflow');
    if (problem !== null) return problem;
    addFusedAdam(nativeBackend());
    repairStep(nativeBackend());
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
});

async function startAs(name: Name, device: Extract<ProbeResult, { available: true }>): Promise<StartResult> {
  const problem = await load();
  if (problem !== null) return absent(name, problem);
  const { version, memoryBytes, largestTensorBytes, software } = device;
  return {
    available: true,
    backend: {
      name,
      engine: 'tensorflow',
      version,
      device: device.device,
      memoryBytes,
      largestTensorBytes,
      software,
      tf,
      ...(name === 'tensorflow' && { compile: graphCompiler(nativeBackend()) }),
      // Its errors are thrown by the calls that cause them.
      fault: () => null,
    },
  };
}

function nativeBackend(): NativeBackend {
  return tf.findBackend('tensorflow') as NativeBackend;
}

function absent(name: Name, reason: string): Absent {
  return { available: false, name, reason };
}
