/** A machine to order, in a folder of its own: programs that answer as told, downloads that bring what they should. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DownloadError } from '../../../src/native/download.ts';
import type { Machine } from '../../../src/native/machine.ts';
import type { RunOptions, RunResult } from '../../../src/native/run.ts';

/** What a program does: words for standard output, or a whole result. */
export type Act = (args: readonly string[], options: RunOptions) => string | Partial<RunResult> | Promise<string>;

export interface Ordered {
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** By name; each is on PATH, as `/bin/NAME`. */
  readonly programs?: Readonly<Record<string, Act>>;
  /** By the end of the address: what is written, or the server's answer. */
  readonly files?: Readonly<Record<string, string | number>>;
  readonly freeBytes?: number;
}

export interface Fake extends Machine {
  /** Every command line that was run. */
  readonly ran: string[];
}

export function fakeMachine(o: Ordered = {}): Fake {
  const ran: string[] = [];
  return {
    ran,
    platform: o.platform ?? 'linux',
    arch: o.arch ?? 'x64',
    env: o.env ?? {},
    onPath: (name) => (o.programs?.[name] ? `/bin/${name}` : null),
    freeBytes: () => Promise.resolve(o.freeBytes ?? 1e12),
    async run(program, args, options) {
      ran.push([program, ...args].join(' '));
      const act = o.programs?.[program.replace(/^\/bin\//, '')];
      if (!act) return { status: null, stdout: '', output: '', reason: 'not found' };
      const said = await act(args, options);
      if (typeof said === 'string') return { status: 0, stdout: said, output: said, reason: 'exit status 0' };
      const output = said.output ?? said.stdout ?? '';
      return { status: 1, stdout: '', reason: `exit status ${said.status ?? 1}`, ...said, output };
    },
    download(url, file) {
      const found = Object.entries(o.files ?? {}).find(([end]) => url.endsWith(end))?.[1];
      if (found === undefined) return Promise.reject(new DownloadError(`${url}: getaddrinfo ENOTFOUND`));
      if (typeof found === 'number')
        return Promise.reject(new DownloadError(`${url}: the server answers ${found}`, found));
      put(file, found);
      return Promise.resolve();
    },
  };
}

/** Writes a file and the folders above it. */
export function put(file: string, content: string | Uint8Array = ''): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lens-native-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The files that the addon is linked with and built from, as a TensorFlow package has them. */
export const PACKAGE_FILES = [
  'libtensorflow_cc.so.2',
  'libtensorflow_framework.so.2',
  'include/tensorflow/c/c_api.h',
  'include/tensorflow/c/eager/c_api.h',
];

export const CPU_BUILD = "build_info = OrderedDict([('is_cuda_build', False)])";
export const CUDA_BUILD =
  "build_info = OrderedDict([('cuda_compute_capabilities', ['sm_60', 'sm_80', 'compute_90']), ('is_cuda_build', True)])";

export function putTensorFlow(folder: string, build = CPU_BUILD): string {
  for (const file of PACKAGE_FILES) put(join(folder, file), file);
  put(join(folder, 'python/platform/build_info.py'), build);
  return folder;
}

/** A toolchain: a Node with headers, npm's node-gyp beside it, and a build that leaves what a build leaves. */
export function toolchain(
  folder: string,
  gyp: Act = built,
): { readonly env: NodeJS.ProcessEnv; readonly programs: Record<string, Act>; readonly node: string } {
  const node = put(join(folder, 'node/bin/node'));
  put(join(folder, 'node/include/node/node_api.h'));
  put(join(folder, 'node/include/node/common.gypi'));
  put(join(folder, 'node/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js'));
  const act: Act = (args, options) => (args[0] === '-e' ? '["20.1.0",null]' : gyp(args, options));
  return { node, env: {}, programs: { 'g++': () => '', make: () => '', [node]: act } };
}

export const built: Act = (_args, { cwd }) => {
  put(join(cwd!, 'build/Release/tfjs_binding.node'), 'an addon');
  return '';
};
