/** How tests steer the mock host, through `window.mock`. */
import type { Selection } from '../../../src/inspection/findings.ts';
import type { FrameKind } from '../../../src/inspection/frames.ts';
import type { ViewId } from '../../../src/inspection/views.ts';
import type { ScenarioName, ThemeName } from './names.ts';

export interface MockControls {
  /** Every request of the page so far. */
  readonly requests: readonly { readonly method: string; readonly params: unknown }[];
  /** Files that the page handed over, newest last. */
  readonly exports: readonly {
    readonly name: string;
    readonly format: string;
    readonly content: string | Uint8Array;
  }[];
  /** Trains so many batches more, the run that is compared with as well. */
  train(batches: number): void;
  /** Puts the run into another scenario's state, its measurements kept. */
  become(name: ScenarioName): void;
  /** Shows another scenario's run, as the host does with `reset`. */
  reset(name: ScenarioName): void;
  reveal(view: ViewId, select?: Selection): void;
  theme(name: ThemeName): void;
  /** Leaves the run with so many findings, of those that there are. */
  find(count: number): void;
  /** Makes every action, sample and export fail with this message; null for success again. */
  failWith(message: string | null): void;
  /** Makes one kind of frame fail; null for frames again. */
  breakFrames(kind: FrameKind, message: string | null): void;
  /** Lets drawings come so far and no further; null to the end again. */
  stickDrawings(share: number | null): void;
  /** Makes pulls fail; null for answers again. */
  breakPulls(message: string | null): void;
}

declare global {
  interface Window {
    mock: MockControls;
  }
}
