/** What is pointed at, shared by the figures of one view without drawing the view anew. */
import { useEffect, useState } from 'preact/hooks';
import { sameFocus, type Focus } from '../../src/figures/dependencies.ts';

/** The focus and the figure in which it is pointed at. */
export interface Pointing {
  readonly focus: Focus;
  readonly owner: string;
}

export class Pointed {
  #pointing: Pointing | null = null;
  readonly #listeners = new Set<() => void>();

  get pointing(): Pointing | null {
    return this.#pointing;
  }

  point(owner: string, focus: Focus | null): void {
    const before = this.#pointing;
    if (focus === null) {
      // Only the figure that points may let go: another may have taken over in the meantime.
      if (before?.owner !== owner) return;
      this.#pointing = null;
    } else {
      if (before?.owner === owner && sameFocus(before.focus, focus)) return;
      this.#pointing = { focus, owner };
    }
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

export function usePointing(pointed: Pointed): Pointing | null {
  const [pointing, set] = useState(pointed.pointing);
  useEffect(() => {
    const update = () => {
      set(pointed.pointing);
    };
    update();
    return pointed.subscribe(update);
  }, [pointed]);
  return pointing;
}
