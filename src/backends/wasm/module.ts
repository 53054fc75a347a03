/** WebAssembly modules of the engine's own that work in the wasm backend's memory. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** One module, assembled for a memory of one thread and for one that threads share, in base64. */
export interface Assembled {
  readonly own: string;
  readonly shared: string;
}

/** The functions of a module in the backend's memory; null where that is not to be had, or the processor lacks SIMD. */
export function instantiate(backend: BackendWasm, module: Assembled): WebAssembly.Exports | null {
  // Emscripten keeps it among its exports, or, where threads share it, beside them.
  const { asm, wasmMemory } = backend.wasm as unknown as { asm?: { memory?: unknown }; wasmMemory?: unknown };
  const memory = asm?.memory ?? wasmMemory;
  return memory instanceof WebAssembly.Memory ? instantiateIn(memory, module) : null;
}

/** The functions of a module, which imports its memory as `tfjs.memory`; null where the processor lacks SIMD. */
export function instantiateIn(memory: WebAssembly.Memory, module: Assembled): WebAssembly.Exports | null {
  const code = Buffer.from(memory.buffer instanceof SharedArrayBuffer ? module.shared : module.own, 'base64');
  if (!WebAssembly.validate(code)) return null;
  return new WebAssembly.Instance(new WebAssembly.Module(code), { tfjs: { memory } }).exports;
}
