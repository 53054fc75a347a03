/**
 * Seeded random numbers whose whole state can be saved beside a checkpoint.
 *
 * The bits come from xoroshiro128+ (Blackman & Vigna 2018) in the `pure-rand` library; the shapes of
 * distributions come from `d3-random`. Nothing else in the engine may draw random numbers, so that the same
 * seed gives the same run.
 */
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { randomNormal } from 'd3';

/** Everything needed to continue a generator exactly: plain numbers, safe in JSON. */
export type GeneratorState = readonly number[];

/** A stream of random numbers. One stream serves one purpose (shuffling, initial weights, samples ...). */
export class RandomGenerator {
  readonly #bits: JumpableRandomGenerator;
  readonly #standardNormal: () => number;

  private constructor(bits: JumpableRandomGenerator) {
    this.#bits = bits;
    // A new d3 normal caches one deviate of each pair; `normal()` below never relies on that cache surviving.
    this.#standardNormal = () => randomNormal.source(() => this.uniform())(0, 1)();
  }

  /** A stream for `purpose`, independent of the streams of other purposes under the same seed. */
  static seeded(seed: number, purpose = ''): RandomGenerator {
    return new RandomGenerator(xoroshiro128plus(hash(`${seed}/${purpose}`)));
  }

  /** Continues a stream from {@link state}. @throws RangeError when the state is not one of this generator's. */
  static restored(state: GeneratorState): RandomGenerator {
    if (state.length !== 4 || !state.every(Number.isInteger)) {
      throw new RangeError(`generator state must be 4 integers, found ${JSON.stringify(state)}`);
    }
    return new RandomGenerator(xoroshiro128plusFromState(state));
  }

  get state(): GeneratorState {
    return [...this.#bits.getState()];
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return uniformFloat64(this.#bits);
  }

  /** Standard normal. */
  normal(): number {
    return this.#standardNormal();
  }

  /** Uniform integer in [low, high], both included. @throws RangeError when low > high. */
  integer(low: number, high: number): number {
    if (low > high) throw new RangeError(`no integer between ${low} and ${high}`);
    return uniformInt(this.#bits, low, high);
  }

  /** A uniformly random permutation of 0 .. n-1 (Fisher–Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

/** FNV-1a, 32 bits: spreads nearby seeds and purposes over the generator's seed space. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}
