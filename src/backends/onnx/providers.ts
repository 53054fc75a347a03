/** What ONNX Runtime computes on: its execution providers, and in which words one is missing. */
import type { BackendName } from '../backend.ts';

export interface Provider {
  readonly name: Extract<BackendName, 'onnx' | `onnx-${string}`>;
  /** ONNX Runtime's own name. */
  readonly id: 'cpu' | 'cuda' | 'webgpu' | 'dml' | 'coreml';
  /** For people. */
  readonly device: string;
  readonly platforms: readonly NodeJS.Platform[];
  /** Why it is absent on other platforms. */
  readonly elsewhere: string;
  /** What to do where ONNX Runtime lacks it. */
  readonly missing: string;
}

/** Those in whose memory the package for Node can leave a result. */
export const keepsTensors: readonly Provider['id'][] = ['webgpu'];

const everywhere: readonly NodeJS.Platform[] = ['linux', 'darwin', 'win32'];

/** In the order of their names in `backend.ts`. */
export const providers: readonly Provider[] = [
  {
    name: 'onnx-cuda',
    id: 'cuda',
    device: 'an NVIDIA card',
    platforms: ['linux'],
    elsewhere: 'ONNX Runtime for Node has CUDA on Linux only; onnx-webgpu and onnx-dml serve NVIDIA cards, too',
    missing:
      'the CUDA part of ONNX Runtime is not there, or not the CUDA 12 libraries and driver that it needs; ' +
      '`npm install onnxruntime-node --ignore-scripts=false --onnxruntime-node-install=cuda12` in a folder of your ' +
      'choice downloads that part, and LENS_ONNXRUNTIME can name the folder',
  },
  {
    name: 'onnx-dml',
    id: 'dml',
    device: 'a graphics card, through DirectML',
    platforms: ['win32'],
    elsewhere: 'DirectML is a part of Windows',
    missing: 'this machine has no graphics card that DirectML can use',
  },
  {
    name: 'onnx-coreml',
    id: 'coreml',
    device: 'Apple’s processors, through CoreML',
    platforms: ['darwin'],
    elsewhere: 'CoreML is a part of macOS',
    missing: 'CoreML does not take the products of matrices here',
  },
  {
    name: 'onnx-webgpu',
    id: 'webgpu',
    device: 'a graphics card, through WebGPU',
    platforms: everywhere,
    elsewhere: 'ONNX Runtime has no WebGPU on this system',
    missing: 'this machine has no GPU that WebGPU can use, or its driver (Vulkan, Metal, Direct3D 12) is not installed',
  },
  {
    name: 'onnx',
    id: 'cpu',
    device: 'native code',
    platforms: everywhere,
    elsewhere: 'ONNX Runtime for Node is made for Linux, macOS and Windows',
    missing: 'ONNX Runtime does not start',
  },
];

/** What its libraries say where the machine lacks what a provider computes on. */
const LACKING = /Failed to load shared library|Failed to get a WebGPU adapter|is unsupported|No supported adapters/i;

/** Why a provider that was tried is absent: known ways in words for people, others in its own. */
export function refusal({ missing }: Provider, said: string): string {
  return LACKING.test(said) ? missing : `it was tried, and failed: ${said}`;
}
