/** Hooks about the page itself: its size, its scrolling, and what it says to screen readers. */
import type { Ref } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Room {
  readonly width: number;
  readonly height: number;
}

/** Height left of the window for what stands around a figure: tabs, title, sentence, tools, legend. */
const AROUND = 170;
const LEAST_HEIGHT = 300;

/** Room for a view, and the element that is measured. */
export function useRoom(): [Room, Ref<HTMLDivElement>] {
  const [room, setRoom] = useState<Room>({ width: 0, height: 0 });
  const observer = useRef<ResizeObserver | null>(null);
  const element = useRef<HTMLDivElement | null>(null);
  const measure = useCallback(() => {
    const width = Math.floor(element.current?.clientWidth ?? 0);
    const height = Math.max(LEAST_HEIGHT, window.innerHeight - AROUND);
    setRoom((before) => (before.width === width && before.height === height ? before : { width, height }));
  }, []);
  const measured = useCallback(
    (found: HTMLDivElement | null) => {
      observer.current?.disconnect();
      element.current = found;
      if (!found) return;
      observer.current = new ResizeObserver(measure);
      observer.current.observe(found);
      measure();
    },
    [measure],
  );
  useEffect(() => {
    window.addEventListener('resize', measure);
    return () => {
      window.removeEventListener('resize', measure);
    };
  }, [measure]);
  return [room, measured];
}

/** How long content may take to grow until a kept place exists again. */
const GROWING_MS = 3000;
const REST_MS = 120;

/** Brings back the scroll position that was kept, if one was, when `key` changes; and reports where the user scrolls to. */
export function useScroll(
  kept: number | undefined,
  key: string,
  ready: boolean,
  onScroll: (top: number) => void,
): void {
  const latest = useRef(onScroll);
  latest.current = onScroll;
  useLayoutEffect(() => {
    if (!ready) return;
    const root = document.documentElement;
    let restoring = kept !== undefined;
    let timer = 0;
    const restore = () => {
      if (!restoring || kept === undefined) return;
      window.scrollTo({ top: kept });
      if (Math.abs(window.scrollY - kept) < 1) restoring = false;
    };
    // The content comes with its data: try again as it grows.
    const observer = new ResizeObserver(restore);
    observer.observe(document.body);
    restore();
    const giveUp = () => {
      restoring = false;
    };
    const end = window.setTimeout(giveUp, GROWING_MS);
    const follow = () => {
      if (restoring) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => latest.current(Math.round(root.scrollTop)), REST_MS);
    };
    window.addEventListener('scroll', follow, { passive: true });
    window.addEventListener('wheel', giveUp, { passive: true });
    window.addEventListener('keydown', giveUp);
    window.addEventListener('pointerdown', giveUp);
    return () => {
      observer.disconnect();
      window.clearTimeout(end);
      window.clearTimeout(timer);
      window.removeEventListener('scroll', follow);
      window.removeEventListener('wheel', giveUp);
      window.removeEventListener('keydown', giveUp);
      window.removeEventListener('pointerdown', giveUp);
    };
  }, [key, ready]);
}

const SPEAK_MS = 150;

/** Text for a live region, said when it has come to rest. */
export function useAnnouncer(): [string, (text: string) => void] {
  const [text, setText] = useState('');
  const timer = useRef(0);
  const announce = useCallback((next: string) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setText(next), SPEAK_MS);
  }, []);
  return [text, announce];
}

/**
 * Hands the keyboard's focus on when what holds it goes away; without an heir it would fall to the page's beginning.
 *
 * @returns the reference for the element that goes.
 */
export function useHeir<E extends HTMLElement>(heir: () => HTMLElement | null): Ref<E> {
  const element = useRef<E>(null);
  const latest = useRef(heir);
  latest.current = heir;
  useLayoutEffect(
    () => () => {
      if (element.current?.contains(document.activeElement) === true) latest.current()?.focus();
    },
    [],
  );
  return element;
}
