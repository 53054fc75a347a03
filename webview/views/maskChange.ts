/** What changes from one mask to the next, in words. */
import { useRef } from 'preact/hooks';
import { maskName } from '../../src/figures/maskWords.ts';
import type { ConnectivityFrame } from '../../src/inspection/frames.ts';
import { changeOfNetwork } from './stable.ts';

/** "Differs from mask 3 of 8 in its order and degrees."; null until another mask has been shown. */
export function useMaskChange(frame: ConnectivityFrame): string | null {
  const shown = useRef<{ frame: ConnectivityFrame; text: string | null }>({ frame, text: null });
  const { frame: before } = shown.current;
  if (before.mask !== frame.mask || before.maskCount !== frame.maskCount) {
    const changed = changeOfNetwork(before.network, frame.network);
    const name = maskName(before);
    const text =
      before.maskCount !== frame.maskCount || changed === null
        ? null
        : changed.length === 0
          ? `The same order and connections as ${name}.`
          : `Differs from ${name} in its ${list(changed)}.`;
    shown.current = { frame, text };
  } else shown.current.frame = frame;
  return shown.current.text;
}

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
