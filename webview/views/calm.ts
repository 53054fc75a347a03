/** New data waits while the pointer moves: an answer to the hand comes before news from the worker. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** The pointer is at rest when it has not moved for so long. */
const REST_MS = 120;
/** News waits no longer than this, however busy the pointer. */
const LONGEST_WAIT_MS = 1000;

export interface Calm<T> {
  /** The newest value, or the one before while the pointer moves. */
  readonly value: T;
  /** To be called whenever the pointer has moved. */
  readonly moved: () => void;
}

export function useCalm<T>(newest: T): Calm<T> {
  const shown = useRef(newest);
  const waitingSince = useRef<number | null>(null);
  const lastMove = useRef(-Infinity);
  const [, drawAgain] = useState(0);
  const now = performance.now();
  if (shown.current !== newest) {
    waitingSince.current ??= now;
    if (now - lastMove.current >= REST_MS || now - waitingSince.current >= LONGEST_WAIT_MS) shown.current = newest;
  }
  const waiting = shown.current !== newest;
  if (!waiting) waitingSince.current = null;
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = window.setTimeout(() => {
      drawAgain((n) => n + 1);
    }, REST_MS);
    return () => {
      window.clearTimeout(timer);
    };
  });
  const moved = useCallback(() => {
    lastMove.current = performance.now();
  }, []);
  return { value: shown.current, moved };
}
