/** Where TensorFlow's native part is: `tfjs_binding.node`, which finds the library beside itself. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { cacheFolder, nativeRoot } from '../../native/root.ts';
import { findPackage, type Found, versionsIn } from '../native/find.ts';

export const BINDING = 'tfjs_binding.node';
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/**
 * In this order: `$LENS_TENSORFLOW` (the file, the package's folder, or a project that has the package), the set-up's
 * folder (`$LENS_NATIVE`, for the command line the one in the cache folder), `node_modules` above `start`.
 */
export function findBinding(start: string, env: NodeJS.ProcessEnv = process.env): Found {
  const pointed = env['LENS_TENSORFLOW'];
  if (pointed) return fromUser(resolve(pointed));
  const native = env['LENS_NATIVE'] ?? nativeRoot(cacheFolder(env));
  const setUp = currentBinding(native) ?? firstBinding(setUpFolders(native));
  if (setUp) return { file: setUp, source: native };
  let without: string | null = null;
  for (const name of PACKAGES) {
    const folder = findPackage(name, start);
    const file = folder && bindingIn(folder);
    if (file) return { file, source: folder };
    without ??= folder;
  }
  const remedy = 'set it up with the command "Set Up Native TensorFlow" or `npm run setup:native`';
  return {
    file: null,
    reason: without
      ? `${without} is there without its native part, ${BINDING}; ${remedy}`
      : `${PACKAGES[0]!} is not installed; ${remedy}`,
  };
}

function fromUser(path: string): Found {
  if (!existsSync(path)) return { file: null, reason: `LENS_TENSORFLOW names ${path}, which is not there` };
  if (!statSync(path).isDirectory()) return { file: path, source: path };
  const packages = PACKAGES.map((name) => join(path, 'node_modules', ...name.split('/')));
  const file = firstBinding([path, ...packages]);
  if (file) return { file, source: path };
  return { file: null, reason: `LENS_TENSORFLOW names ${path}, which has no lib/napi-v*/${BINDING}` };
}

/** What the set-up says is in use: `current.json`, written last. Only what lies in the folder is loaded. */
function currentBinding(native: string): string | null {
  const file = join(native, 'current.json');
  if (!existsSync(file)) return null;
  let current: unknown;
  try {
    current = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
  const { binding } = current as { binding?: unknown };
  if (typeof binding !== 'string') return null;
  const path = resolve(native, binding);
  const inside = relative(native, path);
  return inside.startsWith('..') || isAbsolute(inside) || !existsSync(path) ? null : path;
}

function firstBinding(folders: readonly string[]): string | null {
  for (const folder of folders) {
    const file = bindingIn(folder);
    if (file) return file;
  }
  return null;
}

/** The folder itself may be of one version, hold one folder a version, or hold such a folder. */
function setUpFolders(native: string): string[] {
  const inside = join(native, 'native-tensorflow');
  return [native, ...[native, inside].flatMap((root) => versionsIn(root).map((version) => join(root, version)))];
}

/** The newest Node-API version that this Node has. */
function bindingIn(folder: string): string | null {
  const lib = join(folder, 'lib');
  if (!existsSync(lib)) return null;
  const newest = Number(process.versions['napi'] ?? 8);
  const versions = readdirSync(lib)
    .map((name) => Number(/^napi-v(\d+)$/.exec(name)?.[1] ?? NaN))
    .filter((version) => version <= newest)
    .sort((a, b) => b - a);
  for (const version of versions) {
    const file = join(lib, `napi-v${version}`, BINDING);
    if (existsSync(file)) return file;
  }
  return null;
}
