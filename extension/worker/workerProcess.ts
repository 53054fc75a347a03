/** One forked worker: started, greeted, watched, ended. Knows nothing of runs, nor of the editor. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Runtime } from '../../src/native/check.ts';
import { Connection } from '../../src/protocol/rpc.ts';
import { WORKER_PROTOCOL_VERSION, type HostSide } from '../../src/protocol/worker.ts';
import { childTransport } from './childTransport.ts';
import { Watchdog } from './watchdog.ts';

export type LogLevel = 'info' | 'warning' | 'error';
export type Log = (level: LogLevel, text: string) => void;

export interface WorkerProcessOptions {
  /** The worker's program. */
  readonly file: string;
  /** Silent for so long, a worker counts as hung and is killed. */
  readonly silenceMs: number;
  /** Time a worker has to write what it wants to keep, once told to end. */
  readonly graceMs: number;
  readonly log: Log;
  /** What runs it. */
  readonly runtime: Runtime;
}

/** How a worker ended. */
export interface WorkerEnd {
  /** Whether it had been told to. */
  readonly expected: boolean;
  /** In words, for people. */
  readonly reason: string;
}

const HELLO_TIMEOUT_MS = 30_000;
/** Characters kept of what a worker wrote to its error stream, for the reason of its end. */
const ERROR_TAIL = 2000;

export class WorkerProcess {
  readonly connection: Connection<HostSide>;
  /** Settles when the process is gone; never rejects. */
  readonly ended: Promise<WorkerEnd>;
  readonly #child: ChildProcess;
  readonly #options: WorkerProcessOptions;
  readonly #watchdog: Watchdog;
  #ending: string | null = null;
  #verdict: string | null = null;
  #errorTail = '';

  private constructor(options: WorkerProcessOptions) {
    this.#options = options;
    this.#child = fork(options.file, [], {
      execPath: options.runtime.execPath,
      execArgv: [],
      env: options.runtime.env,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const transport = childTransport(this.#child);
    this.connection = new Connection<HostSide>(transport, (text) => options.log('error', text));
    this.#watchdog = new Watchdog({
      silenceMs: options.silenceMs,
      onSilence: (ms) => this.#killHung(ms),
    });
    this.connection.on('heartbeat', () => this.#watchdog.beat());
    this.#child.stdout?.on('data', (data: Buffer) => options.log('info', data.toString().trimEnd()));
    this.#child.stderr?.on('data', (data: Buffer) => {
      const text = data.toString();
      this.#errorTail = (this.#errorTail + text).slice(-ERROR_TAIL);
      options.log('warning', text.trimEnd());
    });
    this.ended = new Promise((resolve) => {
      const finish = (reason: string) => {
        this.#watchdog.stop();
        const expected = this.#ending !== null && this.#verdict === null;
        const end = { expected, reason: this.#verdict ?? this.#ending ?? reason };
        transport.close(end.reason);
        resolve(end);
      };
      // `close` never comes after a disconnect (Node 20), so wait for the exit and, for its last words, the error stream.
      this.#child.once('exit', (code, signal) => {
        void streamEnd(this.#child.stderr).then(() => finish(exitReason(code, signal, this.#errorTail)));
      });
      this.#child.once('error', (error) => {
        if (this.#child.pid === undefined) finish(`the worker process could not be started: ${error.message}`);
      });
    });
  }

  /** Forks a worker and greets it. @throws ConnectionError with the reason when it does not answer. */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(options);
    try {
      const { version } = await worker.connection.request(
        'hello',
        { version: WORKER_PROTOCOL_VERSION },
        HELLO_TIMEOUT_MS,
      );
      if (version !== WORKER_PROTOCOL_VERSION) {
        throw new Error(`the worker speaks protocol ${version}; this extension speaks ${WORKER_PROTOCOL_VERSION}`);
      }
    } catch (error) {
      worker.kill('the worker did not start');
      throw error;
    }
    worker.#watchdog.start();
    return worker;
  }

  /** Whether it was let go or killed: it answers no more, though it may still be there. */
  get leaving(): boolean {
    return this.#ending !== null;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Ends the worker in good order: it hears that its parent let go, writes what it wants to keep and exits; killed
   * when it has not done so within the grace.
   */
  async end(reason: string): Promise<WorkerEnd> {
    if (this.#ending === null) {
      this.#ending = reason;
      this.#watchdog.stop();
      if (this.#child.connected) this.#child.disconnect();
      this.connection.close(reason);
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#options.graceMs);
      void this.ended.then(() => clearTimeout(timer));
    }
    return this.ended;
  }

  /** Ends the worker at once. */
  kill(reason: string): void {
    this.#ending ??= reason;
    this.connection.close(reason);
    this.#child.kill('SIGKILL');
  }

  #killHung(silentMs: number): void {
    this.#verdict = `the worker gave no sign of life for ${Math.round(silentMs / 1000)} s and was ended`;
    this.#options.log('error', this.#verdict);
    this.connection.close(this.#verdict);
    this.#child.kill('SIGKILL');
  }
}

/** Settles when a stream has been read to its end, or soon: a grandchild may hold it open for ever. */
function streamEnd(stream: Readable | null): Promise<void> {
  if (stream === null || stream.readableEnded || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 250);
    stream.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Why a process ended, in words: its code or signal, and what it said last. */
export function exitReason(code: number | null, signal: NodeJS.Signals | null, errorText: string): string {
  const how = signal ? `was killed (${signal})` : code === 0 ? 'ended by itself' : `ended with code ${code}`;
  const last = lastComplaint(errorText);
  return `the worker process ${how}${last === null ? '' : `: ${last}`}`;
}

/** Node's closing line, and what TensorFlow tells of every start ("… round-off errors …"). */
const CHATTER = /^Node\.js v|^[IW]\d{4} |^WARNING: All log messages|^To enable the following instructions/;

/** The line of an error stream that says most: the last fatal or error line, else the last line that is no stack frame. */
function lastComplaint(text: string): string | null {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at ') && !CHATTER.test(line));
  const telling = lines.findLast((line) => /error|fatal|abort|cannot|out of memory/i.test(line));
  const line = telling ?? lines.at(-1);
  return line === undefined ? null : line.slice(0, 300);
}
