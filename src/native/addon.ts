/**
 * The addon between Node and TensorFlow's library, built from the C++ sources of `@tensorflow/tfjs-node-gpu`.
 *
 * It speaks N-API 8 only, so one build serves every Node from 16 on, and Electron.
 */
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFile } from './current.ts';
import { SetupError } from './errors.ts';
import type { Machine } from './machine.ts';
import { findNode, findNodeGyp, nodeHeaders, type RealNode } from './nodes.ts';

/** The package whose addon it is, and its version. */
export const PACKAGE = '@tensorflow/tfjs-node-gpu';
export const PACKAGE_VERSION = '4.22.0';
export const NAPI_VERSION = 8;
/** Where the addon stands in an installation. */
export const BINDING = `lib/napi-v${NAPI_VERSION}/tfjs_binding.node`;

const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'];
const BUILD_MS = 15 * 60_000;
const PACK_MS = 3 * 60_000;

export interface BuildRequest {
  readonly machine: Machine;
  /** The installation's folder: its `deps/lib` is linked with, its {@link BINDING} is made. */
  readonly target: string;
  /** Folder with TensorFlow's headers. */
  readonly include: string;
  /** Names in `deps/lib` to link with: `libtensorflow_cc.so.2`. */
  readonly libraries: readonly string[];
  /** Folders where the package's `binding/` may be; npm is asked when it is in none. */
  readonly sources: readonly string[];
  readonly nodePath: string | null;
  /** A Python for node-gyp, or null for the one it finds. */
  readonly python: string | null;
  readonly signal?: AbortSignal | undefined;
  readonly onLine: (line: string) => void;
}

/** What a build needs besides sources; looked for before anything large is downloaded. */
export interface Toolchain {
  readonly node: RealNode;
  readonly nodeGyp: string;
  readonly headers: string | null;
}

/** @throws SetupError naming what is missing and how to get it. */
export async function findToolchain(
  machine: Machine,
  nodePath: string | null,
  signal?: AbortSignal,
): Promise<Toolchain> {
  const mac = machine.platform === 'darwin';
  const compiler = machine.env['CXX'] ?? ['g++', 'c++', 'clang++'].find((name) => machine.onPath(name) !== null);
  const missing = [
    ...(compiler === undefined ? ['a C++ compiler'] : []),
    ...(machine.onPath('make') === null ? ['make'] : []),
  ];
  if (missing.length > 0) {
    throw new SetupError(
      `The addon has to be built here, and ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`,
      mac
        ? 'Install the command line tools: xcode-select --install'
        : 'Install them, for example with: sudo apt-get install g++ make (Debian, Ubuntu) or sudo dnf install gcc-c++ make (Fedora).',
    );
  }
  const found = await findNode(machine, nodePath, signal);
  if (found.node === null) {
    throw new SetupError(
      `The addon has to be built here with Node, and ${found.reason}.`,
      'Install Node 20 or newer with npm (https://nodejs.org), or name its program in likelihoodLens.nodePath.',
    );
  }
  const nodeGyp = await findNodeGyp(machine, found.node);
  if (nodeGyp === null) {
    throw new SetupError(
      `The addon has to be built here with node-gyp, which comes with npm; no npm was found for ${found.node.path}.`,
      'Install npm (Debian: sudo apt-get install npm; elsewhere it comes with https://nodejs.org).',
    );
  }
  return { node: found.node, nodeGyp, headers: await nodeHeaders(found.node) };
}

/** Builds the addon. @throws SetupError with what the compiler said, SetupCancelled */
export async function buildAddon(o: BuildRequest): Promise<void> {
  const { machine, target, signal, onLine } = o;
  const tools = await findToolchain(machine, o.nodePath, signal);
  // Not in the target: make cannot cope with spaces in paths, and a Mac's global storage has one.
  const place = await mkdtemp(join(tmpdir(), 'likelihood-lens-addon-'));
  try {
    await takeSources(o, place);
    await mkdir(join(place, 'deps'));
    await symlink(o.include, join(place, 'deps/include'));
    await symlink(join(target, 'deps/lib'), join(place, 'deps/lib'));
    await writeFile(join(place, 'binding.gyp'), JSON.stringify(bindingGyp(machine.platform, o.libraries), null, 2));
    const args = [tools.nodeGyp, 'rebuild', ...(tools.headers === null ? [] : [`--nodedir=${tools.headers}`])];
    const env = { ...machine.env, ...(o.python === null ? {} : { npm_config_python: o.python }) };
    const { status, output, reason } = await machine.run(tools.node.path, args, {
      cwd: place,
      env,
      timeoutMs: BUILD_MS,
      signal,
      onLine,
    });
    const built = join(place, 'build/Release/tfjs_binding.node');
    if (status !== 0 || !(await isFile(built))) throw buildFailure(output, reason, tools);
    await mkdir(join(target, BINDING, '..'), { recursive: true });
    await copyFile(built, join(target, BINDING));
  } finally {
    await rm(place, { recursive: true, force: true, maxRetries: 3 });
  }
}

function buildFailure(output: string, reason: string, tools: Toolchain): SetupError {
  const lines = output.split('\n');
  const first = lines.find((line) => /\berror:|fatal error|Error 1|gyp ERR! (stack|find)/.test(line))?.trim();
  if (
    tools.headers === null &&
    /gyp ERR!.*(getaddrinfo|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|network)|FetchError/.test(output)
  ) {
    return new SetupError(
      `The addon could not be built: ${tools.node.path} came without its headers, and node-gyp could not download them.`,
      'Use a Node that has include/node beside its bin folder (those of nodejs.org and nvm do; Debian: libnode-dev), named in likelihoodLens.nodePath.',
    );
  }
  return new SetupError(
    `The addon could not be built (${reason})${first ? `: ${first}` : ''}.`,
    'The log names every line that the compiler wrote. A newer compiler (g++ 9 or later) helps where it complains of C++17.',
  );
}

/** Copies the C++ sources into `place/binding`. */
async function takeSources(o: BuildRequest, place: string): Promise<void> {
  for (const folder of o.sources) {
    const there = await Promise.all(SOURCES.map((name) => isFile(join(folder, name))));
    if (!there.every(Boolean)) continue;
    await cp(folder, join(place, 'binding'), { recursive: true });
    return;
  }
  const npm = o.machine.onPath('npm');
  const wanted = `${PACKAGE}@${PACKAGE_VERSION}`;
  const remedy = `Check that npm can reach its registry (npm view ${wanted}), then set up again.`;
  if (npm === null)
    throw new SetupError(
      `The addon's sources are in ${wanted}, and there is no npm to fetch it.`,
      'Install npm, then set up again.',
    );
  const options = { cwd: place, timeoutMs: PACK_MS, signal: o.signal, onLine: o.onLine };
  const packed = await o.machine.run(npm, ['pack', '--ignore-scripts', wanted], options);
  const file = (await readdir(place)).find((name) => name.endsWith('.tgz'));
  if (packed.status !== 0 || file === undefined)
    throw new SetupError(`npm could not fetch ${wanted}, which has the addon's sources (${packed.reason}).`, remedy);
  const unpacked = await o.machine.run('tar', ['-xzf', file, '--strip-components=1', 'package/binding'], options);
  if (unpacked.status !== 0 || !(await isFile(join(place, 'binding', SOURCES[0]!))))
    throw new SetupError(`${file} could not be unpacked (${unpacked.reason}).`, remedy);
}

/** The build's description. The library is found beside the addon, wherever the installation is moved to. */
export function bindingGyp(platform: NodeJS.Platform, libraries: readonly string[]): object {
  const mac = platform === 'darwin';
  const link = libraries.map((name) => (mac ? `-l${name.replace(/^lib|\.dylib$/g, '')}` : `-l:${name}`));
  // DT_RPATH and not DT_RUNPATH: it serves what the library itself loads late (CUDA's), too.
  const search = mac
    ? ['-Wl,-rpath,@loader_path/../../deps/lib']
    : ['-Wl,--disable-new-dtags', '-Wl,-rpath,\\$$ORIGIN/../../deps/lib'];
  return {
    targets: [
      {
        target_name: 'tfjs_binding',
        sources: SOURCES.map((name) => `binding/${name}`),
        include_dirs: ['deps/include'],
        library_dirs: ['<(module_root_dir)/deps/lib'],
        defines: [`NAPI_VERSION=${NAPI_VERSION}`],
        libraries: [...search, ...link],
      },
    ],
  };
}
