/** Which of several masks is shown: one by its number, held still, one after the other, or whichever is in use. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Dropdown, IconButton, TextField } from '../controls.tsx';
import { maskInUse } from '../runState.ts';
import { useReducedMotion } from './motion.ts';
import type { ViewProps } from './view.ts';

/** Beyond so many a list is no help; a number is typed. */
const LONGEST_LIST = 40;
/** Playing shows a mask for so long, or until the next one has come. */
const SHOWN_MS = 1000;

/** A frame of one mask. */
interface OfMask {
  readonly mask: number;
  readonly maskCount: number;
}

/** @param frame what is drawn: a mask is played past once it has been seen. */
export function MaskChooser({ page, frame }: { readonly page: ViewProps; readonly frame: OfMask }): VNode | null {
  const { mask } = page.model;
  const { maskCount: count } = frame;
  const [typed, setTyped] = useState(mask === null ? '' : String(mask + 1));
  const inUse = maskInUse(page.model);
  const fresh = frame.mask >= count || (inUse !== null && inUse >= count);
  if (count < 2 && !fresh) return null;
  const following = `follow the one in use${fresh ? ' (drawn afresh)' : inUse === null ? '' : ` (${inUse + 1})`}`;
  const choose = (next: number | null) => {
    setTyped(next === null ? '' : String(next + 1));
    page.chooseMask(next);
  };
  const steps = count > 1 && <MaskSteps page={page} frame={frame} onChoose={choose} />;
  if (count <= LONGEST_LIST) {
    return (
      <>
        <Dropdown
          label="Mask"
          value={mask === null ? 'used' : String(mask)}
          options={[
            ...Array.from({ length: count }, (_, i) => ({ value: String(i), label: `${i + 1} of ${count}` })),
            { value: 'used', label: following },
          ]}
          onChange={(value) => {
            choose(value === 'used' ? null : Number(value));
          }}
        />
        {steps}
      </>
    );
  }
  const number = Number(typed);
  const valid = typed === '' || (Number.isInteger(number) && number >= 1 && number <= count);
  return (
    <>
      <TextField
        label={`Mask (1 … ${count}, empty: ${following})`}
        value={typed}
        problem={valid ? null : `a number from 1 to ${count}`}
        onInput={(value) => {
          setTyped(value);
          const wanted = Number(value);
          if (value === '') page.chooseMask(null);
          else if (Number.isInteger(wanted) && wanted >= 1 && wanted <= count) page.chooseMask(wanted - 1);
        }}
      />
      {steps}
    </>
  );
}

/** Back, on, and on by itself; the arrow keys and "p" do the same. The space bar presses the button that it is on. */
function MaskSteps({
  page,
  frame,
  onChoose,
}: {
  readonly page: ViewProps;
  readonly frame: OfMask;
  readonly onChoose: (mask: number) => void;
}): VNode {
  const { maskCount: count } = frame;
  const still = useReducedMotion();
  const [playing, play] = useState(false);
  const chosen = page.model.mask ?? frame.mask;
  const go = (by: number) => {
    onChoose((Math.min(chosen, count) + by + count) % count);
  };
  const next = useRef(go);
  next.current = go;
  const shown = frame.mask === page.model.mask;
  // The clock of a mask begins when it is drawn, so that none is passed over unseen.
  useEffect(() => {
    if (!playing || still) return undefined;
    if (!shown && page.model.mask !== null) return undefined;
    const timer = window.setTimeout(() => {
      next.current(1);
    }, SHOWN_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [playing, still, shown, page.model.mask]);
  const step = (by: number) => {
    play(false);
    go(by);
  };
  return (
    <span
      class="zoom"
      role="group"
      aria-label="Step through the masks: arrow keys, p plays"
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') step(-1);
        else if (event.key === 'ArrowRight' || event.key === 'ArrowDown') step(1);
        else if (event.key === 'p' && !still) play(!playing);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <IconButton label="Previous mask (←)" onClick={() => step(-1)}>
        ‹
      </IconButton>
      <IconButton
        label={
          still
            ? 'Play is off: your system asks for less motion. Step with the buttons beside it'
            : playing
              ? 'Hold (p)'
              : 'Play the masks, one a second (p)'
        }
        disabled={still}
        pressed={playing && !still}
        onClick={() => play(!playing)}
      >
        {playing && !still ? '❚❚' : '▶'}
      </IconButton>
      <IconButton label="Next mask (→)" onClick={() => step(1)}>
        ›
      </IconButton>
    </span>
  );
}
