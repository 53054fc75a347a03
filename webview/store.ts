/** The page's model and how it changes: snapshots and pulls from the host, choices of the user. No drawing in here. */
import { webviewTheme, type Theme } from '../src/figures/theme.ts';
import type { LossUnit } from '../src/figures/units.ts';
import {
  choiceKey,
  frameFacts,
  type Frame,
  type FrameChoice,
  type FrameKind,
  type FrameOptions,
} from '../src/inspection/frames.ts';
import { views, type ViewId } from '../src/inspection/views.ts';
import type { CheckCounts, PullResult, RunMasks, Snapshot, WebviewRequests } from '../src/protocol/webview.ts';
import { freshRun, withRun, type SavedRun, type SavedState } from './savedState.ts';
import type { Focus, PageModel, Selection } from './views/view.ts';

type Pull = WebviewRequests['pull']['params'];

/** A line told to the user until it is dismissed or overtaken. */
export interface Message {
  readonly kind: 'info' | 'error';
  readonly text: string;
}

/** All that the page shows. Replaced as a whole. */
export interface PageState {
  /** False until the host has answered `ready`. */
  readonly ready: boolean;
  readonly model: PageModel;
  /** How the checks came out; null until all were run. */
  readonly checks: CheckCounts | null;
  /** The masks that the model cycles through; null while they are not known. */
  readonly masks: RunMasks | null;
  readonly tab: ViewId;
  /** The shown run's part of what is kept. */
  readonly saved: SavedRun;
  /** Why the host does not answer, while it does not. */
  readonly trouble: string | null;
  readonly message: Message | null;
}

/** What has come of a kind: the version to ask beyond, and the choice that was asked for. */
interface Seen {
  readonly version: number;
  readonly choice: string;
}

export class PageStore {
  #state: PageState;
  #kept: SavedState;
  #revision = -1;
  /** What the last snapshot was of. */
  #standsOn = '';
  /** Serial of the rows drawn by hand. */
  #drawn = 0;
  /** Serial of the news of drawings. */
  #drawing = 0;
  #seen: Partial<Record<FrameKind, Seen>> = {};
  readonly #listeners = new Set<() => void>();
  readonly #keep: (state: SavedState) => void;

  /** @param kept what an earlier life of the page left; @param keep called with what is to outlive this one. */
  constructor(kept: SavedState, keep: (state: SavedState) => void, theme: Theme = webviewTheme('dark')) {
    this.#kept = kept;
    this.#keep = keep;
    this.#state = {
      ready: false,
      model: {
        experiment: kept.experiment,
        run: null,
        activity: null,
        metrics: [],
        findings: [],
        frames: {},
        frameProblems: {},
        drawn: null,
        drawing: null,
        written: null,
        mask: freshRun.mask,
        options: freshRun.options,
        selection: null,
        lossUnit: kept.lossUnit,
        theme,
      },
      checks: null,
      masks: null,
      tab: freshRun.tab,
      saved: freshRun,
      trouble: null,
      message: null,
    };
  }

  get state(): PageState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts again from what the host says; what was kept for that run comes back. */
  applySnapshot(snapshot: Snapshot): void {
    const key = keyOf(snapshot.experiment, snapshot.run?.id ?? null);
    const before = this.#state.ready ? this.#state.saved : undefined;
    // A new run opens on the tab that was open, its zoom and pins being its own.
    const saved = this.#kept.runs[key] ?? { ...freshRun, tab: before?.tab ?? freshRun.tab };
    this.#revision = -1;
    this.#standsOn = snapshot.standsOn;
    this.#seen = {};
    this.#drawn = snapshot.drawn?.serial ?? 0;
    this.#drawing = snapshot.drawing.serial;
    this.#kept = { ...this.#kept, experiment: snapshot.experiment, run: snapshot.run?.id ?? null };
    this.#set({
      ready: true,
      tab: saved.tab,
      saved,
      message: null,
      checks: snapshot.checks,
      masks: snapshot.masks,
      model: {
        ...this.#state.model,
        experiment: snapshot.experiment,
        run: snapshot.run,
        refusal: snapshot.refusal,
        activity: snapshot.activity ?? null,
        metrics: snapshot.metrics,
        findings: snapshot.findings,
        frames: {},
        frameProblems: {},
        drawn: snapshot.drawn?.frame ?? null,
        drawing: snapshot.drawing.progress,
        written: snapshot.drawing.written ?? null,
        mask: saved.mask,
        options: saved.options,
        selection: saved.pinned,
      },
    });
    this.#keepRun(saved);
  }

  /** What to ask the host for now. */
  get wanted(): Pull {
    const { model, tab } = this.#state;
    return {
      standsOn: this.#standsOn,
      revision: this.#revision,
      metrics: model.metrics.length,
      masks: this.#state.masks !== null,
      drawn: this.#drawn,
      drawing: this.#drawing,
      frames: model.run
        ? (views[tab].framesOf?.(model.run.manifest) ?? views[tab].frames).map((kind) => {
            const seen = this.#seen[kind];
            const choice = choiceOf(kind, model);
            return { ...choice, newerThan: seen?.choice === choiceKey(choice) ? seen.version : 0 };
          })
        : [],
    };
  }

  /** Takes what the host answered to `asked`; false when there was nothing new in it. */
  applyPull(asked: Pull, result: PullResult): boolean {
    // What was asked of another run is none of this one's.
    if (asked.standsOn !== this.#standsOn) return false;
    let { model, checks, masks } = this.#state;
    if (result.revision !== this.#revision) {
      this.#revision = result.revision;
      if (result.run) model = { ...model, run: result.run };
      if (result.activity !== undefined) model = { ...model, activity: result.activity };
      if (result.findings) model = { ...model, findings: result.findings };
      if (result.checks !== undefined) checks = result.checks;
    }
    if (result.masks) masks = result.masks;
    const drawn = result.drawn && result.drawn.serial > this.#drawn ? result.drawn : null;
    if (drawn) {
      this.#drawn = drawn.serial;
      model = { ...model, drawn: drawn.frame };
    }
    if (result.drawing && result.drawing.serial !== this.#drawing) {
      this.#drawing = result.drawing.serial;
      const { progress, written = null } = result.drawing;
      model = { ...model, drawing: progress, written };
    }
    if (result.metrics && result.metrics.from <= model.metrics.length) {
      const { from, metrics } = result.metrics;
      model = { ...model, metrics: [...model.metrics.slice(0, from), ...metrics] };
    }
    if (result.frameProblem) {
      const { kind, message } = result.frameProblem;
      const wish = asked.frames.find((frame) => frame.kind === kind);
      // Of a choice that is no longer the one looked at it says nothing.
      if (!wish || choiceKey(wish) === choiceKey(choiceOf(kind, model)))
        model = { ...model, frameProblems: { ...model.frameProblems, [kind]: message } };
    }
    if (result.frame) {
      const wish = asked.frames.find(({ kind }) => kind === result.frame?.kind);
      model = this.#withFrame(model, result.frame, choiceKey(wish ?? { kind: result.frame.kind, mask: null }));
    }
    const state = this.#state;
    if (model === state.model && checks === state.checks && masks === state.masks) return false;
    this.#set({ model, checks, masks });
    // What was asked for by hand is what its user wants to see.
    if (drawn) this.keepValue('samples', 'source', 'hand');
    return true;
  }

  #withFrame(model: PageModel, frame: Frame, choice: string): PageModel {
    const seen = this.#seen[frame.kind];
    this.#seen[frame.kind] = {
      version: seen?.choice === choice ? Math.max(seen.version, frame.version) : frame.version,
      choice,
    };
    // A reply to an earlier choice may still come in; what it shows has been overtaken.
    if (choice !== choiceKey(choiceOf(frame.kind, model))) return model;
    const { [frame.kind]: _, ...frameProblems } = model.frameProblems;
    return { ...model, frames: { ...model.frames, [frame.kind]: frame }, frameProblems };
  }

  setTheme(theme: Theme): void {
    this.#set({ model: { ...this.#state.model, theme } });
  }

  setTrouble(trouble: string | null): void {
    if (trouble !== this.#state.trouble) this.#set({ trouble });
  }

  tell(message: Message | null): void {
    this.#set({ message });
  }

  setLossUnit(lossUnit: LossUnit): void {
    this.#set({ model: { ...this.#state.model, lossUnit } });
    this.#kept = { ...this.#kept, lossUnit };
    this.#keep(this.#kept);
  }

  openTab(tab: ViewId): void {
    if (tab === this.#state.tab) return;
    this.#set({ tab });
    this.#keepRun({ ...this.#state.saved, tab });
  }

  select(focus: Focus | null, pinned = false): void {
    const selection: Selection | null = focus && { ...focus, pinned };
    this.#set({ model: { ...this.#state.model, selection } });
    const kept = selection?.pinned ? selection : null;
    if (kept !== this.#state.saved.pinned) this.#keepRun({ ...this.#state.saved, pinned: kept });
  }

  chooseMask(mask: number | null): void {
    if (mask === this.#state.model.mask) return;
    this.#set({ model: { ...this.#state.model, mask } });
    this.#keepRun({ ...this.#state.saved, mask });
  }

  chooseOptions<K extends FrameKind>(kind: K, options: FrameOptions<K>): void {
    const chosen = { ...this.#state.model.options, [kind]: options };
    const before = choiceKey(choiceOf(kind, this.#state.model));
    if (choiceKey(choiceOf(kind, { ...this.#state.model, options: chosen })) === before) return;
    this.#set({ model: { ...this.#state.model, options: chosen } });
    this.#keepRun({ ...this.#state.saved, options: chosen });
  }

  /** Keeps a value of a view. */
  keepValue(view: ViewId, key: string, value: unknown): void {
    const { saved } = this.#state;
    this.#keepRun({ ...saved, views: { ...saved.views, [view]: { ...saved.views[view], [key]: value } } });
  }

  keepScroll(view: ViewId, top: number): void {
    const { saved } = this.#state;
    if (saved.scroll[view] === top) return;
    this.#keepRun({ ...saved, scroll: { ...saved.scroll, [view]: top } });
  }

  #keepRun(saved: SavedRun): void {
    this.#set({ saved });
    const { experiment, run } = this.#state.model;
    this.#kept = withRun(this.#kept, keyOf(experiment, run?.id ?? null), saved);
    this.#keep(this.#kept);
  }

  #set(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** What is asked for of a kind; what is of the ensemble is the same whichever structure is looked at. */
function choiceOf(kind: FrameKind, { mask, options }: PageModel): FrameChoice {
  const chosen = options[kind];
  return { kind, mask: frameFacts[kind].of === 'ensemble' ? null : mask, ...(chosen && { options: chosen }) };
}

function keyOf(experiment: string, run: string | null): string {
  return run ?? `experiment ${experiment}`;
}
