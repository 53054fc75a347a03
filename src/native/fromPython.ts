/**
 * TensorFlow's library out of a Python's packages, and an addon built against it. The way to current graphics cards, and
 * the one that needs no host but the package index.
 *
 * Of a Python that has TensorFlow the libraries are linked, not copied: they take a gigabyte and more. Should that Python
 * go, the backend says that its library is gone, and the set-up makes it anew.
 */
import { mkdir, readFile, readdir, rename, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { buildAddon, findToolchain } from './addon.ts';
import type { Variant } from './current.ts';
import { SetupError } from './errors.ts';
import {
  coverage,
  findPythons,
  inspectTensorFlow,
  libraryFiles,
  type Python,
  type PythonTensorFlow,
} from './python.ts';
import { cudaRequirements, packageFor, pipDownload, unpackWheel, wheelVersion } from './wheel.ts';
import { megabytes, needRoom, type WayContext, type WayResult } from './ways.ts';

/** Room for the wheel and what is unpacked of it; with CUDA, of NVIDIA's wheels too. */
const ROOM: Record<Variant, number> = { cpu: 1.6e9, cuda: 9e9 };

/** @throws SetupError, SetupCancelled */
export async function fromPython(c: WayContext): Promise<WayResult> {
  const { machine, target, scratch, signal } = c;
  // What the build needs is looked for before anything large is fetched.
  await findToolchain(machine, c.nodePath, signal);
  c.say('Looking for a Python');
  const empty = join(scratch, 'empty');
  await mkdir(empty, { recursive: true });
  const pythons = await findPythons(machine, c.pythonPath, empty, signal);
  const [first] = pythons;
  if (first === undefined) {
    throw new SetupError(
      'There is no Python 3.8 or newer on PATH to take TensorFlow from.',
      'Install Python with pip (Debian: sudo apt-get install python3-pip; elsewhere https://python.org), or name one in likelihoodLens.pythonPath (--python).',
    );
  }
  await mkdir(join(target, 'deps/lib'), { recursive: true });
  const installed = await suitable(c, pythons);
  const taken = installed === null ? await fromWheel(c, pythons) : await fromInstalled(c, installed);
  c.say('Building the addon');
  await buildAddon({
    machine,
    target,
    include: taken.include,
    libraries: libraryFiles(machine.platform),
    sources: c.sources,
    nodePath: c.nodePath,
    python: first.executable,
    signal,
    onLine: c.log,
  });
  return taken;
}

/** The first TensorFlow installed in a Python that has what is wanted, or null; the log says why not. */
async function suitable(c: WayContext, pythons: readonly Python[]): Promise<PythonTensorFlow | null> {
  for (const { tensorflow, executable } of pythons) {
    if (tensorflow === null) {
      c.log(`${executable} has no TensorFlow`);
      continue;
    }
    const found = await inspectTensorFlow(tensorflow.folder, tensorflow.version, executable, c.machine.platform);
    const problem = typeof found === 'string' ? found : unfit(found, c);
    if (problem === null) return found as PythonTensorFlow;
    c.log(problem);
  }
  return null;
}

/** Why a TensorFlow is not what is wanted; null if it is. */
function unfit({ variant, version, of, capabilities }: PythonTensorFlow, c: WayContext): string | null {
  const name = `TensorFlow ${version} of ${of}`;
  if (c.variant === 'cuda') {
    if (variant !== 'cuda') return `${name} is built without CUDA`;
    if (c.card !== null && coverage(capabilities, c.card) === 'none')
      return `${name} is built for ${capabilities.join(', ')}, not for compute capability ${c.card}`;
    return null;
  }
  return variant === 'cuda' && c.card !== null ? `${name} would use the graphics card` : null;
}

interface Taken extends WayResult {
  readonly include: string;
}

async function fromInstalled(c: WayContext, found: PythonTensorFlow): Promise<Taken> {
  c.say(`Linking TensorFlow ${found.version} of ${found.of}`);
  const lib = join(c.target, 'deps/lib');
  for (const name of libraryFiles(c.machine.platform)) await symlink(join(found.folder, name), join(lib, name));
  if (found.variant === 'cuda') await linkNvidia(join(dirname(found.folder), 'nvidia'), lib, false);
  return {
    variant: found.variant,
    include: join(found.folder, 'include'),
    source: `TensorFlow ${found.version} of ${found.of}, linked`,
  };
}

async function fromWheel(c: WayContext, pythons: readonly Python[]): Promise<Taken> {
  const python = pythons.find(({ pip }) => pip);
  if (python === undefined) {
    const of = pythons[0]!.executable;
    throw new SetupError(
      `${of} has neither TensorFlow nor pip to download it with.`,
      `Install pip (${of} -m ensurepip, or Debian: sudo apt-get install python3-pip), or name another Python in likelihoodLens.pythonPath (--python).`,
    );
  }
  await needRoom(c.machine, c.target, ROOM[c.variant]);
  const wanted = packageFor(c.machine, c.variant);
  c.say(`Downloading ${wanted} with pip (some hundred MB)`);
  const [wheel] = await pipDownload(c.machine, python, [wanted], {
    ...pipOptions(c),
    folder: join(c.scratch, 'wheel'),
  });
  if (wheel === undefined) throw new SetupError('pip downloaded nothing.', 'The log has what it said.');
  c.say(`Unpacking ${basename(wheel)}`);
  const unpacked = join(c.scratch, 'unpacked');
  await unpackWheel(wheel, unpacked, 'tensorflow', c.signal);
  const version = wheelVersion(wheel);
  const folder = join(unpacked, 'tensorflow');
  const found = await inspectTensorFlow(folder, version, basename(wheel), c.machine.platform);
  const problem = typeof found === 'string' ? found : unfit(found, c);
  if (problem !== null)
    throw new SetupError(
      `What pip has does not fit: ${problem}.`,
      'Install a TensorFlow that fits into a Python and name it in likelihoodLens.pythonPath (--python).',
    );
  const { variant } = found as PythonTensorFlow;
  const lib = join(c.target, 'deps/lib');
  if (c.variant === 'cuda') {
    await fetchNvidia(c, python, unpacked);
    await linkNvidia(join(c.target, 'deps/nvidia'), lib, true);
  }
  for (const name of libraryFiles(c.machine.platform)) await rename(join(folder, name), join(lib, name));
  return { variant, include: join(folder, 'include'), source: basename(wheel) };
}

function pipOptions(c: WayContext) {
  const onProgress = (bytes: number) => {
    if (bytes >= 1e6) c.detail(megabytes(bytes));
  };
  return { signal: c.signal, onLine: c.log, onProgress };
}

/** CUDA itself, as TensorFlow's `and-cuda` extra names it. */
async function fetchNvidia(c: WayContext, python: Python, unpacked: string): Promise<void> {
  const info = (await readdir(unpacked)).find((name) => name.endsWith('.dist-info'));
  const metadata = info === undefined ? '' : await readFile(join(unpacked, info, 'METADATA'), 'utf8');
  const requirements = cudaRequirements(metadata);
  if (requirements.length === 0) return;
  c.say('Downloading CUDA with pip (some GB)');
  const folder = join(c.scratch, 'cuda');
  const wheels = await pipDownload(c.machine, python, requirements, { ...pipOptions(c), folder });
  for (const [i, wheel] of wheels.entries()) {
    c.say(`Unpacking CUDA (${i + 1} of ${wheels.length})`);
    await unpackWheel(wheel, join(c.target, 'deps'), 'nvidia', c.signal);
  }
}

/** Puts every shared library of NVIDIA's packages beside TensorFlow's, where it looks for them. */
async function linkNvidia(nvidia: string, lib: string, movable: boolean): Promise<void> {
  const files = await readdir(nvidia, { recursive: true }).catch(() => [] as string[]);
  for (const file of files) {
    const name = basename(file);
    if (!/^lib[^/]*\.so[.\d]*$/.test(name)) continue;
    const target = join(nvidia, file);
    await symlink(movable ? relative(lib, target) : target, join(lib, name)).catch((error: unknown) => {
      // Two packages may bring the same library.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}
