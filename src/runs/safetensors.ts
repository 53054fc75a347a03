import type { NamedArrays } from './arrays.ts';

export interface Safetensors {
  readonly arrays: NamedArrays;
  /** The header's `__metadata__`, empty without one. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of a safetensors file: names sorted, data aligned to 8 bytes, little-endian; F32 and I32. */
export function encodeSafetensors(arrays: NamedArrays, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  throw new Error(`not built yet ${Object.keys(arrays).length} ${Object.keys(metadata).length}`);
}

/** @throws RunError naming `file`, the tensor and what is wrong with it. */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  throw new Error(`not built yet ${bytes.length} ${file}`);
}
