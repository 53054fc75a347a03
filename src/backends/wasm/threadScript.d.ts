declare module '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js' {
  /** What a thread runs. */
  export const wasmWorkerContents: string;
}
