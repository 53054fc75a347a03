/** WebAssembly modules of the engine's own that work in the wasm backend's memory. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * The functions of a module, given in base64, which imports its memory as `tfjs.memory`; null where the backend's memory
 * is not to be had, or the processor lacks SIMD.
 */
export function instantiate(backend: BackendWasm, base64: string): WebAssembly.Exports | null {
  // Emscripten keeps it among its exports.
  const { asm } = backend.wasm as unknown as { asm?: { memory?: unknown } };
  const code = Buffer.from(base64, 'base64');
  if (!(asm?.memory instanceof WebAssembly.Memory) || !WebAssembly.validate(code)) return null;
  const imports = { tfjs: { memory: asm.memory } };
  return new WebAssembly.Instance(new WebAssembly.Module(code), imports).exports;
}
