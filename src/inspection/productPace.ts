/** How many vector–Jacobian products are computed at a time. */
import { rowsOfProducts } from '../training/evaluate.ts';

/**
 * What a chunk of products should take while training goes on, and while nothing does: then a request may wait so long.
 * Longer ones are cheaper by the product, since every chunk packs the weights anew.
 */
const CHUNK_MS = { training: 20, free: 90 } as const;
/** Products in one chunk. Fewer would pay mostly for packing the weights; more need memory. */
const MIN_PACE = 32;
const MAX_PACE = 1024;
/** Products that nobody has timed yet. */
const FIRST_PACE = { training: 64, free: 400 } as const;
/** A forward pass with its way back, in forward passes. */
const PASSES = 3;
/** A last chunk is taken along with the one before it where it would be no more than this share of it. */
const REST = 0.4;

/** All products that are wanted: of every row those of all outputs, one row after the other. */
export interface AllProducts {
  readonly rows: number;
  /** Of each row. */
  readonly outputs: number;
  /** Whether a chunk is of one row alone. */
  readonly oneRow: boolean;
  /** Multiplications that the forward pass of a row takes, about. */
  readonly dear: number;
  /** Whether nothing trains meanwhile. */
  readonly free: boolean;
}

export interface Chunk {
  /** Products that are wanted. */
  readonly count: number;
  /** Products that are computed: the last ones are nobody's. */
  readonly size: number;
}

export interface ProductPace {
  /** The next chunk after so many products. */
  chunk(done: number): Chunk;
  /** Told how long a chunk took. */
  took(chunk: Chunk, milliseconds: number): void;
  /** How many chunks of the same size there are, where all are; 0 otherwise. */
  readonly equal: number;
}

const leftOf = ({ rows, outputs, oneRow }: AllProducts, done: number) => ({
  all: rows * outputs - done,
  together: oneRow ? outputs - (done % outputs) : rows * outputs - done,
});

/** Chunks that take as long as others can wait, learnt from those before. */
export function paceByClock(all: AllProducts): ProductPace {
  const when = all.free ? 'free' : 'training';
  // Of a map whose rows are dear no more at first than are known to fit.
  const fitting = rowsOfProducts(PASSES * all.dear);
  const fewest = Math.min(MIN_PACE, fitting);
  let pace: number = Math.min(FIRST_PACE[when], fitting);
  return {
    equal: 0,
    chunk(done) {
      const left = leftOf(all, done);
      const wished = left.all <= pace * (1 + REST) ? left.all : pace;
      const count = Math.min(wished, left.together);
      return { count, size: count };
    },
    took({ size }, milliseconds) {
      const next = Math.min(4 * size, Math.max(size / 2, (size * CHUNK_MS[when]) / milliseconds));
      pace = Math.ceil(Math.min(MAX_PACE, Math.max(fewest, next)));
    },
  };
}

/**
 * Chunks of one size, for backends with programs, which are for one number of rows: as many products as are known to fit,
 * and what the last chunk lacks is filled up.
 */
export function equalChunks(all: AllProducts): ProductPace {
  // One row goes forward once, and all that a chunk computes is the way back.
  const passes = all.oneRow ? 1 : PASSES;
  const most = rowsOfProducts((passes * all.dear * CHUNK_MS.training) / CHUNK_MS[all.free ? 'free' : 'training']);
  const together = leftOf(all, 0).together;
  const parts = Math.ceil(together / most);
  const size = Math.ceil(together / parts);
  return {
    equal: all.oneRow ? all.rows * parts : parts,
    chunk: (done) => ({ count: Math.min(size, leftOf(all, done).together), size }),
    took: () => undefined,
  };
}
