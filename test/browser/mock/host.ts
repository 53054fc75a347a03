/**
 * Runs in the page, before the inspector: plays the editor (`acquireVsCodeApi`, theme) and the extension host, with
 * the host's own gate for pulls and made-up runs behind it. Tests steer it through `window.mock`.
 */
import { PullGate, type PullSource } from '../../../extension/panels/pullGate.ts';
import { choiceKey, sampleEntries, type FrameKind } from '../../../src/inspection/frames.ts';
import type { ViewId } from '../../../src/inspection/views.ts';
import { CANCELLED, noDrawing, type Drawing, type DrawingProgress } from '../../../src/protocol/drawing.ts';
import { Connection, type Transport } from '../../../src/protocol/rpc.ts';
import {
  webviewRequestSpecs,
  type DisplayState,
  type Compared,
  type DrawnRows,
  type PanelSide,
  type RunAction,
  type RunMasks,
  type RunSummary,
  type Snapshot,
  type WebviewRequests,
} from '../../../src/protocol/webview.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../../../src/protocol/webviewVersion.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { Selection } from '../../../src/inspection/findings.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { frameOf, metricsOf, samplesOf, scenarios, type Scenario, type ScenarioName } from './runs.ts';
import type { ThemeName } from './names.ts';
import { applyTheme } from './themes.ts';

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

const query = new URLSearchParams(location.search);
applyTheme((query.get('theme') ?? 'dark') as ThemeName);

const STATE_KEY = 'vscode state';
const DRAWN_KEY = 'rows drawn by hand';
const toHost: ((message: unknown) => void)[] = [];
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      const copy: unknown = structuredClone(message);
      setTimeout(() => {
        for (const listener of toHost) listener(copy);
      }, 0);
    },
    getState: () => JSON.parse(sessionStorage.getItem(STATE_KEY) ?? 'null') as unknown,
    setState: (state: unknown) => {
      sessionStorage.setItem(STATE_KEY, JSON.stringify(state));
    },
  }),
});
const transport: Transport = {
  send: (message) => {
    window.postMessage(structuredClone(message), '*');
    return true;
  },
  onMessage: (listener) => toHost.push(listener),
  onClose: () => undefined,
};

/** What the host allows in each state. */
function actionsIn(state: DisplayState): RunSummary['actions'] {
  switch (state) {
    case 'running':
      return ['pause', 'stop', 'sample'];
    case 'paused':
      return ['resume', 'stepBatch', 'stepEpoch', 'stop', 'sample'];
    case 'preparing':
    case 'restarting':
      return ['stop'];
    case 'elsewhere':
      return ['sample'];
    case 'finished':
      return ['train', 'sample'];
    case 'stopped':
    case 'failed':
    case 'interrupted':
      return ['train', 'continue', 'sample'];
    case 'unreadable':
      return ['train'];
  }
}

class MockRun implements PullSource {
  scenario: Scenario;
  readonly id: string;
  metrics: readonly Metric[];
  revision = 1;
  readonly processes = 1;
  drawn: DrawnRows | null = null;
  drawing: Drawing = noDrawing;
  /** Drawings stay where they are, half done, until this is called. */
  #giveUp: (() => void) | null = null;
  readonly brokenFrames = new Map<FrameKind, string>();
  #batches: number;
  #versions = 0;
  readonly #served = new Map<FrameKind, { step: number; choice: string }>();
  readonly #listeners = new Set<(from: number | null) => void>();

  constructor(name: ScenarioName) {
    this.scenario = scenarios[name];
    this.id = `runs/${this.scenario.experiment}/${name}`;
    this.#batches = this.scenario.batches;
    this.metrics = metricsOf(this.scenario, this.#batches);
  }

  get training(): boolean {
    return this.summary?.state === 'running';
  }

  get findings() {
    return this.scenario.findings;
  }

  get checks() {
    return this.scenario.checks;
  }

  get masks(): RunMasks {
    const orders = this.scenario.structures.map(({ order }) => order);
    const shared = orders.every((order) => String(order) === String(orders[0]));
    const conditioned = this.scenario.context === undefined ? {} : ({ conditioned: 'labels' } as const);
    return { count: orders.length, orders: shared ? orders.slice(0, 1) : orders, ...conditioned };
  }

  draw(asked: WebviewRequests['sample']['params']): void {
    const frame = this.#rows(asked);
    this.drawn = { serial: (this.drawn?.serial ?? 0) + 1, frame };
    sessionStorage.setItem(DRAWN_KEY, JSON.stringify({ run: this.id, asked }));
    this.changed(null);
  }

  #rows({ rows, seed, temperature, given }: WebviewRequests['sample']['params']) {
    const frame = samplesOf(this.scenario, this.shown(null), rows, seed, { seed, temperature });
    if (!given) return frame;
    const entries = new Uint8Array(rows * frame.dimension);
    for (const [from, to] of given.keep) {
      for (let row = 0; row < rows; row++)
        entries.fill(sampleEntries.given, row * frame.dimension + from, row * frame.dimension + to + 1);
    }
    return { ...frame, entries };
  }

  /** Draws the upper part of every row and no more, until it is given up. */
  drawHalf(asked: WebviewRequests['sample']['params'], share: number): Promise<never> {
    const whole = this.#rows(asked);
    const { rows, dimension } = whole;
    const entries = whole.entries?.slice() ?? new Uint8Array(rows * dimension);
    for (let i = 0; i < entries.length; i++) {
      if (entries[i] === sampleEntries.drawn && i % dimension >= share * dimension) entries[i] = sampleEntries.coming;
    }
    this.#follow({ rows, finished: 0, share, frame: { ...whole, means: null, entries, share } });
    return new Promise((_, reject) => {
      this.#giveUp = () => {
        this.#follow(null);
        reject(Object.assign(new Error('the drawing was given up'), { name: CANCELLED }));
      };
    });
  }

  giveUp(): void {
    this.#giveUp?.();
  }

  #follow(progress: DrawingProgress | null): void {
    this.drawing = { serial: this.drawing.serial + 1, progress };
    this.changed(null);
  }

  /** The host outlives the page; this one remembers instead. */
  drawAgain(): void {
    const kept = JSON.parse(sessionStorage.getItem(DRAWN_KEY) ?? 'null') as {
      run: string;
      asked: WebviewRequests['sample']['params'];
    } | null;
    if (kept?.run === this.id) this.draw(kept.asked);
  }

  drawnFetched(): void {
    // Rows drawn here are few.
  }

  get summary(): RunSummary | null {
    const { manifest, owner, problem } = this.scenario;
    if (!manifest) return null;
    const state = this.scenario.state ?? manifest.state;
    const epochs = this.metrics.filter((metric) => metric.type === 'epoch');
    const best = epochs.reduce<RunManifest['best']>(
      (found, { validation, epoch }) =>
        validation !== null && (!found || validation < found.nats) ? { epoch, nats: validation } : found,
      null,
    );
    const progress = { step: this.#batches, epoch: this.#batches / this.scenario.batchesAnEpoch, best };
    return {
      id: this.id,
      manifest: { ...manifest, ...progress },
      state,
      actions: actionsIn(state),
      owner,
      problem,
    };
  }

  async frame({ newerThan, waitMs, ...choice }: Parameters<PullSource['frame']>[0]) {
    const { kind, mask } = choice;
    const key = choiceKey(choice);
    const problem = this.brokenFrames.get(kind);
    if (problem !== undefined) throw new Error(problem);
    const served = this.#served.get(kind);
    if (this.#batches === 0 || (served?.step === this.#batches && served.choice === key && newerThan > 0)) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 200)));
      return null;
    }
    this.#served.set(kind, { step: this.#batches, choice: key });
    return frameOf(this.scenario, choice, this.shown(mask));
  }

  shown(mask: number | null) {
    const maskCount = this.scenario.structures.length;
    return {
      version: ++this.#versions,
      step: this.#batches,
      epoch: this.#batches / this.scenario.batchesAnEpoch,
      mask: mask ?? this.#batches % maskCount,
      maskCount,
    };
  }

  onChange(listener: (from: number | null) => void) {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  train(batches: number): void {
    const from = this.metrics.length;
    this.#batches += batches;
    this.metrics = metricsOf(this.scenario, this.#batches);
    this.changed(from);
  }

  become(change: Partial<Scenario>): void {
    this.scenario = { ...this.scenario, ...change };
    this.changed(null);
  }

  changed(from: number | null): void {
    this.revision++;
    for (const listener of this.#listeners) listener(from);
  }
}

const requests: { method: string; params: unknown }[] = [];
const exports: { name: string; format: string; content: string | Uint8Array }[] = [];
let failure: string | null = null;
let broken: string | null = null;
let stuckAt: number | null = null;
const gateOptions = { holdMs: 2000, paceMs: 10, idleMs: 2000, retryMs: 1000, onError: () => undefined };
let run = new MockRun((query.get('scenario') ?? 'small') as ScenarioName);
run.drawAgain();
let gate = new PullGate(run, gateOptions);

const connection = new Connection<PanelSide>(transport);
let other: MockRun | null = null;
let otherGate: PullGate | null = null;
function compareWith(name: ScenarioName | null): void {
  otherGate?.close();
  other = name && new MockRun(name);
  otherGate = other && new PullGate(other, gateOptions);
}
const comparedName = query.get('compared') as ScenarioName | null;
const snapshot = (): Snapshot => ({ ...snapshotOf(run), compared: compared() });
const compared = (): Compared | null =>
  other && {
    snapshot: snapshotOf(other),
    differences: [
      { key: 'model.hidden', a: '[64,64]', b: '[24]' },
      { key: 'model.masks', a: '1', b: '8' },
    ],
  };
const snapshotOf = (run: MockRun): Snapshot => ({
  version: WEBVIEW_PROTOCOL_VERSION,
  run: run.summary,
  experiment: run.scenario.experiment,
  findings: run.findings,
  checks: run.checks,
  metrics: run.metrics,
  masks: run.masks,
  drawn: run.drawn,
  drawing: run.drawing,
});
/** Keeps what was asked, and checks it as the host does. */
function received<K extends keyof typeof webviewRequestSpecs>(method: K, params: unknown): void {
  webviewRequestSpecs[method].parse(params);
  requests.push({ method, params });
}
function orFail(): void {
  if (failure !== null) throw new Error(failure);
}
const change = (state: RunManifest['state']) =>
  run.scenario.manifest && run.become({ manifest: { ...run.scenario.manifest, state } });

compareWith(comparedName);
connection.handle('pullCompared', (params) => {
  received('pullCompared', params);
  return otherGate ? otherGate.pull(params) : { revision: params.revision };
});
connection.handle('compare', (params) => {
  received('compare', params);
  orFail();
  compareWith('several');
  connection.notify('compared', compared());
  connection.notify('reveal', { view: 'compare' });
  return null;
});
connection.handle('stopComparing', (params) => {
  received('stopComparing', params);
  compareWith(null);
  connection.notify('compared', null);
  return null;
});
connection.handle('ready', (params) => {
  received('ready', params);
  return snapshot();
});
connection.handle('pull', (params) => {
  received('pull', params);
  if (broken !== null) throw new Error(broken);
  return gate.pull(params);
});
connection.handle('action', (params) => {
  received('action', params);
  orFail();
  const act: Record<RunAction, () => void> = {
    train: () => reset('small'),
    pause: () => change('paused'),
    resume: () => change('running'),
    stepBatch: () => run.train(1),
    stepEpoch: () => run.train(run.scenario.batchesAnEpoch),
    stop: () => run.become({ manifest: scenarios.stopped.manifest, state: null }),
    continue: () => run.become({ manifest: scenarios.small.manifest, state: null, problem: null }),
  };
  act[params.action]();
  return null;
});
connection.handle('sample', (params) => {
  received('sample', params);
  orFail();
  if (stuckAt !== null) return run.drawHalf(params, stuckAt);
  run.draw(params);
  return null;
});
connection.handle('cancelSample', (params) => {
  received('cancelSample', params);
  run.giveUp();
  return null;
});
connection.handle('exportFile', (params) => {
  received('exportFile', params);
  orFail();
  exports.push(params);
  return `${params.name}.${params.format}`;
});
connection.handle('explain', (params) => {
  received('explain', params);
  return null;
});

function reset(name: ScenarioName): void {
  gate.close();
  run = new MockRun(name);
  gate = new PullGate(run, gateOptions);
  connection.notify('reset', snapshot());
}

window.mock = {
  requests,
  exports,
  train: (batches) => {
    run.train(batches);
    other?.train(batches);
  },
  become: (name) => {
    const { manifest, state, owner, problem, findings, checks } = scenarios[name];
    run.become({ manifest, state, owner, problem, findings, checks });
  },
  reset,
  reveal: (view, select) => connection.notify('reveal', select ? { view, select } : { view }),
  theme: applyTheme,
  failWith: (message) => {
    failure = message;
  },
  breakFrames: (kind, message) => {
    if (message === null) run.brokenFrames.delete(kind);
    else run.brokenFrames.set(kind, message);
    run.changed(null);
  },
  stickDrawings: (share) => {
    stuckAt = share;
  },
  breakPulls: (message) => {
    broken = message;
    run.changed(null);
  },
};

// Training that goes on by itself, for looking at and for measuring.
const pace = Number(query.get('pace') ?? 0);
if (pace > 0) setInterval(() => run.training && run.train(pace), 100);
