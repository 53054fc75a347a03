/** Files from the network, with time limits of our own: for an answer to begin, and for bytes to keep coming. */
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { SetupCancelled } from './errors.ts';

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time without a byte (or without an answer) after which the download is given up. */
  readonly stallMs: number;
  /** Bytes so far, and in all where the server says. */
  readonly onProgress?: (bytes: number, total: number | null) => void;
}

/** A file that could not be had: the address and the reason. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** The server's answer; null where none came. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null) {
    super(message);
    this.status = status;
  }
}

/** Fetches `url` into `file`. @throws DownloadError, SetupCancelled */
export async function download(url: string, file: string, o: DownloadOptions): Promise<void> {
  if (o.signal?.aborted) throw new SetupCancelled();
  const stop = new AbortController();
  const state = { stalled: false };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      state.stalled = true;
      stop.abort();
    }, o.stallMs);
  };
  const cancel = () => stop.abort();
  o.signal?.addEventListener('abort', cancel, { once: true });
  try {
    alive();
    const response = await fetch(url, { signal: stop.signal });
    if (!response.ok || response.body === null)
      throw new DownloadError(`${url}: the server answers ${response.status}`, response.status);
    const length = Number(response.headers.get('content-length'));
    const total = Number.isFinite(length) && length > 0 ? length : null;
    let bytes = 0;
    const counter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        alive();
        bytes += chunk.length;
        o.onProgress?.(bytes, total);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as ReadableStream), counter, createWriteStream(file));
    if (total !== null && bytes < total && !response.headers.has('content-encoding'))
      throw new DownloadError(`${url}: ended after ${bytes} of ${total} bytes`);
  } catch (error) {
    if (o.signal?.aborted) throw new SetupCancelled();
    if (error instanceof DownloadError) throw error;
    if (state.stalled) throw new DownloadError(`${url}: nothing came for ${Math.round(o.stallMs / 1000)} s`);
    throw new DownloadError(`${url}: ${causeOf(error)}`);
  } finally {
    clearTimeout(timer);
    o.signal?.removeEventListener('abort', cancel);
  }
}

/** `fetch` says "fetch failed" and keeps the reason to itself. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
