/**
 * Answers the worker protocol over any transport: a forked process, or one end of a pair in the same process (command
 * line, tests). Owns one run at a time. A request that fails is answered with its error; the session goes on.
 */
import type { FrameKind } from '../inspection/frames.ts';
import type { Outcome } from '../inspection/findings.ts';
import { Scheduler } from '../inspection/scheduler.ts';
import { Connection, type Transport } from '../protocol/rpc.ts';
import {
  type SampleParams,
  type SamplingProgress,
  type TextProgress,
  type TextSampleParams,
  type TrainParams,
  WORKER_PROTOCOL_VERSION,
  type WorkerRequests,
  type WorkerSide,
} from '../protocol/worker.ts';
import { isUnderWay, type RunManifest } from '../runs/manifest.ts';
import type { Trainer } from '../training/trainer.ts';
import type { ActiveRun } from './activeRun.ts';
import { deviceReports } from './devices.ts';
import { Diagnosis } from './diagnosis.ts';
import { LiveRun } from './liveRun.ts';
import { MetricsOutbox } from './metricsOutbox.ts';
import { OpenRun } from './openRun.ts';
import { checked, RequestError } from './requestSpecs.ts';
import { drawSamples, TIDINGS_MS } from './sampling.ts';
import { writeText } from './textSampling.ts';

/** A run with what serves it. */
interface Stand {
  readonly run: ActiveRun;
  readonly scheduler: Scheduler;
  readonly diagnosis: Diagnosis;
  /** Settles when training ends; resolved for a run that was opened. */
  readonly ended: Promise<void>;
}

export class Session {
  readonly #connection: Connection<WorkerSide>;
  readonly #outbox: MetricsOutbox;
  #stand: Stand | null = null;
  /** Drawings under way that can be given up, by their ids. */
  readonly #drawings = new Map<number, AbortController>();
  /** Requests that change the run, one after another. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(transport: Transport) {
    const connection = new Connection<WorkerSide>(this.#charged(transport));
    this.#connection = connection;
    this.#outbox = new MetricsOutbox((batch) => connection.notify('metrics', batch));
    connection.handle('hello', ({ version }) => {
      if (version !== WORKER_PROTOCOL_VERSION) {
        throw new RequestError(
          `the worker speaks version ${WORKER_PROTOCOL_VERSION} of the protocol, the host version ${String(version)}; reload the window`,
        );
      }
      return { version: WORKER_PROTOCOL_VERSION, pid: process.pid };
    });
    connection.handle('devices', deviceReports);
    connection.handle('train', (params) => this.#inTurn(() => this.#train(params)));
    connection.handle('open', (params) => this.#inTurn(() => this.#open(params)));
    connection.handle('pause', () => this.#control((trainer) => trainer.pause()));
    connection.handle('resume', () => this.#control((trainer) => trainer.resume()));
    connection.handle('step', (params) => this.#control((trainer) => trainer.step(checked('step', params).unit)));
    connection.handle('stop', () => this.#control((trainer) => trainer.stop()));
    connection.handle('frame', (params) => {
      const request = checked('frame', params);
      return this.#current().scheduler.request(request);
    });
    connection.handle('sample', (params) => this.#sample(params));
    connection.handle('sampleText', (params) => this.#sampleText(params));
    connection.handle('cancelSample', (params) => this.#cancelSample(checked('cancelSample', params).id));
    connection.handle('diagnose', () => this.#diagnose());
  }

  /** Tells the host what goes on; for the process around the session. */
  log(level: 'info' | 'warning' | 'error', text: string): void {
    this.#connection.notify('log', { level, text });
  }

  heartbeat(rssBytes: number): void {
    this.#connection.notify('heartbeat', { rssBytes });
  }

  /** Ends training after the current batch, with a checkpoint, and frees everything. */
  async close(): Promise<void> {
    await this.#inTurn(() => this.#leave());
    this.#connection.close('the session was closed');
  }

  /** Sending costs time as well, a frame's serialisation above all: it goes off the inspections' budget. */
  #charged(transport: Transport): Transport {
    return {
      send: (message) => {
        const started = performance.now();
        const room = transport.send(message);
        this.#stand?.scheduler.charge(performance.now() - started);
        return room;
      },
      onMessage: (listener) => transport.onMessage(listener),
      onClose: (listener) => transport.onClose(listener),
    };
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(change);
    this.#changing = turn.catch(() => undefined);
    return turn;
  }

  async #train(given: TrainParams): Promise<RunManifest> {
    const params = checked('train', given) as TrainParams;
    await this.#makeRoom();
    const started: { stand?: Stand } = {};
    const run = await LiveRun.prepare(params, {
      onManifest: (manifest) => {
        this.#outbox.flush();
        this.#connection.notify('manifest', manifest);
        started.stand?.scheduler.wake();
      },
      onMetrics: (from, metrics) => this.#outbox.add(from, metrics),
      onEpoch: () => this.#epochEnded(),
      onBackend: (backend) => this.#connection.notify('backend', backend),
      betweenBatches: () => started.stand?.scheduler.betweenBatches() ?? Promise.resolve(),
      onActivity: (activity) => {
        this.#connection.notify('activity', activity);
        // Within one process, messages take a turn to arrive.
        return new Promise((sent) => setTimeout(sent, 0));
      },
      onNote: (text) => this.log('info', text),
      warn: (text) => this.log('warning', text),
    });
    // Wait for the trainer to have begun, so that its first state is the one that is answered.
    const stand = this.#take(run, () => this.#runToEnd(run.trainer));
    started.stand = stand;
    void stand.diagnosis.measure('facts');
    return run.manifest;
  }

  async #open(given: WorkerRequests['open']['params']): Promise<RunManifest> {
    const { runFolder, backend } = checked('open', given);
    await this.#makeRoom();
    const run = await OpenRun.open(runFolder, backend);
    this.#connection.notify('backend', run.backend);
    const stand = this.#take(run, () => Promise.resolve());
    void stand.diagnosis.measure('cheap');
    return run.manifest;
  }

  /** Leaves the present run for another. @throws RequestError while that trains. */
  async #makeRoom(): Promise<void> {
    if (this.#stand?.run.trainer && isUnderWay(this.#stand.run.manifest.state)) {
      throw new RequestError('a run is under way; stop it first');
    }
    await this.#leave();
  }

  #take(run: ActiveRun, train: () => Promise<void>): Stand {
    let told = performance.now();
    const onProgress = (kind: FrameKind, share: number) => {
      if (performance.now() - told < TIDINGS_MS) return;
      told = performance.now();
      this.#connection.notify('looking', { kind, share });
    };
    const scheduler = new Scheduler({ source: run.source, training: () => run.training, onProgress });
    const diagnosis = new Diagnosis(run, scheduler, {
      tell: (findings) => this.#connection.notify('findings', findings),
      warn: (text) => this.log('warning', text),
    });
    const stand: Stand = { run, scheduler, diagnosis, ended: Promise.resolve().then(train) };
    this.#stand = stand;
    return stand;
  }

  /** Trains until the end; what the trainer throws is a mistake of ours and is told as one. */
  async #runToEnd(trainer: Trainer): Promise<void> {
    try {
      await trainer.run();
    } catch (error) {
      this.log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    this.#outbox.flush();
    const stand = this.#stand;
    if (stand?.run.trainer !== trainer) return;
    stand.diagnosis.judge();
    stand.scheduler.wake();
    void stand.diagnosis.measure('full');
  }

  #epochEnded(): void {
    const { diagnosis } = this.#stand ?? {};
    diagnosis?.judge();
    void diagnosis?.measure('cheap');
  }

  async #leave(): Promise<void> {
    const stand = this.#stand;
    if (!stand) return;
    this.#stand = null;
    stand.scheduler.close();
    await stand.run.close();
    await stand.ended;
    this.#outbox.flush();
  }

  async #control(act: (trainer: Trainer) => Promise<RunManifest>): Promise<RunManifest> {
    const { run, scheduler } = this.#current();
    if (!run.trainer) throw new RequestError('this run was opened to look at; it is not training');
    const manifest = await act(run.trainer);
    scheduler.wake();
    return manifest;
  }

  async #sample(given: SampleParams): Promise<WorkerRequests['sample']['result']> {
    const params = checked('sample', given);
    const { run, scheduler } = this.#current();
    return this.#underWay(params.id, (id, signal) => {
      const watch = id !== undefined && {
        signal,
        tell: (progress: Omit<SamplingProgress, 'id'>) => this.#connection.notify('sampling', { id, ...progress }),
      };
      return scheduler.run('sample', drawSamples(run, params, watch || null), 'urgent');
    });
  }

  async #sampleText(given: TextSampleParams): Promise<WorkerRequests['sampleText']['result']> {
    const params = checked('sampleText', given);
    const { run, scheduler } = this.#current();
    return this.#underWay(params.id, (id, signal) => {
      const watch = id !== undefined && {
        signal,
        tell: (progress: Omit<TextProgress, 'id'>) => this.#connection.notify('writing', { id, ...progress }),
      };
      return scheduler.run('sample', writeText(run, params, watch || null), 'urgent');
    });
  }

  /** A drawing that can be given up while it goes on, where it has an id. */
  async #underWay<T>(
    id: number | undefined,
    draw: (id: number | undefined, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const cancelling = new AbortController();
    if (id === undefined) return draw(id, cancelling.signal);
    if (this.#drawings.has(id)) throw new RequestError(`a drawing with the id ${id} is under way`);
    this.#drawings.set(id, cancelling);
    try {
      return await draw(id, cancelling.signal);
    } finally {
      this.#drawings.delete(id);
    }
  }

  #cancelSample(id: number): boolean {
    const drawing = this.#drawings.get(id);
    drawing?.abort();
    return drawing !== undefined;
  }

  #diagnose(): Promise<readonly Outcome[]> {
    return this.#current().diagnosis.full();
  }

  #current(): Stand {
    if (!this.#stand) throw new RequestError('no run is open');
    return this.#stand;
  }
}
