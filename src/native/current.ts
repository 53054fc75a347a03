/** The installation in use: what `current.json` in the set-up's root says. Written last, so what it names is whole. */
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { writeAtomic } from '../runs/writeAtomic.ts';

export type Variant = 'cpu' | 'cuda';

export interface NativeInstallation {
  /** Of TensorFlow's library: "2.21.0". */
  readonly version: string;
  /** Whether the library can compute on NVIDIA cards; whether it does, only the started backend knows. */
  readonly variant: Variant;
  /** Absolute path of the addon, `tfjs_binding.node`. */
  readonly binding: string;
  /** When it was made, ISO 8601. */
  readonly made: string;
  /** Where the library comes from, for people. */
  readonly source: string;
}

const FILE = 'current.json';

/** The installation under a set-up's root, or null where there is none (or what is left of one is not usable). */
export async function readCurrent(root: string): Promise<NativeInstallation | null> {
  let found: unknown;
  try {
    found = JSON.parse(await readFile(join(root, FILE), 'utf8'));
  } catch {
    return null;
  }
  if (!isRecord(found)) return null;
  const { version, variant, binding, made, source } = found;
  if (typeof version !== 'string' || typeof binding !== 'string') return null;
  if (variant !== 'cpu' && variant !== 'cuda') return null;
  // Only what lies under the root is loaded, whatever the file says.
  const file = resolve(root, binding);
  const inside = relative(root, file);
  if (inside.startsWith('..') || isAbsolute(inside)) return null;
  if (!(await isFile(file))) return null;
  return {
    version,
    variant,
    binding: file,
    made: typeof made === 'string' ? made : '',
    source: typeof source === 'string' ? source : '',
  };
}

export async function writeCurrent(root: string, installation: NativeInstallation): Promise<void> {
  const binding = relative(root, installation.binding).split(sep).join('/');
  await writeAtomic(join(root, FILE), `${JSON.stringify({ ...installation, binding }, null, 2)}\n`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
