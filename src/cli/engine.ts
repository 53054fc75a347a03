/** The engine as the command line uses it: a session in this process, asked over the same protocol as the editor's. */
import { Connection, inProcessPair } from '../protocol/rpc.ts';
import { type HostSide, WORKER_PROTOCOL_VERSION } from '../protocol/worker.ts';
import { Session } from '../worker/session.ts';
import { say } from './output.ts';

export interface Engine {
  readonly connection: Connection<HostSide>;
  close(): Promise<void>;
}

/** Requests here may take as long as they take: no time-outs. */
export const NO_TIMEOUT = 0;

export async function openEngine(): Promise<Engine> {
  const [host, worker] = inProcessPair();
  const session = new Session(worker);
  const connection = new Connection<HostSide>(host, say);
  await connection.request('hello', { version: WORKER_PROTOCOL_VERSION });
  return { connection, close: () => session.close() };
}
