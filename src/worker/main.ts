/**
 * Entry of the forked worker. Exits when the host goes, having written a checkpoint; tells of errors that nobody caught
 * before it dies of them.
 */
import { processTransport } from './processTransport.ts';
import { Session } from './session.ts';

const HEARTBEAT_MS = 1_000;
/** Time for an orderly end before the process goes anyway. */
const GRACE_MS = 5_000;
/** Time for a last message to leave. */
const LAST_WORD_MS = 200;

// The host's Electron runs as Node for this process only, not for anything that it may start.
delete process.env['ELECTRON_RUN_AS_NODE'];

if (!process.send) {
  process.stderr.write(
    'This is the worker of Likelihood Lens; the editor starts it. For a terminal there is `lens`.\n',
  );
  process.exit(2);
}

const session = new Session(processTransport(process));
setInterval(() => session.heartbeat(process.memoryUsage.rss()), HEARTBEAT_MS).unref();

let leaving = false;
function leave(code: number): void {
  if (leaving) return;
  leaving = true;
  // `process.exit` and not an empty event loop: the wasm backend may hold threads.
  setTimeout(() => process.exit(code), GRACE_MS).unref();
  void session.close().then(
    () => process.exit(code),
    () => process.exit(1),
  );
}

process.on('disconnect', () => leave(0));
process.on('SIGTERM', () => leave(0));
process.on('uncaughtException', (error) => die(error));
process.on('unhandledRejection', (reason) => die(reason));

function die(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (process.connected) session.log('error', text);
  else process.stderr.write(`${text}\n`);
  setTimeout(() => process.exit(1), LAST_WORD_MS);
}
