/** TensorFlow out of a Python package (wheel) that pip downloads; of the package only what the addon needs. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { crc32 } from '../data/crc32.ts';
import type { Variant } from './current.ts';
import { SetupCancelled, SetupError } from './errors.ts';
import type { Machine } from './machine.ts';
import type { Python } from './python.ts';
import type { RunResult } from './run.ts';

/** What of TensorFlow's wheel is unpacked: the libraries, what describes them, and headers. */
const WANTED =
  /^tensorflow\/(libtensorflow_(cc|framework)\.[^/]*|python\/platform\/build_info\.py|include\/(tensorflow\/(c|core\/platform)|xla\/tsl|tsl)\/.*)$|^[^/]*\.dist-info\/METADATA$/;
/** NVIDIA's packages: the shared libraries alone. */
const NVIDIA = /^nvidia\/.*\/(lib|bin)\/[^/]+$|^nvidia\/.*\.so[.\d]*$|^nvidia\/cuda_nvcc\//;
/** Pythons whose packages pip is asked for when its own Python has none; the library in them is the same. */
const OTHER_PYTHONS = ['3.12', '3.11', '3.13', '3.10'];
const DOWNLOAD_MS = 60 * 60_000;
const NETWORK =
  /NewConnectionError|ConnectTimeout|ReadTimeout|Temporary failure in name|ProxyError|SSLError|Network is unreachable/;

/** The name of the package with a library of that kind. */
export function packageFor(machine: Machine, variant: Variant): string {
  // Linux on x64 has both; elsewhere `tensorflow` is the one for the processor.
  return variant === 'cpu' && machine.platform === 'linux' && machine.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
}

export interface PipOptions {
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onLine: (line: string) => void;
  /** Bytes on the disk so far, once a second: pip itself tells no terminal, no progress. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Has pip download packages, without what they depend on.
 * @returns the wheels' paths
 * @throws SetupError with what pip said and what to do
 */
export async function pipDownload(
  machine: Machine,
  python: Python,
  requirements: readonly string[],
  o: PipOptions,
): Promise<readonly string[]> {
  await mkdir(o.folder, { recursive: true });
  const [program, ...first] = python.command;
  const ask = (extra: readonly string[]) =>
    machine.run(
      program!,
      [
        ...first,
        '-m',
        'pip',
        'download',
        '--no-deps',
        '--no-input',
        '--disable-pip-version-check',
        '--only-binary=:all:',
        '--progress-bar=off',
        '--dest',
        o.folder,
        ...extra,
        ...requirements,
      ],
      // Its temporary files go where ours go, so that nothing stays behind when it is ended.
      {
        env: { ...machine.env, TMPDIR: o.folder },
        cwd: o.folder,
        timeoutMs: DOWNLOAD_MS,
        signal: o.signal,
        onLine: o.onLine,
      },
    );
  const state = { over: false };
  const tell = (bytes: number) => {
    if (!state.over) o.onProgress?.(bytes);
  };
  const watch = setInterval(() => void sizeOf(o.folder).then(tell), 1000);
  try {
    return await downloaded(ask, requirements, o.folder);
  } finally {
    state.over = true;
    clearInterval(watch);
  }
}

async function downloaded(
  ask: (extra: readonly string[]) => Promise<RunResult>,
  requirements: readonly string[],
  folder: string,
): Promise<readonly string[]> {
  let result = await ask([]);
  if (result.status !== 0 && /No matching distribution/.test(result.output) && !NETWORK.test(result.output)) {
    for (const version of OTHER_PYTHONS) {
      const abi = `cp${version.replace('.', '')}`;
      result = await ask(['--python-version', version, '--implementation', 'cp', '--abi', abi]);
      if (result.status === 0) break;
    }
  }
  if (result.status !== 0) {
    const said =
      result.output
        .trim()
        .split('\n')
        .filter((line) => /error/i.test(line))
        .at(-1) ?? result.reason;
    const network = NETWORK.test(result.output);
    throw new SetupError(
      `pip could not download ${requirements.join(', ')}: ${said.replace(/^ERROR:\s*/, '')}`,
      network
        ? 'The package index cannot be reached. Check the network (and pip’s proxy settings), or install TensorFlow into a Python by other means and name that Python in likelihoodLens.pythonPath (--python).'
        : 'Install TensorFlow into a Python (pip install tensorflow) and name that Python in likelihoodLens.pythonPath (--python).',
    );
  }
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.whl')).map((name) => join(folder, name));
}

/** Bytes of all files in a folder that changes meanwhile. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = entries.map((name) =>
    stat(join(folder, name)).then(
      (found) => (found.isFile() ? found.size : 0),
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** The version in a wheel's file name: `tensorflow_cpu-2.21.0-cp311-…whl`. */
export function wheelVersion(file: string): string {
  return /[^/\\]*?-([^-/\\]+)-[^/\\]*\.whl$/.exec(file)?.[1] ?? 'unknown';
}

/** Packages that a wheel's METADATA wants for CUDA: "nvidia-cublas-cu12<13.0,>=12.5.3.2". */
export function cudaRequirements(metadata: string): readonly string[] {
  return [...metadata.matchAll(/^Requires-Dist: ([^;\n]+?)\s*;[^\n]*extra == ['"]and-cuda['"]/gm)].map((match) =>
    match[1]!.replace(/\s+/g, '').replace(/\((.*)\)/, '$1'),
  );
}

/**
 * Unpacks what is needed of a wheel. @returns the number of files.
 * @throws SetupError when it is broken, SetupCancelled
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  which: 'tensorflow' | 'nvidia',
  signal?: AbortSignal,
): Promise<number> {
  const wanted = which === 'tensorflow' ? WANTED : NVIDIA;
  const top = resolve(folder);
  let count = 0;
  const archive = await openPromise(wheel, { autoClose: false }).catch((error: unknown) => broken(wheel, error));
  try {
    for await (const entry of archive.eachEntry()) {
      if (signal?.aborted) throw new SetupCancelled();
      if (entry.fileName.endsWith('/') || !wanted.test(entry.fileName)) continue;
      const file = resolve(top, entry.fileName);
      if (!file.startsWith(top + sep)) throw new Error(`it holds a file outside itself, ${entry.fileName}`);
      await mkdir(dirname(file), { recursive: true });
      let crc = 0;
      await pipeline(
        await archive.openReadStreamPromise(entry),
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            crc = crc32(chunk, crc);
            yield chunk;
          }
        },
        createWriteStream(file),
        signal ? { signal } : {},
      );
      if (crc !== entry.crc32) throw new Error(`the checksum of ${entry.fileName} is wrong`);
      count += 1;
    }
  } catch (error) {
    if (signal?.aborted) throw new SetupCancelled();
    broken(wheel, error);
  } finally {
    archive.close();
  }
  return count;
}

function broken(wheel: string, error: unknown): never {
  throw new SetupError(
    `${wheel} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
    'Free some disk space if it is full; otherwise clear pip’s cache (pip cache purge) and set up again.',
  );
}
