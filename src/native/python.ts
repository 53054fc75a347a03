/** Pythons on the machine, and what they have of TensorFlow. None of it is imported to find out. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFile, type Variant } from './current.ts';
import { SetupError } from './errors.ts';
import type { Machine } from './machine.ts';

export interface Python {
  /** What to run: a program and its first arguments (`py -3`). */
  readonly command: readonly string[];
  /** The interpreter itself, for messages. */
  readonly executable: string;
  readonly version: string;
  readonly pip: boolean;
  readonly tensorflow: { readonly folder: string; readonly version: string } | null;
}

/** Where a TensorFlow's library lies, and what it is for. */
export interface PythonTensorFlow {
  /** The package's folder, `…/site-packages/tensorflow`. */
  readonly folder: string;
  readonly version: string;
  readonly variant: Variant;
  /** `sm_80`, `compute_90` …; empty for the processor. */
  readonly capabilities: readonly string[];
  /** The interpreter's path. */
  readonly of: string;
}

const ASK = `
import importlib.util, json, sys
found = {"executable": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3], "tensorflow": None}
found["pip"] = importlib.util.find_spec("pip") is not None
spec = importlib.util.find_spec("tensorflow")
if spec is not None and spec.submodule_search_locations:
    from importlib import metadata
    for name in ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-macos", "tf-nightly"):
        try:
            found["tensorflow"] = {"folder": list(spec.submodule_search_locations)[0], "version": metadata.version(name)}
            break
        except Exception:
            pass
print(json.dumps(found))
`;
const PATIENCE_MS = 60_000;

/**
 * Every Python worth asking, once each, those of an active environment first.
 * @param named The one that a setting names: then only that one.
 * @param cwd An empty folder: what lies where the editor runs is not to be taken for a package.
 * @throws SetupError when the named one is none.
 */
export async function findPythons(
  machine: Machine,
  named: string | null,
  cwd: string,
  signal?: AbortSignal,
): Promise<readonly Python[]> {
  if (named !== null) {
    const python = await askPython(machine, [named], cwd, signal);
    if (typeof python !== 'string') return [python];
    throw new SetupError(
      `${named} is not a Python that can be used: ${python}`,
      'Name the program of a Python 3.8 or newer in the setting likelihoodLens.pythonPath (--python on the command line), or leave it empty.',
    );
  }
  const windows = machine.platform === 'win32';
  const inside = (folder: string) => join(folder, windows ? 'Scripts/python.exe' : 'bin/python');
  const commands: (readonly string[])[] = [];
  const { VIRTUAL_ENV: venv, CONDA_PREFIX: conda } = machine.env;
  if (venv) commands.push([inside(venv)]);
  if (conda) commands.push([windows ? join(conda, 'python.exe') : inside(conda)]);
  for (const name of ['python3', 'python']) {
    const file = machine.onPath(name);
    if (file !== null) commands.push([file]);
  }
  const launcher = windows ? machine.onPath('py') : null;
  if (launcher !== null) commands.push([launcher, '-3']);
  const pythons = new Map<string, Python>();
  for (const command of commands) {
    const python = await askPython(machine, command, cwd, signal);
    if (typeof python !== 'string' && !pythons.has(python.executable)) pythons.set(python.executable, python);
  }
  return [...pythons.values()];
}

/** @returns what a Python says of itself, or why it cannot be used. */
async function askPython(
  machine: Machine,
  command: readonly string[],
  cwd: string,
  signal?: AbortSignal,
): Promise<Python | string> {
  const [program, ...first] = command;
  const { status, stdout, output, reason } = await machine.run(program!, [...first, '-c', ASK], {
    cwd,
    timeoutMs: PATIENCE_MS,
    signal,
  });
  if (status !== 0) return output.trim().split('\n').at(-1) || reason;
  try {
    const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Omit<Python, 'command'>;
    const [major = 0, minor = 0] = said.version.split('.').map(Number);
    if (major < 3 || (major === 3 && minor < 8)) return `it is Python ${said.version}; 3.8 or newer is needed`;
    return { ...said, command };
  } catch {
    return `it answered ${JSON.stringify(stdout.slice(0, 100))}`;
  }
}

/** Looks into the folder of a TensorFlow package. @returns words where its library cannot be linked against. */
export async function inspectTensorFlow(
  folder: string,
  version: string,
  of: string,
  platform: NodeJS.Platform,
): Promise<PythonTensorFlow | string> {
  for (const file of [
    ...libraryFiles(platform),
    'include/tensorflow/c/c_api.h',
    'include/tensorflow/c/eager/c_api.h',
  ]) {
    if (!(await isFile(join(folder, file)))) return `TensorFlow ${version} of ${of} has no ${file}`;
  }
  const text = await readFile(join(folder, 'python/platform/build_info.py'), 'utf8').catch(() => '');
  const capabilities = /'cuda_compute_capabilities', \[([^\]]*)\]/.exec(text)?.[1] ?? '';
  return {
    folder,
    version,
    of,
    variant: /'is_cuda_build', True/.test(text) ? 'cuda' : 'cpu',
    capabilities: [...capabilities.matchAll(/'([a-z]+_\d+[a-z]?)'/g)].map((match) => match[1]!),
  };
}

/** The libraries of a TensorFlow package that the addon is linked with. */
export function libraryFiles(platform: NodeJS.Platform): readonly [cc: string, framework: string] {
  return platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
}

/** Whether code for `capabilities` runs on a card: natively, or compiled for it by the driver at the first start. */
export function coverage(capabilities: readonly string[], card: number): 'native' | 'compiled' | 'none' {
  const parsed = capabilities.map((text) => {
    const digits = Number(/_(\d+)/.exec(text)?.[1]);
    return { native: text.startsWith('sm_'), major: Math.floor(digits / 10), value: digits / 10 };
  });
  const major = Math.floor(card);
  // Machine code of one major version runs on later cards of the same; `compute_90` carries it for 9.0 too.
  if (parsed.some((one) => one.major === major && one.value <= card + 1e-9)) return 'native';
  return parsed.some((one) => !one.native && one.value <= card) ? 'compiled' : 'none';
}
