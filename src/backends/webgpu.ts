/**
 * WebGPU: any vendor's GPU, through Dawn for Node (the npm package `webgpu`), with the kernel repairs of `webgpu/`.
 *
 * Values can only be awaited here: `tensor.data()`, never `dataSync()`.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Absent, Device as DeviceFacts, ProbeResult, Rung, StartResult } from './backend.ts';
import { fileFingerprint, loadNative } from './native/find.ts';
import { nvidiaCard } from './native/nvidia.ts';
import { once } from './native/once.ts';
import { tryNative } from './native/tryNative.ts';
import { checkArithmetic } from './probe.ts';
import { type Adapter, type Dawn, type Device, type Gpu, makeGlobal, nameOf, openDevice } from './webgpu/dawn.ts';
import { findDawn } from './webgpu/find.ts';

/** Drivers compile their first shader while this runs. */
const LIMIT_MS = 30_000;

/** What must live as long as the process: collected while in use, it takes the process down. */
const kept: unknown[] = [];

export const webgpuRung: Rung = {
  name: 'webgpu',
  fingerprint: () => fileFingerprint(findDawn(__dirname)),
  probe: once(probe),
  start: once(start),
};

async function probe(): Promise<ProbeResult> {
  if (process.versions['electron']) {
    return absent("it does not run in the editor's own runtime; it needs a Node of its own, `likelihoodLens.nodePath`");
  }
  const found = findDawn(__dirname);
  if (found.file === null) return absent(found.reason);
  const result = await tryNative('webgpu', found.file, { limitMs: LIMIT_MS });
  if (!result.ok) {
    return absent(
      result.reason === 'no adapter'
        ? 'this machine has no GPU that WebGPU can use, or its driver (Vulkan, Metal, Direct3D 12) is not installed'
        : result.reason,
    );
  }
  const { vendor, architecture, name, description, largest, software } = result.answer as unknown as {
    vendor: string;
    architecture: string;
    name: string;
    description: string;
    largest: number;
    software: boolean;
  };
  const info = { vendor, architecture, device: name, description, isFallbackAdapter: software };
  return { available: true, name: 'webgpu', ...(await describe(info, largest)) };
}

async function start(): Promise<StartResult> {
  const probed = await webgpuRung.probe();
  if (!probed.available) return probed;
  const found = findDawn(__dirname);
  if (found.file === null) return absent(found.reason);
  try {
    const dawn = loadNative(found.file) as Dawn;
    const gpu = dawn.create([]);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return absent('its adapter is gone');
    const device = await openDevice(adapter);
    kept.push(dawn, gpu, adapter, device);
    const fault = watch(device);
    await register(dawn, gpu, adapter, device);
    const problem = await checkArithmetic('webgpu');
    if (problem !== null) return absent(problem);
    const about = await describe(adapter.info, adapter.limits['maxStorageBufferBindingSize']!);
    return { available: true, backend: { name: 'webgpu', engine: 'webgpu', ...about, tf, fault } };
  } catch (error) {
    return absent(error instanceof Error ? error.message : String(error));
  }
}

async function register(dawn: Dawn, gpu: Gpu, adapter: Adapter, device: Device): Promise<void> {
  makeGlobal(dawn, gpu);
  // Only now: the package looks for a GPU when it is loaded, and would start it by itself.
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { repairWebgpuKernels } = await import('./webgpu/repairs.ts');
  tf.removeBackend('webgpu');
  type Arguments = ConstructorParameters<typeof WebGPUBackend>;
  const make = () => new WebGPUBackend(device as unknown as Arguments[0], adapter.info as unknown as Arguments[1]);
  tf.registerBackend('webgpu', make, 0);
  repairWebgpuKernels();
}

/** The first error that the device reports beside the calls that caused it. */
function watch(device: Device): () => string | null {
  let fault: string | null = null;
  let leaving = false;
  device.onuncapturederror = ({ error }) => (fault ??= error.message);
  void device.lost.then(({ reason, message }) => {
    if (!leaving) fault ??= `the device was lost (${reason}): ${message}`;
  });
  // Left to the end of the process, its threads outlive what they use.
  process.once('exit', () => {
    leaving = true;
    device.destroy();
  });
  return () => fault;
}

async function describe(info: Adapter['info'], largestTensorBytes: number): Promise<DeviceFacts> {
  const software = info.isFallbackAdapter ?? false;
  const name = nameOf({ info });
  // WebGPU does not tell the memory; NVIDIA's own program does.
  const card = !software && info.vendor === 'nvidia' ? await nvidiaCard() : null;
  return {
    // The packages are released together, and must be of one version.
    version: tf.version_core,
    device: software ? `${name}, a program that stands in for a GPU` : name,
    memoryBytes: card?.memoryBytes ?? null,
    largestTensorBytes,
    software,
  };
}

function absent(reason: string): Absent {
  return { available: false, name: 'webgpu', reason };
}
