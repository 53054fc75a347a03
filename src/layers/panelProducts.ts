/**
 * Products of weights with the units below them, for a few rows that go through a network side by side: what ancestral
 * sampling is made of, where units become known a few at a time and no matrix is multiplied whole.
 *
 * Twice the same: in WebAssembly (`panelProducts.wat`, 128-bit vectors), and in plain JavaScript, which is the reference
 * and serves where there are no vectors or no such memory. Both sum in float32 in the same order: equal bit for bit.
 */
import { panelProductsModule } from './panelProductsModule.ts';

/** Rows side by side in a strip. */
export type Lanes = 4 | 16;

/** Memory and what is computed in it. Everything is told by its place in {@link values}. */
export interface PanelProducts {
  readonly values: Float32Array;
  /**
   * target[i, lane] += Σ_k weights[i, k] · source[k, lane] for i < units, k < length: target [units, lanes] and source
   * [length, lanes] without gaps, rows of weights `stride` apart. Float32, over k in turn, from what is in the target.
   */
  add(
    lanes: Lanes,
    target: number,
    weights: number,
    stride: number,
    units: number,
    source: number,
    length: number,
  ): void;
  /** Gives the memory back. Nothing of it may be used afterwards. */
  release(): void;
}

/** Memory kept for the next one: so much of it at most. */
const MAX_IDLE_BYTES = 64 * 2 ** 20;
const PAGE = 2 ** 16;

/** Memory for `size` values, with WebAssembly where that is to be had. What is in it is anything. */
export function panelProducts(size: number): PanelProducts {
  return panelProductsInWasm(size) ?? panelProductsInJavaScript(size);
}

type Kernel = (target: number, weights: number, stride: number, units: number, source: number, length: number) => void;

/** An instance of the module with the memory that belongs to it. */
interface Engine {
  readonly memory: WebAssembly.Memory;
  readonly wide: Kernel;
  readonly narrow: Kernel;
}

let compiled: WebAssembly.Module | null | undefined;
/** A memory is dear: the system keeps gigabytes of addresses for each. */
let idle: Engine | null = null;

/** null where the processor has no vectors, or so much memory is not to be had. */
export function panelProductsInWasm(size: number): PanelProducts | null {
  const engine = engineOf(4 * size);
  if (engine === null) return null;
  const { memory, wide, narrow } = engine;
  return {
    values: new Float32Array(memory.buffer, 0, size),
    add: (lanes, target, weights, stride, units, source, length) => {
      const kernel = lanes === 16 ? wide : narrow;
      kernel(4 * target, 4 * weights, 4 * stride, units, 4 * source, length);
    },
    release: () => {
      if (memory.buffer.byteLength <= MAX_IDLE_BYTES) idle = engine;
    },
  };
}

function engineOf(bytes: number): Engine | null {
  if (compiled === undefined) {
    const module = Buffer.from(panelProductsModule, 'base64');
    compiled = WebAssembly.validate(module) ? new WebAssembly.Module(module) : null;
  }
  if (compiled === null) return null;
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  const kept = idle;
  idle = null;
  try {
    if (kept) {
      const missing = pages - kept.memory.buffer.byteLength / PAGE;
      if (missing > 0) kept.memory.grow(missing);
      return kept;
    }
    const memory = new WebAssembly.Memory({ initial: pages });
    const { wide, narrow } = new WebAssembly.Instance(compiled, { lens: { memory } }).exports;
    return { memory, wide: wide as Kernel, narrow: narrow as Kernel };
  } catch (error) {
    // No room for it: 4 GiB is the most, and there may be less.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export function panelProductsInJavaScript(size: number): PanelProducts {
  const values = new Float32Array(size);
  return {
    values,
    add: (lanes, target, weights, stride, units, source, length) => {
      for (let unit = 0; unit < units; unit++) {
        const row = weights + unit * stride;
        for (let lane = 0; lane < lanes; lane += 4) {
          addFour(values, target + unit * lanes + lane, row, source + lane, length, lanes);
        }
      }
    },
    release: () => undefined,
  };
}

/** Four lanes at a time, so that each weight is read once for four of them. */
function addFour(
  values: Float32Array,
  target: number,
  weights: number,
  source: number,
  length: number,
  lanes: number,
): void {
  let sum0 = values[target]!;
  let sum1 = values[target + 1]!;
  let sum2 = values[target + 2]!;
  let sum3 = values[target + 3]!;
  for (let k = 0, at = source; k < length; k++, at += lanes) {
    const weight = values[weights + k]!;
    sum0 = Math.fround(sum0 + Math.fround(weight * values[at]!));
    sum1 = Math.fround(sum1 + Math.fround(weight * values[at + 1]!));
    sum2 = Math.fround(sum2 + Math.fround(weight * values[at + 2]!));
    sum3 = Math.fround(sum3 + Math.fround(weight * values[at + 3]!));
  }
  values[target] = sum0;
  values[target + 1] = sum1;
  values[target + 2] = sum2;
  values[target + 3] = sum3;
}
