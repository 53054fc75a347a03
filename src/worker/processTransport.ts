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
 * hold back.
 */
export function processTransport(end: IpcEnd): Transport {
  let unsent = 0;
  return {
    send(message) {
      unsent++;
      const room = end.send?.(message, undefined, undefined, () => unsent--) ?? false;
      return room && unsent <= MAX_UNSENT;
    },
    onMessage: (listener) => void end.on('message', listener),
    onClose: (listener) => void end.on('disconnect', () => listener('the host is gone')),
  };
}
