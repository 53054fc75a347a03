/**
 * What the inspector's page and the extension host say to each other.
 *
 * The page pulls: it asks for whatever is newer than what it has drawn, names only the views that can be seen, and asks
 * again after it has drawn. So there is one frame in flight, the newest wins, and a hidden page costs nothing.
 * Everything the page sends is checked with {@link webviewRequestSpecs} before the host acts on it.
 */
import * as z from 'zod/mini';
import type { Finding, Selection } from '../inspection/findings.ts';
import { frameKinds, type Frame, type FrameKind, type SamplesFrame } from '../inspection/frames.ts';
import { frameWishSpec } from '../inspection/frameSpecs.ts';
import type { ViewId } from '../inspection/views.ts';
import type { RunManifest, RunState } from '../runs/manifest.ts';
import type { Metric } from '../runs/metrics.ts';
import type { Drawing } from './drawing.ts';
import type { Difference } from '../spec/differences.ts';
import { sampleLimits } from './sampleLimits.ts';
import { MOST_PRIME, textLimits } from './textLimits.ts';

export { WEBVIEW_PROTOCOL_VERSION } from './webviewVersion.ts';

/** Splits whose rows can be completed. */
const splitNames = ['train', 'validation', 'test'] as const;

/** Commands on a run that the page may ask the host to carry out. */
export const runActions = ['train', 'pause', 'resume', 'stepBatch', 'stepEpoch', 'stop', 'continue'] as const;
export type RunAction = (typeof runActions)[number];

/**
 * A run's state for people. Beyond the manifest's own: `interrupted`, it was being trained when its process was killed
 * and can be continued; `elsewhere`, a process that is not ours trains it (the command line, another window);
 * `restarting`, its worker died and is coming back; `unreadable`, there is a folder but no manifest to be had.
 */
export type DisplayState = RunState | 'interrupted' | 'elsewhere' | 'restarting' | 'unreadable';

/** One run as the page shows it. What it may do and how it stands is the host's to say. */
export interface RunSummary {
  /** Identifies the run within the session; the run folder's path relative to the workspace. */
  readonly id: string;
  readonly manifest: RunManifest;
  readonly state: DisplayState;
  /** What may be done with it now. */
  readonly actions: readonly (RunAction | 'sample')[];
  /** Process id of the trainer that is not ours, while `elsewhere`. */
  readonly owner: number | null;
  /** What went wrong with the worker, if it did. */
  readonly problem: string | null;
}

/** How the checks came out when all of them were last run. */
export interface CheckCounts {
  readonly passed: number;
  readonly notApplicable: number;
  /** Those that would apply and were not measured; left out: none. */
  readonly notMeasured?: number;
}

/** The masks that a run's model cycles through. */
export interface RunMasks {
  readonly count: number;
  /** Degrees of the inputs under each mask; a single entry when all masks share one order. */
  readonly orders: readonly Int32Array[];
  /** What the rows are conditioned on; left out for nothing. */
  readonly conditioned?: 'labels' | 'values';
}

/** Rows drawn by hand. */
export interface DrawnRows {
  /** Counts what was drawn from this run by hand, from 1. */
  readonly serial: number;
  readonly frame: SamplesFrame;
}

/** What the page needs to start from nothing. */
export interface Snapshot {
  readonly version: number;
  /** Names what the page stands on from now: the run's folder, or the experiment's file; every pull says it again. */
  readonly standsOn: string;
  /** null when the panel stands on an experiment that has no run yet. */
  readonly run: RunSummary | null;
  /** Why the last start was refused for its data; absent when none was. */
  readonly refusal?: string;
  /** What keeps training from its next step, in words; absent when nothing does. */
  readonly activity?: string;
  readonly experiment: string;
  readonly findings: readonly Finding[];
  /** null until every check was run. */
  readonly checks: CheckCounts | null;
  /** All metrics so far. */
  readonly metrics: readonly Metric[];
  /** null while they are not known, or the model has none. */
  readonly masks: RunMasks | null;
  /** The rows drawn last, if they are not too many to be kept. */
  readonly drawn: DrawnRows | null;
  readonly drawing: Drawing;
  /** The run beside it; absent when none is. */
  readonly compared?: Compared | null;
}

/** A run that stands beside the one that is shown. */
export interface Compared {
  readonly snapshot: Snapshot;
  /** In what the experiments differ, the shown run's values first; null where one of them cannot be read. */
  readonly differences: readonly Difference[] | null;
}

export interface PullResult {
  /** Present when something of it changed since `have`. */
  readonly run?: RunSummary;
  /** What keeps training from its next step, in words; null when nothing does. */
  readonly activity?: string | null;
  readonly findings?: readonly Finding[];
  readonly checks?: CheckCounts | null;
  /** Metrics from index `from` on; `from` smaller than what the page has means that the run began anew. */
  readonly metrics?: { readonly from: number; readonly metrics: readonly Metric[] };
  /** Present once known, if the page has none. */
  readonly masks?: RunMasks;
  /** Present when newer than what the page has. */
  readonly drawn?: DrawnRows;
  /** Present when there is news of a drawing. */
  readonly drawing?: Drawing;
  readonly frame?: Frame;
  /** Present once after a kind of frame that was wanted could not be had; cleared by the next frame of that kind. */
  readonly frameProblem?: { readonly kind: FrameKind; readonly message: string };
  /** Counts changes of run and findings; goes into the next pull's `have`. */
  readonly revision: number;
}

const nameSpec = z.string().check(z.minLength(1), z.maxLength(200));
const count = z.int().check(z.nonnegative());
/** Ranges of columns that one request for samples names at most, and values of a context. */
const MOST_RANGES = 65_536;
const MOST_CONTEXT = 65_536;
const MAX_EXPORT_BYTES = 64 * 2 ** 20;

const pullSpec = z.strictObject({
  /** As the snapshot had it. The host may stand on something else by now: then there is no news, and soon a snapshot. */
  standsOn: z.string(),
  revision: z.int(),
  metrics: count,
  /** Whether the page has the masks. */
  masks: z.boolean(),
  /** Serial of the rows drawn by hand that the page has; 0 for none. */
  drawn: count,
  /** Serial of the news of drawings that the page has. */
  drawing: count,
  /** Kinds of frame wanted, with the version already drawn. */
  frames: z.array(frameWishSpec({})).check(z.maxLength(frameKinds.length)),
});

/** The page's requests, as the host checks them. */
export const webviewRequestSpecs = {
  ready: z.strictObject({ version: z.int() }),
  pull: pullSpec,
  /** The same of the run that is compared with; answered with nothing when there is none. */
  pullCompared: pullSpec,
  /** Asks the user for a run to compare with. */
  compare: z.strictObject({}),
  stopComparing: z.strictObject({}),
  action: z.strictObject({ action: z.enum(runActions) }),
  sample: z.strictObject({
    rows: z.int().check(z.minimum(sampleLimits.rows.min), z.maximum(sampleLimits.rows.max)),
    seed: z.int().check(z.minimum(sampleLimits.seed.min), z.maximum(sampleLimits.seed.max)),
    temperature: z.number().check(z.minimum(sampleLimits.temperature.min), z.maximum(sampleLimits.temperature.max)),
    /** Rows of the run's data to complete, and which columns of them are given; row i of what is drawn completes row i. */
    given: z.optional(
      z.strictObject({
        split: z.enum(splitNames),
        keep: z.array(z.tuple([count, count])).check(z.minLength(1), z.maxLength(MOST_RANGES)),
        first: count,
        count: z.int().check(z.positive()),
      }),
    ),
    /** What rows are conditioned on; without it the classes in turn, or what the rows to complete are. */
    context: z.optional(
      z.union([
        z.strictObject({ label: count }),
        z.strictObject({
          values: z.instanceof(Float32Array).check(z.refine((all: Float32Array) => all.length <= MOST_CONTEXT)),
        }),
      ]),
    ),
  }),
  /** Has a model of text write one. */
  sampleText: z.strictObject({
    prime: z.string().check(z.maxLength(MOST_PRIME)),
    length: z.int().check(z.minimum(textLimits.length.min), z.maximum(textLimits.length.max)),
    temperature: z.number().check(z.minimum(textLimits.temperature.min), z.maximum(textLimits.temperature.max)),
    topK: z.nullable(z.int().check(z.minimum(textLimits.topK.min), z.maximum(textLimits.topK.max))),
    seed: z.int().check(z.minimum(textLimits.seed.min), z.maximum(textLimits.seed.max)),
  }),
  /** Gives up what is being drawn by hand. */
  cancelSample: z.strictObject({}),
  exportFile: z.strictObject({
    name: nameSpec,
    format: z.enum(['svg', 'png', 'csv', 'json']),
    content: z.union([
      z.string().check(z.maxLength(MAX_EXPORT_BYTES)),
      z.instanceof(Uint8Array).check(z.refine((bytes: Uint8Array) => bytes.length <= MAX_EXPORT_BYTES)),
    ]),
  }),
  /** Shows the explanation of a diagnostic. */
  explain: z.strictObject({ topic: nameSpec }),
} as const;

type Params<K extends keyof typeof webviewRequestSpecs> = z.output<(typeof webviewRequestSpecs)[K]>;

/** Requests that the page makes and the host answers. */
export type WebviewRequests = {
  ready: { params: Params<'ready'>; result: Snapshot };
  pull: { params: Params<'pull'>; result: PullResult };
  pullCompared: { params: Params<'pullCompared'>; result: PullResult };
  compare: { params: Params<'compare'>; result: null };
  stopComparing: { params: Params<'stopComparing'>; result: null };
  action: { params: Params<'action'>; result: null };
  /** Answered once drawn; the rows come with a pull. */
  sample: { params: Params<'sample'>; result: null };
  sampleText: { params: Params<'sampleText'>; result: null };
  cancelSample: { params: Params<'cancelSample'>; result: null };
  /** The saved file's name, or null when the user thought better of it. */
  exportFile: { params: Params<'exportFile'>; result: string | null };
  explain: { params: Params<'explain'>; result: null };
};

/** What the host tells the page unasked. */
export type WebviewNotifications = {
  /** Bring a view forward, and what is selected in it. */
  reveal: { readonly view: ViewId; readonly select?: Selection };
  /** The panel now stands on another run: start again from `snapshot`. */
  reset: Snapshot;
  /** Another run stands beside the shown one, or none any more. */
  compared: Compared | null;
};

/** The page's end of the connection. */
export type PageSide = {
  asks: WebviewRequests;
  answers: Record<never, never>;
  tells: Record<never, never>;
  hears: WebviewNotifications;
};

/** The host's end. */
export type PanelSide = {
  asks: Record<never, never>;
  answers: WebviewRequests;
  tells: WebviewNotifications;
  hears: Record<never, never>;
};

export type { Difference, FrameKind };
