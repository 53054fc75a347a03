/** Tries a native library in a process of its own: a crash or a hang there is a reason here. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the process says when the library works. */
export interface NativeAnswer {
  /** The product of [[1, 2], [3, 4]] with itself, by rows. */
  readonly found: readonly number[];
  readonly [fact: string]: unknown;
}

export type NativeResult =
  { readonly ok: true; readonly answer: NativeAnswer } | { readonly ok: false; readonly reason: string };

const MARKER = 'lens-probe ';
const SCRIPT = 'nativeProbe.cjs';
const EXPECTED = [7, 10, 15, 22];

export interface TryOptions {
  /** Time for the whole process, its start included. */
  readonly limitMs: number;
  /** The script that tries; the engine's own unless told. */
  readonly script?: string;
  /** What is tried of the library, where that can be chosen. */
  readonly args?: readonly string[];
}

/** @param file absolute path of the library */
export function tryNative(
  kind: 'tensorflow' | 'webgpu' | 'onnx',
  file: string,
  { limitMs, script = findScript(), args = [] }: TryOptions,
): Promise<NativeResult> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, kind, file, ...args], {
      // Electron's program is a Node only when told.
      env: { ...quietTensorFlow, ...process.env, ...(process.versions['electron'] && { ELECTRON_RUN_AS_NODE: '1' }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let [said, complained] = ['', ''];
    let late = false;
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ok: false, reason: `the process that tries it did not start: ${error.message}` });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(judge(said, complained, late ? `it did not answer within ${limitMs / 1000} s` : ending(code, signal)));
    });
  });
}

/**
 * TensorFlow writes to the terminal whatever it finds out about the machine: errors alone are wanted, unless the user has
 * set this. What it writes while it is being loaded (that oneDNN is on) comes before it looks at this, and no variable
 * keeps it back without changing what is computed.
 */
export const quietTensorFlow = { TF_CPP_MIN_LOG_LEVEL: '2' };

function ending(code: number | null, signal: NodeJS.Signals | null): string {
  return signal
    ? `the process that tried it died of ${signal}`
    : `the process that tried it ended with status ${code!}`;
}

function judge(said: string, complained: string, end: string): NativeResult {
  const line = said.split('\n').find((text) => text.startsWith(MARKER));
  if (line === undefined) {
    const last = complained.trim().split('\n').at(-1)?.trim() ?? '';
    return { ok: false, reason: last === '' ? end : `${end} (${last.slice(0, 300)})` };
  }
  const answer = JSON.parse(line.slice(MARKER.length)) as NativeAnswer | { readonly error: string };
  if ('error' in answer) return { ok: false, reason: String(answer.error).split('\n')[0]! };
  if (answer.found.length !== EXPECTED.length || answer.found.some((value, i) => value !== EXPECTED[i])) {
    return { ok: false, reason: `it computed [${answer.found.join(', ')}] where [${EXPECTED.join(', ')}] is right` };
  }
  return { ok: true, answer };
}

/** Beside the bundle, or in the sources. */
function findScript(): string {
  const beside = join(__dirname, SCRIPT);
  return existsSync(beside) ? beside : join(dirname(__dirname), 'native', SCRIPT);
}
