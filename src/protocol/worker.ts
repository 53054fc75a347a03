/** What the extension host and the worker process say to each other. The command line uses the same session in process. */
import type { BackendName } from '../backends/backend.ts';
import type { Finding, Outcome } from '../inspection/findings.ts';
import type { Frame, FrameChoice, FrameKind, SamplesFrame } from '../inspection/frames.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { Metric } from '../runs/metrics.ts';
import type { SplitName } from '../spec/data.ts';
import type { Activity } from '../text/activity.ts';

export const WORKER_PROTOCOL_VERSION = 1;

export type BackendChoice = BackendName | 'auto';

/** Why a backend is or is not there. */
export interface DeviceReport {
  readonly name: string;
  readonly available: boolean;
  readonly version: string | null;
  readonly device: string | null;
  readonly reason: string | null;
  /** Bytes that tensors can take up there; null where it is not known. */
  readonly memoryBytes: number | null;
  /** A program that stands in for a device that is not there; `auto` never takes it. */
  readonly software: boolean;
  /** The last time that `auto` timed it on this machine. */
  readonly timing: DeviceTiming | null;
}

/** Training steps of a user's model, timed. */
export interface DeviceTiming {
  readonly rowsPerSecond: number;
  readonly stepMs: number;
  /** What was trained, for people: "MADE 784-500-500-784, batch 100". */
  readonly title: string;
  /** When, ISO 8601. */
  readonly measured: string;
}

/** What a run computes on, and why: told when it has been trained or opened, before its first frame. */
export interface BackendInUse {
  readonly name: BackendName;
  readonly version: string;
  readonly device: string;
  /** What was asked for. */
  readonly asked: BackendChoice;
  /** Of the trial behind `auto`, fastest first; empty where a backend was asked for by name. */
  readonly timings: readonly (DeviceTiming & { readonly name: BackendName })[];
  /** Whether the timings are those of an earlier trial of this model on this machine. */
  readonly remembered: boolean;
  /** The backends that were not tried or did not start, with their reasons. */
  readonly skipped: readonly { readonly name: BackendName; readonly reason: string }[];
}

export interface TrainParams {
  /** Absolute path of the experiment file. */
  readonly experimentFile: string;
  /** Absolute path of the run folder; made if it is not there. */
  readonly runFolder: string;
  readonly backend: BackendChoice;
  /** Continue from the run folder's last checkpoint. */
  readonly resume: boolean;
  /** Overrides the experiment's number of epochs. */
  readonly epochs?: number;
}

export interface FrameParams extends FrameChoice {
  /** Answer only with a frame newer than this version; 0 for any. */
  readonly newerThan: number;
  /** How long to wait for a newer frame before answering null. */
  readonly waitMs: number;
  /** Answers null at once to whoever waits for another choice of the kind: set by who wants one choice at a time. */
  readonly overtakes?: boolean | undefined;
}

export interface SampleParams {
  readonly rows: number;
  readonly seed: number;
  readonly temperature: number;
  /** Parameters to use: the current ones, or those of the best epoch. */
  readonly from: 'current' | 'best';
  /** The mask (order) that draws every row, counted from 0; left out: one for each row, drawn among all. */
  readonly mask?: number | undefined;
  /** Rows to complete; row i of what is drawn completes row i of them, beginning anew after the last. */
  readonly given?: GivenParams | undefined;
  /** What rows are conditioned on; left out: what the rows to complete are, or the classes in turn. */
  readonly context?: ContextParams | undefined;
  /** Names the drawing in `sampling` and `cancelSample`, chosen by the asker; left out by those who only wait. */
  readonly id?: number | undefined;
}

/** Columns from … to, both included, counted from 0. */
export type ColumnRange = readonly [from: number, to: number];

/** Values to be completed: some columns of rows of the run's data, or values sent along. */
export type GivenParams =
  | {
      readonly split: SplitName;
      readonly keep: readonly ColumnRange[];
      /** The first row, counted from 0; left out: 0. */
      readonly first?: number | undefined;
      /** How many; left out: as many as are drawn. */
      readonly count?: number | undefined;
    }
  /** [n, D] row-major, NaN where nothing is given. */
  | { readonly values: Float32Array };

/** A class for all rows, counted from 0; or [n, C] values. */
export type ContextParams = { readonly label: number } | { readonly values: Float32Array };

/** How far a drawing has come. */
export interface SamplingProgress {
  readonly id: number;
  /** Rows that are finished, of how many. */
  readonly finished: number;
  readonly rows: number;
  /** Of the work, 0 … 1. */
  readonly share: number;
  /** What there is so far. */
  readonly frame: SamplesFrame;
}

/** A text to be written by a model of text. */
export interface TextSampleParams {
  /** What it goes on from; empty: it begins at the beginning of a text. */
  readonly prime: string;
  /** Characters to write. */
  readonly length: number;
  /** Divides the logits. */
  readonly temperature: number;
  /** Draws from the so many most probable characters alone; null: from all. */
  readonly topK: number | null;
  readonly seed: number;
  readonly from: 'current' | 'best';
  /** Names it in `writing` and `cancelSample`, as {@link SampleParams.id}. */
  readonly id?: number | undefined;
}

/** What has been written of a text since the last tidings. */
export interface TextProgress {
  readonly id: number;
  readonly text: string;
  /** Characters so far, of how many. */
  readonly written: number;
  readonly length: number;
}

/** Requests that the host makes and the worker answers. */
export type WorkerRequests = {
  hello: { params: { version: number }; result: { version: number; pid: number } };
  devices: { params: Record<string, never>; result: readonly DeviceReport[] };
  /** Starts or resumes training; answers when the first batch is about to run, or fails with the reason. */
  train: { params: TrainParams; result: RunManifest };
  /** Opens a run that is not training, for inspection and sampling. */
  open: { params: { runFolder: string; backend: BackendChoice }; result: RunManifest };
  pause: { params: Record<string, never>; result: RunManifest };
  resume: { params: Record<string, never>; result: RunManifest };
  /** While paused: one more batch, or on to the end of the epoch. */
  step: { params: { unit: 'batch' | 'epoch' }; result: RunManifest };
  /** Ends training after the current batch; checkpoint written, run kept. */
  stop: { params: Record<string, never>; result: RunManifest };
  /** The newest frame of a kind once it is newer than what the asker has; null when none came in time. */
  frame: { params: FrameParams; result: Frame | null };
  /** Draws rows, writes them into the run's samples folder, answers with the frame and the file. */
  sample: { params: SampleParams; result: { frame: Frame; file: string } };
  /**
   * Writes a text, and a file of it in the run's samples folder: what was written after the prime, and its mean −log p under the
   * model itself in nats a character.
   */
  sampleText: { params: TextSampleParams; result: { text: string; file: string; step: number; nats: number } };
  /** Gives a drawing up: its `sample` or `sampleText` fails with a CancelledError, nothing is written. Whether there was one. */
  cancelSample: { params: { id: number }; result: boolean };
  /** Runs every diagnostic now. */
  diagnose: { params: Record<string, never>; result: readonly Outcome[] };
};

/** What the worker tells unasked. */
export type WorkerNotifications = {
  /** The run's manifest changed (state, epoch, best ...). */
  manifest: RunManifest;
  /** Metrics since the last message, a few times a second. */
  metrics: { readonly from: number; readonly metrics: readonly Metric[] };
  /** All findings that stand now. */
  findings: readonly Finding[];
  /** A drawing that was given an id goes on, a few times a second. */
  sampling: SamplingProgress;
  /** A text that was given an id goes on, a few times a second. */
  writing: TextProgress;
  /** How much of a frame that takes long is done, 0 … 1, a few times a second. */
  looking: { readonly kind: FrameKind; readonly share: number };
  /** What keeps the run from its next step; null when that is over. */
  activity: Activity | null;
  /** The backend of the run was chosen. */
  backend: BackendInUse;
  log: { readonly level: 'info' | 'warning' | 'error'; readonly text: string };
  /** Once a second while alive. */
  heartbeat: { readonly rssBytes: number };
};

/** The host's end of a connection to a worker. */
export type HostSide = {
  asks: WorkerRequests;
  answers: Record<never, never>;
  tells: Record<never, never>;
  hears: WorkerNotifications;
};

/** The worker's end. */
export type WorkerSide = {
  asks: Record<never, never>;
  answers: WorkerRequests;
  tells: WorkerNotifications;
  hears: Record<never, never>;
};
