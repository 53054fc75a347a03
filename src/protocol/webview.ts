/**
 * What the inspector's page and the extension host say to each other.
 *
 * The page pulls: it asks for whatever is newer than what it has drawn, names only the views that can be seen, and asks
 * again after it has drawn. So there is one frame in flight, the newest wins, and a hidden page costs nothing.
 * Everything the page sends is checked with {@link webviewRequestSpecs} before the host acts on it.
 */
import * as z from 'zod/mini';
import type { Finding } from '../inspection/findings.ts';
import { frameKinds, type Frame, type FrameKind, type ViewId } from '../inspection/frames.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { Metric } from '../runs/metrics.ts';

export { WEBVIEW_PROTOCOL_VERSION } from './webviewVersion.ts';

/** Commands on a run that the page may ask the host to carry out. */
export const runActions = ['train', 'pause', 'resume', 'stepBatch', 'stepEpoch', 'stop', 'continue'] as const;
export type RunAction = (typeof runActions)[number];

/** One run as the page shows it. */
export interface RunSummary {
  /** Identifies the run within the session; the run folder's path relative to the workspace. */
  readonly id: string;
  readonly manifest: RunManifest;
  /** Whether a worker process is at work on it. */
  readonly live: boolean;
  /** What went wrong with the worker, if it did. */
  readonly problem: string | null;
}

/** What the page needs to start from nothing. */
export interface Snapshot {
  readonly version: number;
  /** null when the panel stands on an experiment that has no run yet. */
  readonly run: RunSummary | null;
  readonly experiment: string;
  readonly findings: readonly Finding[];
  /** All metrics so far. */
  readonly metrics: readonly Metric[];
}

export interface PullResult {
  /** Present when something of it changed since `have`. */
  readonly run?: RunSummary;
  readonly findings?: readonly Finding[];
  /** Metrics from index `from` on; `from` smaller than what the page has means that the run began anew. */
  readonly metrics?: { readonly from: number; readonly metrics: readonly Metric[] };
  readonly frame?: Frame;
  /** Present once after a kind of frame that was wanted could not be had; cleared by the next frame of that kind. */
  readonly frameProblem?: { readonly kind: FrameKind; readonly message: string };
  /** Counts changes of run and findings; goes into the next pull's `have`. */
  readonly revision: number;
}

const nameSpec = z.string().check(z.minLength(1), z.maxLength(200));
const count = z.int().check(z.nonnegative());
const MAX_EXPORT_BYTES = 64 * 2 ** 20;

/** The page's requests, as the host checks them. */
export const webviewRequestSpecs = {
  ready: z.strictObject({ version: z.int() }),
  pull: z.strictObject({
    revision: z.int(),
    metrics: count,
    /** Kinds of frame wanted, with the version already drawn. */
    frames: z
      .array(z.strictObject({ kind: z.enum(frameKinds), newerThan: count, mask: z.nullable(count) }))
      .check(z.maxLength(frameKinds.length)),
  }),
  action: z.strictObject({ action: z.enum(runActions) }),
  sample: z.strictObject({
    rows: z.int().check(z.minimum(1), z.maximum(10_000)),
    seed: z.int().check(z.minimum(0), z.maximum(2 ** 31 - 1)),
    temperature: z.number().check(z.minimum(0.01), z.maximum(100)),
  }),
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
  action: { params: Params<'action'>; result: null };
  sample: { params: Params<'sample'>; result: Frame };
  /** The saved file's name, or null when the user thought better of it. */
  exportFile: { params: Params<'exportFile'>; result: string | null };
  explain: { params: Params<'explain'>; result: null };
};

/** What the host tells the page unasked. */
export type WebviewNotifications = {
  /** Bring a view forward, and a unit in it. */
  reveal: { readonly view: ViewId; readonly select?: { readonly layer: number; readonly unit: number } };
  /** The panel now stands on another run: start again from `snapshot`. */
  reset: Snapshot;
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

export type { FrameKind };
