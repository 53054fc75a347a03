/** Other programs: run to their end, with a time limit, ended with all their children when cancelled. */
import { spawn, type ChildProcess } from 'node:child_process';
import { SetupCancelled } from './errors.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The program is ended after so long. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears every line of output, of both streams. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** 0 when all went well; null when it could not be started or was ended. */
  readonly status: number | null;
  readonly stdout: string;
  /** Both streams, as they came. */
  readonly output: string;
  /** How it ended, in words: "exit status 1", "no end after 60 s", "not found". */
  readonly reason: string;
}

/** Characters of output that are kept; what a compiler says last is what matters. */
const KEPT = 1 << 20;

/** Runs a program to its end, whatever the end. @throws SetupCancelled */
export async function runProgram(program: string, args: readonly string[], o: RunOptions): Promise<RunResult> {
  if (o.signal?.aborted) throw new SetupCancelled();
  const posix = process.platform !== 'win32';
  // A group of its own, so that what it starts ends with it. Windows runs batch files through its shell only.
  const child = spawn(program, args, {
    ...(o.cwd === undefined ? {} : { cwd: o.cwd }),
    env: o.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: posix,
    windowsHide: true,
    shell: /\.(cmd|bat)$/i.test(program),
  });
  let stdout = '';
  let output = '';
  const tell = o.onLine ?? (() => undefined);
  const lines = { out: lineReader(tell), error: lineReader(tell) };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-KEPT);
    output = (output + text).slice(-KEPT);
    lines.out.take(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-KEPT);
    lines.error.take(text);
  });
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      endGroup(child);
    }, o.timeoutMs);
    const cancel = () => endGroup(child);
    o.signal?.addEventListener('abort', cancel, { once: true });
    const settle = (status: number | null, reason: string) => {
      clearTimeout(timer);
      o.signal?.removeEventListener('abort', cancel);
      lines.out.end();
      lines.error.end();
      if (o.signal?.aborted) reject(new SetupCancelled());
      else resolve({ status, stdout, output, reason });
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle(null, error.code === 'ENOENT' ? 'not found' : error.message),
    );
    child.once('close', (code, signal) => {
      if (late) settle(null, `no end after ${Math.round(o.timeoutMs / 1000)} s`);
      else settle(code, signal === null ? `exit status ${code ?? '?'}` : `ended by ${signal}`);
    });
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on('error', () =>
      child.kill('SIGKILL'),
    );
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function lineReader(tell: (line: string) => void) {
  let rest = '';
  return {
    take(text: string) {
      const lines = (rest + text).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') tell(line);
    },
    end() {
      if (rest.trim() !== '') tell(rest);
      rest = '';
    },
  };
}
