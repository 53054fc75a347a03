/** Drawing that Ctrl-C ends: what is finished by then is kept. */
import type { DrawnRows } from '../inspection/samples.ts';
import type { Chunked } from '../inspection/source.ts';

/** Exit code of a program that was ended by Ctrl-C. */
export const INTERRUPTED = 130;

/** Aborted by the first Ctrl-C; the second one quits at once. `stop` when nothing is to be interrupted any more. */
export function heedInterrupts(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const interrupted = new AbortController();
  const interrupt = () => {
    if (interrupted.signal.aborted) process.exit(INTERRUPTED);
    interrupted.abort();
  };
  process.on('SIGINT', interrupt);
  return { signal: interrupted.signal, stop: () => void process.off('SIGINT', interrupt) };
}

/**
 * Ctrl-C ends the drawing between two chunks: null.
 * @param tell called when it can be interrupted so.
 */
export async function untilInterrupted(work: Chunked<DrawnRows>, tell: () => void): Promise<DrawnRows | null> {
  const { signal, stop } = heedInterrupts();
  try {
    tell();
    for (;;) {
      const { done, value } = await work.next();
      if (done) return value;
      // Lets the signal in.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return null;
    }
  } finally {
    stop();
    await work.return(undefined as never);
  }
}

/** The rows of a drawing under way that have all of their values, in their order; null where there are none. */
export function finishedRows({ values, dimension, given, context, rows }: DrawnRows): DrawnRows | null {
  const whole = Array.from({ length: rows }, (_, row) => row).filter(
    (row) => !values.subarray(row * dimension, (row + 1) * dimension).some(Number.isNaN),
  );
  if (whole.length === 0) return null;
  const taken = <A extends Float32Array | Uint8Array>(all: A, own: A, columns: number): A => {
    for (const [at, row] of whole.entries()) own.set(all.subarray(row * columns, (row + 1) * columns), at * columns);
    return own;
  };
  const columns = context ? context.length / rows : 0;
  return {
    rows: whole.length,
    dimension,
    values: taken(values, new Float32Array(whole.length * dimension), dimension),
    means: null,
    given: given && taken(given, new Uint8Array(whole.length * dimension), dimension),
    context: context && taken(context, new Float32Array(whole.length * columns), columns),
  };
}
