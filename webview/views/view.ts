/**
 * What every view is given: the page's model, its own saved values, and what it may ask for. A view is a component of
 * `ViewProps` alone; it keeps nothing that should outlive a switch of tabs anywhere but in `saved`.
 */
import type { ComponentType } from 'preact';
import type { Focus } from '../../src/figures/dependencies.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { LossUnit } from '../../src/figures/units.ts';
import type { Finding } from '../../src/inspection/findings.ts';
import type { FrameKind, FrameOf, FrameOptions, SamplesFrame } from '../../src/inspection/frames.ts';
import type { ViewId } from '../../src/inspection/views.ts';
import type { DrawingProgress, WrittenText } from '../../src/protocol/drawing.ts';
import type { Snapshot, RunSummary } from '../../src/protocol/webview.ts';
import type { TopicId } from '../../src/protocol/explanations.ts';

import type { Beside } from '../beside.ts';

export type { Focus, ViewId };

/** What is marked in every view: a unit, or all that flows from one unit (`from`) to another. */
export interface Selection extends Focus {
  /** Pinned by a click or Enter; otherwise it goes with the pointer or the focus. */
  readonly pinned: boolean;
}

/** The newest frame of each kind that has come; none after `reset`. */
export type Frames = { readonly [K in FrameKind]?: FrameOf<K> };

export type ChosenOptions = { readonly [K in FrameKind]?: FrameOptions<K> };

/** Everything that the page knows. Replaced as a whole, never changed in place; equal parts keep their identity. */
export interface PageModel {
  /** Name of the experiment, without `.lens.json`. */
  readonly experiment: string;
  /** null when the experiment has no run yet. */
  readonly run: RunSummary | null;
  /** Why the last start of the experiment was refused; undefined when none was. */
  readonly refusal?: string | undefined;
  /** What keeps training from its next step, in words. */
  readonly activity?: string | null;
  readonly metrics: Snapshot['metrics'];
  readonly findings: readonly Finding[];
  readonly frames: Frames;
  /** Why the newest frame of a kind could not be had; gone with the next one that comes. */
  readonly frameProblems: { readonly [K in FrameKind]?: string };
  /** Rows drawn by hand, newest only; `frames.samples` are those of the epoch. */
  readonly drawn: SamplesFrame | null;
  /** How far a drawing by hand has come, while there is one. */
  readonly drawing: DrawingProgress | null;
  /** The text that was written by hand last. */
  readonly written: WrittenText | null;
  /** Mask whose structure is shown, or null: whichever is in use. */
  readonly mask: number | null;
  /** What was chosen of kinds of frame beside the mask; where nothing was, the kind's defaults hold. */
  readonly options: ChosenOptions;
  /** Shared by all views; the pinned one survives a reload. */
  readonly selection: Selection | null;
  /** Unit of every likelihood on the page. */
  readonly lossUnit: LossUnit;
  /** The editor's theme, through its variables. A new object whenever the user changes the theme. */
  readonly theme: Theme;
}

/** Rows of plain values: what "Show as table" shows and what CSV holds. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A value kept per run and view, and how to change it. */
export type Saved = <T>(key: string, initial: T) => readonly [value: T, set: (value: T) => void];

export type ExportFormat = 'svg' | 'png' | 'csv' | 'json';

export interface ViewProps {
  readonly model: PageModel;
  /** Room for the view, CSS px; follows the window. */
  readonly width: number;
  readonly height: number;
  /**
   * This view's saved values (zoom, toggles, choices of axes): plain JSON, per run, restored after a switch of tabs and
   * a reload of the window. Not a hook: may be called anywhere in rendering. Its identity changes with the values.
   */
  readonly saved: Saved;
  /**
   * Marks a unit in every view. A pointer that moves need not go through here: draw its highlight at once and tell
   * others when it rests; pins always go through here.
   */
  select(focus: Focus | null, pinned?: boolean): void;
  /** Shows the structure of another mask, or (null) follows the one in use. */
  chooseMask(mask: number | null): void;
  /**
   * Asks for frames of a kind with other options. Until one comes the last one stays: what a frame shows, it says itself.
   * Kept per run.
   */
  chooseOptions<K extends FrameKind>(kind: K, options: FrameOptions<K>): void;
  /** The run that is compared with, in the view of that name; null while there is none. */
  readonly beside: Beside['state'];
  /** Asks for a run to compare with. */
  compare(): void;
  stopComparing(): void;
  /** Gives up what is being drawn by hand. */
  cancelDrawing(): void;
  /** "Why does this matter?" */
  explain(topic: TopicId): void;
  /** Hands content to the host's save dialog; failures are told to the user by the page. `name` without extension. */
  exportFile(name: string, format: ExportFormat, content: string | Uint8Array<ArrayBuffer>): void;
  /** Tells the user that something went wrong. */
  fail(text: string): void;
  /** Says something to screen readers (polite). */
  announce(text: string): void;
}

export type View = ComponentType<ViewProps>;
