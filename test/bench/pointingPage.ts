/** Stands in for the inspector's page with the latent manifold open: its pulls, and the host's gate that answers them. */
import { setTimeout as pause } from 'node:timers/promises';
import { defaultGate, PullGate } from '../../extension/panels/pullGate.ts';
import { Signal } from '../../extension/signal.ts';
import type { ManifoldPlane, ManifoldPointChoice } from '../../src/inspection/frames/manifold.ts';
import { choiceKey, frameFacts, type Frame, type FrameChoice, type FrameKind } from '../../src/inspection/frames.ts';
import { noDrawing } from '../../src/protocol/drawing.ts';
import type { Connection } from '../../src/protocol/rpc.ts';
import type { PullResult, RunSummary, WebviewRequests } from '../../src/protocol/webview.ts';
import type { HostSide } from '../../src/protocol/worker.ts';
import type { RunManifest } from '../../src/runs/manifest.ts';
import type { Metric } from '../../src/runs/metrics.ts';
import { Puller } from '../../webview/pull.ts';

type Pull = WebviewRequests['pull']['params'];

/** A page draws what came before it asks again: at 60 frames a second. */
const DRAWN_MS = 16;

export class PointingPage {
  readonly #connection: Connection<HostSide>;
  readonly #changed = new Signal<number | null>();
  readonly #gate: PullGate;
  readonly #puller: Puller;
  readonly #seen = new Map<FrameKind, { readonly version: number; readonly choice: string }>();
  #metrics: Metric[] = [];
  #known = 0;
  #training = true;
  #choices: readonly FrameChoice[] = [];
  #wanted: ManifoldPointChoice | null = null;
  #arrived: () => void = () => undefined;

  constructor(connection: Connection<HostSide>, manifest: RunManifest) {
    this.#connection = connection;
    connection.on('metrics', ({ from, metrics }) => {
      this.#metrics = [...this.#metrics.slice(0, from), ...metrics];
      this.#changed.fire(from);
    });
    const summary: RunSummary = { id: 'bench', manifest, state: 'running', actions: [], owner: null, problem: null };
    const isTraining = () => this.#training;
    const metricsNow = () => this.#metrics;
    this.#gate = new PullGate(
      {
        ...{
          standsOn: 'bench',
          revision: 1,
          processes: 1,
          summary,
          findings: [],
          checks: null,
          masks: null,
          drawn: null,
        },
        drawing: noDrawing,
        get training() {
          return isTraining();
        },
        get metrics() {
          return metricsNow();
        },
        drawnFetched: () => undefined,
        frame: (params) => connection.request('frame', params, 0),
        onChange: (listener) => this.#changed.event(listener),
      },
      { ...defaultGate, onError: (kind, error) => console.error(`${kind}:`, error) },
    );
    this.#puller = new Puller({
      ask: (pull) => this.#gate.pull(pull),
      wanted: () => this.#pull(),
      take: (asked, result) => this.#take(asked, result),
      drawn: () => pause(DRAWN_MS),
      onTrouble: (problem) => problem !== null && console.error(problem),
    });
  }

  /** The newest step that was told. */
  get step(): number {
    return this.#metrics.at(-1)?.step ?? 0;
  }

  /** Asks for the place; settles when what is decoded there has come. */
  pointAt(plane: ManifoldPlane, u: number, v: number): Promise<void> {
    this.#wanted = { ...plane, u, v };
    this.#choices = [
      { kind: 'manifold', mask: null, options: { ...frameFacts.manifold.options, ...plane } },
      { kind: 'manifoldPoint', mask: null, options: this.#wanted },
    ];
    return new Promise((resolve) => {
      this.#arrived = resolve;
      this.#puller.kick();
    });
  }

  async pauseTraining(): Promise<void> {
    await this.#connection.request('pause', {}, 0);
    this.#training = false;
    this.#changed.fire(null);
  }

  close(): void {
    this.#puller.stop();
    this.#gate.close();
  }

  #pull(): Pull {
    const frames = this.#choices.map((choice) => {
      const seen = this.#seen.get(choice.kind);
      return { ...choice, newerThan: seen?.choice === choiceKey(choice) ? seen.version : 0 };
    });
    return { standsOn: 'bench', revision: 1, metrics: this.#known, masks: true, drawn: 0, drawing: 0, frames };
  }

  #take(asked: Pull, { frame, metrics }: PullResult): boolean {
    if (metrics) this.#known = metrics.from + metrics.metrics.length;
    if (frame) this.#show(frame, asked);
    return frame !== undefined || metrics !== undefined;
  }

  #show(frame: Frame, asked: Pull): void {
    const wish = asked.frames.find(({ kind }) => kind === frame.kind)!;
    this.#seen.set(frame.kind, { version: frame.version, choice: choiceKey(wish) });
    if (frame.kind !== 'manifoldPoint' || !this.#wanted) return;
    const { plane, z } = frame;
    const near = (a: number, b: number) => Math.abs(a - b) < 1e-4;
    if (near(z[plane.across]!, this.#wanted.u) && near(z[plane.down]!, this.#wanted.v)) this.#arrived();
  }
}
