/** A moment on a way of stages: moved by hand, or by itself from stage to stage and back. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useReducedMotion } from './motion.ts';

/** From one stage to the next, and at rest in each, ms. */
const MOVE_MS = 850;
const REST_MS = 400;
/** Between stages where motion is not wanted: they are shown one after the other. */
const STILL_MS = 1300;

export interface Playing {
  /** Stage, 0 … last; between two of them where it is not whole. */
  readonly at: number;
  readonly playing: boolean;
  /** Stops what plays. */
  go(at: number): void;
  /** To the far end, back from there; or stops. */
  toggle(): void;
}

/**
 * @param last the last stage
 * @param kept where it stood before, and who is told where it comes to rest
 */
export function usePlaying(last: number, kept: number, keep: (at: number) => void): Playing {
  const reduced = useReducedMotion();
  const [at, set] = useState(Math.min(kept, last));
  const [playing, play] = useState(false);
  const now = useRef(at);
  now.current = Math.min(at, last);
  const told = useRef(keep);
  told.current = keep;

  useEffect(() => {
    if (!playing) return undefined;
    const forward = now.current < last;
    const end = forward ? last : 0;
    let [from, since] = [now.current, performance.now()];
    let frame = 0;
    const next = () =>
      forward ? Math.min(end, Math.floor(from + 1e-9) + 1) : Math.max(end, Math.ceil(from - 1e-9) - 1);
    const arrive = (stage: number) => {
      from = stage;
      since = performance.now();
      set(stage);
      told.current(stage);
      if (stage === end) play(false);
    };
    const tick = () => {
      const gone = performance.now() - since;
      const to = next();
      if (reduced) {
        if (gone >= STILL_MS) arrive(to);
      } else {
        // The rest comes first: what stands is seen before it goes.
        const share = (gone - REST_MS) / (MOVE_MS * Math.abs(to - from));
        if (share >= 1) arrive(to);
        else if (share > 0) set(from + (to - from) * eased(share));
      }
      if (from !== end) frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [playing, last, reduced]);

  const go = useCallback(
    (to: number) => {
      const within = Math.min(last, Math.max(0, to));
      play(false);
      set(within);
      told.current(within);
    },
    [last],
  );
  const toggle = useCallback(() => {
    play((was) => {
      if (was) told.current(now.current);
      return !was;
    });
  }, []);
  return { at: Math.min(at, last), playing, go, toggle };
}

/** Slow at both ends. */
const eased = (share: number) => share * share * (3 - 2 * share);
