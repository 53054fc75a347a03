/** A made-up run as the host keeps it: its measurements, what it draws, and what may be done with it in each state. */
import type { PullSource } from '../../../extension/panels/pullGate.ts';
import { choiceKey, sampleEntries, type FrameKind } from '../../../src/inspection/frames.ts';
import { CANCELLED, noDrawing, type Drawing, type DrawingProgress } from '../../../src/protocol/drawing.ts';
import type { DisplayState, DrawnRows, RunMasks, RunSummary, WebviewRequests } from '../../../src/protocol/webview.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { VERSE } from '../../unit/figures/unitTextFixtures.ts';
import { frameOf } from './frames.ts';
import { metricsOf, scenarios, type ScenarioName } from './runs.ts';
import { samplesOf } from './sampleFrames.ts';
import type { Scenario } from './scenario.ts';

const DRAWN_KEY = 'rows drawn by hand';

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

export class MockRun implements PullSource {
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

  get standsOn(): string {
    return this.id;
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
    return this.#untilGivenUp({ rows, finished: 0, share, frame: { ...whole, means: null, entries, share } });
  }

  #untilGivenUp(progress: DrawingProgress): Promise<never> {
    this.#follow(progress);
    return new Promise((_, reject) => {
      this.#giveUp = () => {
        this.#follow(null);
        reject(Object.assign(new Error('the drawing was given up'), { name: CANCELLED }));
      };
    });
  }

  write({ prime, length, seed, temperature, topK }: WebviewRequests['sampleText']['params']): null {
    const text = VERSE.repeat(Math.ceil(length / VERSE.length)).slice(0, length);
    const written = { prime, text, seed, temperature, topK, step: this.shown(null).step, nats: 1.62 };
    this.drawing = { serial: this.drawing.serial + 1, progress: null, written };
    this.changed(null);
    return null;
  }

  /** Writes a part and no more, until it is given up. */
  writeHalf({ prime, length }: WebviewRequests['sampleText']['params'], share: number): Promise<never> {
    const finished = Math.floor(share * length);
    const writing = { prime, text: VERSE.slice(0, finished) };
    return this.#untilGivenUp({ rows: length, finished, share, frame: null, writing });
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
