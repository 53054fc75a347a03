/**
 * Requests with replies over any pair of endpoints that pass messages: a forked process, a webview, or two ends in one
 * process for tests. Replies carry errors, requests time out, and a closed connection rejects what is still pending.
 */
import { messageOf } from '../text/messageOf.ts';

export { messageOf };

/** One end of a message channel. */
export interface Transport {
  /** Hands a message over; false when the channel is congested and the caller should hold back. */
  send(message: unknown): boolean;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: (reason: string) => void): void;
}

/** Requests by name: what goes in, what comes back. */
export type RequestMap = Record<string, { params: unknown; result: unknown }>;
/** Notifications by name. */
export type NotificationMap = Record<string, unknown>;

/** Both directions of a connection, seen from one end. */
export interface Peer {
  /** What this end may ask. */
  asks: RequestMap;
  /** What this end answers. */
  answers: RequestMap;
  /** What this end tells. */
  tells: NotificationMap;
  /** What this end is told. */
  hears: NotificationMap;
}

/** A failure at the other end, with its message and the name of the error there. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  /** `DataError`, `SpecError` … : what the user can mend. Anything else is a mistake of the program. */
  readonly remoteName: string;

  constructor(message: string, remoteName: string) {
    super(message);
    this.remoteName = remoteName;
  }
}

/** Raised here when no reply came in time or the channel closed. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

interface RequestMessage {
  readonly kind: 'request';
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}
interface ReplyMessage {
  readonly kind: 'reply';
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}
interface NotificationMessage {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: unknown;
}
type Message = RequestMessage | ReplyMessage | NotificationMessage;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout> | null;
}

export const DEFAULT_TIMEOUT_MS = 30_000;

export class Connection<P extends Peer> {
  readonly #transport: Transport;
  readonly #pending = new Map<number, Pending>();
  readonly #handlers = new Map<string, (params: never) => unknown>();
  readonly #listeners = new Map<string, (params: never) => void>();
  readonly #mishap: (text: string) => void;
  #nextId = 1;
  #closed: string | null = null;

  /** @param mishap told of a listener that threw; the connection goes on. */
  constructor(transport: Transport, mishap: (text: string) => void = () => undefined) {
    this.#transport = transport;
    this.#mishap = mishap;
    transport.onMessage((message) => {
      void this.#receive(message);
    });
    transport.onClose((reason) => this.close(reason));
  }

  /**
   * Asks the other end. @param timeoutMs 0 waits for ever (replies to long polls).
   * @throws RemoteError what the other end answered; ConnectionError on time-out or closing.
   */
  request<M extends keyof P['asks'] & string>(
    method: M,
    params: P['asks'][M]['params'],
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<P['asks'][M]['result']> {
    if (this.#closed !== null) return Promise.reject(new ConnectionError(this.#closed));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer =
        timeoutMs > 0
          ? setTimeout(() => {
              this.#pending.delete(id);
              reject(new ConnectionError(`no answer to "${method}" within ${timeoutMs / 1000} s`));
            }, timeoutMs)
          : null;
      this.#pending.set(id, { resolve, reject, timer });
      try {
        this.#transport.send({ kind: 'request', id, method, params } satisfies RequestMessage);
      } catch (error) {
        // Something that cannot be cloned, or a channel that broke this moment.
        this.#pending.delete(id);
        if (timer) clearTimeout(timer);
        reject(new ConnectionError(`"${method}" could not be sent: ${messageOf(error)}`));
      }
    });
  }

  /** Tells the other end something; false when the channel is congested. */
  notify<M extends keyof P['tells'] & string>(method: M, params: P['tells'][M]): boolean {
    if (this.#closed !== null) return false;
    return this.#transport.send({ kind: 'notification', method, params } satisfies NotificationMessage);
  }

  /** Answers requests of one name; a second registration replaces the first. */
  handle<M extends keyof P['answers'] & string>(
    method: M,
    handler: (params: P['answers'][M]['params']) => P['answers'][M]['result'] | Promise<P['answers'][M]['result']>,
  ): void {
    this.#handlers.set(method, handler);
  }

  /** Listens to notifications of one name. */
  on<M extends keyof P['hears'] & string>(method: M, listener: (params: P['hears'][M]) => void): void {
    this.#listeners.set(method, listener);
  }

  /** Rejects everything pending and refuses what comes later. */
  close(reason: string): void {
    if (this.#closed !== null) return;
    this.#closed = reason;
    for (const { reject, timer } of this.#pending.values()) {
      if (timer) clearTimeout(timer);
      reject(new ConnectionError(reason));
    }
    this.#pending.clear();
  }

  async #receive(message: unknown): Promise<void> {
    if (this.#closed !== null || !isMessage(message)) return;
    switch (message.kind) {
      case 'reply': {
        const pending = this.#pending.get(message.id);
        if (!pending) return;
        this.#pending.delete(message.id);
        if (pending.timer) clearTimeout(pending.timer);
        if (message.error === undefined) pending.resolve(message.result);
        else pending.reject(new RemoteError(message.error.message, message.error.name));
        return;
      }
      case 'notification':
        this.#hear(message);
        return;
      case 'request':
        await this.#answer(message);
    }
  }

  /** Nobody waits for a listener: what it throws must not take the process with it. */
  #hear({ method, params }: NotificationMessage): void {
    try {
      this.#listeners.get(method)?.(params as never);
    } catch (error) {
      this.#mishap(`a listener to "${method}" failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    }
  }

  async #answer({ id, method, params }: RequestMessage): Promise<void> {
    let reply: ReplyMessage;
    try {
      const handler = this.#handlers.get(method);
      if (!handler) throw new Error(`nothing here answers "${method}"`);
      reply = { kind: 'reply', id, result: await handler(params as never) };
    } catch (error) {
      reply = { kind: 'reply', id, error: failureOf(error) };
    }
    if (this.#closed !== null) return;
    try {
      this.#transport.send(reply);
    } catch (error) {
      // The result cannot be cloned; if not even an error goes through, the channel is gone.
      try {
        this.#transport.send({ kind: 'reply', id, error: failureOf(error) } satisfies ReplyMessage);
      } catch (broken) {
        this.close(messageOf(broken));
      }
    }
  }
}

function failureOf(error: unknown): { name: string; message: string } {
  return { name: error instanceof Error ? error.name : 'Error', message: messageOf(error) };
}

/** Whether a message has what its kind needs; what else there is (params, results) is checked by whoever acts on it. */
function isMessage(value: unknown): value is Message {
  if (!isRecord(value)) return false;
  switch (value['kind']) {
    case 'request':
      return Number.isInteger(value['id']) && typeof value['method'] === 'string';
    case 'reply':
      return Number.isInteger(value['id']) && (value['error'] === undefined || isFailure(value['error']));
    case 'notification':
      return typeof value['method'] === 'string';
    default:
      return false;
  }
}

function isFailure(value: unknown): boolean {
  return isRecord(value) && typeof value['name'] === 'string' && typeof value['message'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Two connected ends in one process; messages are cloned and arrive in a later task, as they would elsewhere. */
export function inProcessPair(): [Transport & { close(): void }, Transport & { close(): void }] {
  const ends = [endpoint(), endpoint()] as const;
  const wire = (from: number, to: number) => ({
    send: (message: unknown) => {
      const copy: unknown = structuredClone(message);
      setTimeout(() => ends[to]!.receive(copy), 0);
      return true;
    },
    onMessage: (listener: (message: unknown) => void) => ends[from]!.messages.push(listener),
    onClose: (listener: (reason: string) => void) => ends[from]!.closers.push(listener),
    close: () => {
      for (const end of ends) for (const closer of end.closers) closer('the other end closed');
    },
  });
  return [wire(0, 1), wire(1, 0)];
}

function endpoint() {
  const messages: ((message: unknown) => void)[] = [];
  const closers: ((reason: string) => void)[] = [];
  return { messages, closers, receive: (message: unknown) => messages.forEach((listener) => listener(message)) };
}
