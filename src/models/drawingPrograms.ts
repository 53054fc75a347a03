/**
 * Rows that are computed in batches on a device, by the programs of its backend: flows whose layers all go back in one pass,
 * decoders. What is drawn one variable after the other is computed in plain arrays, where every activation is computed once.
 */
import type { Backend } from '../backends/backend.ts';
import type { Pass } from '../backends/compiledPasses.ts';

/** Rows of a batch. */
const BATCH_ROWS = 250;

export interface DrawingPrograms {
  readonly backend: Pick<Backend, 'compile'>;
  /**
   * Whether the same request gives the same rows whatever this process has computed before, as rows do that are kept: a batch is
   * compiled where the request alone has enough of its shape. Otherwise, as of a grid that is drawn again and again, once
   * so many have come.
   */
  readonly repeatable: boolean;
  /** Told why rows are computed operation by operation on a backend that has programs, for every batch. */
  readonly tell?: (reason: string) => void;
}

/** Rows `begin` … `end` − 1. */
export interface Batch {
  readonly begin: number;
  readonly end: number;
  /** How many batches of as many rows there are among all. */
  readonly times: number;
}

/** Of so many rows, the last batch with what is left. */
export function batchesOf(rows: number): Batch[] {
  const whole = Math.floor(rows / BATCH_ROWS);
  return Array.from({ length: Math.ceil(rows / BATCH_ROWS) }, (_, i) => {
    const begin = i * BATCH_ROWS;
    return { begin, end: Math.min(rows, begin + BATCH_ROWS), times: i < whole ? whole : 1 };
  });
}

/** When the pass of a batch is compiled, and who is told why not. */
export function compiling(
  { repeatable, tell }: DrawingPrograms,
  { times }: Batch,
): Pick<Pass<never, never>, 'times' | 'tell'> {
  return { ...(repeatable && { times }), ...(tell && { tell }) };
}
