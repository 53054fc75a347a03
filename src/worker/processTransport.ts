/** The transport of a forked child: its IPC channel, with back-pressure. */
import type { Transport } from '../protocol/rpc.ts';

/** The part of `process` that is used, so that tests can stand in for it. */
export interface IpcEnd {
  send?(message: unknown, handle: undefined, options: undefined, sent: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** Messages handed over and not yet written at which the channel counts as congested. */
const MAX_UNSENT = 8;

/**
 * `send` answers false while earlier messages have not been written out: nothing is lost, but the sender had better
 * hold back. @param onSent told how long serialising a message took, which Node does at once.
 */
export function processTransport(end: IpcEnd, onSent: (milliseconds: number) => void = () => undefined): Transport {
  let unsent = 0;
  return {
    send(message) {
      const started = performance.now();
      unsent++;
      const room = end.send?.(message, undefined, undefined, () => unsent--) ?? false;
      onSent(performance.now() - started);
      return room && unsent <= MAX_UNSENT;
    },
    onMessage: (listener) => void end.on('message', listener),
    onClose: (listener) => void end.on('disconnect', () => listener('the host is gone')),
  };
}
