/** Messages to and from a forked process, as the protocol's connection wants them. */
import type { ChildProcess } from 'node:child_process';
import type { Transport } from '../../src/protocol/rpc.ts';

/**
 * The transport is congested once the pipe takes no more (`send` answers false). It is closed by its owner, which
 * knows why the process ended: the child's `exit` comes with code and signal, `disconnect` with nothing.
 */
export function childTransport(child: ChildProcess): Transport & { close(reason: string): void } {
  const closers: ((reason: string) => void)[] = [];
  return {
    send(message) {
      if (!child.connected) throw new Error('the worker process is gone');
      // With a callback a failing pipe is reported there instead of raised; the exit that follows tells the reason.
      return child.send(message as object, () => undefined);
    },
    onMessage(listener) {
      child.on('message', listener);
    },
    onClose(listener) {
      closers.push(listener);
    },
    close(reason) {
      for (const closer of closers) closer(reason);
    },
  };
}
