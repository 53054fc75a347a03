/**
 * Sets native TensorFlow up under a root folder: all of it or nothing.
 *
 * An installation is made whole in a folder beside the old one, tried out there, and renamed into place; `current.json`
 * is written last. Until then what was there stays in use. The log is kept in the root whatever the end.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BINDING } from './addon.ts';
import { checkAddon, type Checked, type Runtime } from './check.ts';
import { lookForCuda, type CudaFacts } from './cuda.ts';
import { readCurrent, writeCurrent, type NativeInstallation, type Variant } from './current.ts';
import { SetupCancelled, SetupError } from './errors.ts';
import { fromPython } from './fromPython.ts';
import type { Machine } from './machine.ts';
import { fromPackageDownload } from './packageDownload.ts';
import { planOf, type Plan, type Way } from './plan.ts';
import type { WayContext, WayResult } from './ways.ts';

export interface SetupRequest {
  /** As `nativeRoot` gives it. */
  readonly root: string;
  /** `auto`: for the graphics card where TensorFlow can use it, else for the processor. */
  readonly variant: 'auto' | Variant;
  /** A Python that a setting names, or null to look for one. */
  readonly pythonPath: string | null;
  /** A Node that a setting names, or null to look for one. */
  readonly nodePath: string | null;
  /** What will load the addon; it is tried out with that. */
  readonly runtime: Runtime;
  /** Folders where the addon's C++ sources may be. */
  readonly sources: readonly string[];
}

export interface SetupHooks {
  readonly signal?: AbortSignal | undefined;
  /** What is being done now, for people. */
  readonly say: (text: string) => void;
  /** How far that is. */
  readonly detail?: (text: string) => void;
}

export interface SetupResult {
  readonly installation: NativeInstallation;
  /** Whether it computed on a graphics card when it was tried. */
  readonly gpu: boolean;
  /** What stands in the way of the card, where one was wanted and is not used. */
  readonly complaint: string | null;
}

export const LOG_FILE = 'setup.log';
/** Unfinished installations begin with this and the number of the process that makes them. */
const UNFINISHED = '.making-';

/** What a set-up would do here, found out without doing any of it. */
export async function planSetup(
  variant: 'auto' | Variant,
  machine: Machine,
  signal?: AbortSignal,
): Promise<{ readonly cuda: CudaFacts; readonly plan: Plan }> {
  const cuda = await lookForCuda(machine, signal);
  const plan = planOf(machine, cuda, variant);
  if ('impossible' in plan)
    throw new SetupError(plan.impossible, 'The wasm backend works everywhere, and webgpu with cards of any maker.');
  return { cuda, plan };
}

/** @throws SetupError with what to do, SetupCancelled; either way what was set up before is still in use. */
export async function setUpNative(request: SetupRequest, machine: Machine, hooks: SetupHooks): Promise<SetupResult> {
  const { root } = request;
  await mkdir(root, { recursive: true });
  await removeAbandoned(root);
  const stream = createWriteStream(join(root, LOG_FILE));
  const log = (line: string) => void stream.write(`${new Date().toISOString()} ${line}\n`);
  const place = await mkdtemp(join(root, `${UNFINISHED}${process.pid}-`));
  try {
    return await make(request, logged(machine, log), hooks, place, log);
  } catch (error) {
    const told = asSetupError(error, root);
    log(told instanceof SetupError ? `${told.message}\n${told.remedy}` : String(told));
    throw told;
  } finally {
    await rm(place, { recursive: true, force: true, maxRetries: 3 });
    await new Promise((resolve) => stream.end(resolve));
  }
}

async function make(
  request: SetupRequest,
  machine: Machine,
  hooks: SetupHooks,
  place: string,
  log: (line: string) => void,
): Promise<SetupResult> {
  const { signal } = hooks;
  const say = (text: string) => {
    log(text);
    hooks.say(text);
  };
  say('Looking at this machine');
  const { cuda, plan } = await planSetup(request.variant, machine, signal);
  for (const sentence of plan.sentences) say(sentence);
  const base = {
    machine,
    card: cuda.card?.capability ?? null,
    pythonPath: request.pythonPath,
    nodePath: request.nodePath,
    sources: request.sources,
    signal,
    say,
    detail: hooks.detail ?? (() => undefined),
    log,
  };
  // Who names a Python means its TensorFlow.
  const fromNamed = (way: Way) => Number(request.pythonPath !== null && way.kind === 'python');
  const ways = plan.ways.toSorted((a, b) => fromNamed(b) - fromNamed(a));
  const { result, checked, target } = await firstThatWorks(ways, base, place, request.runtime);
  say('Putting it in place');
  const installation = await putInPlace(request.root, target, result, checked);
  say(`TensorFlow ${installation.version} is set up (${installation.source})`);
  return { installation, gpu: checked.gpu, complaint: checked.complaint };
}

interface Working {
  readonly result: WayResult;
  readonly checked: Checked;
  readonly target: string;
}

/** The first way whose addon works, on the card if it is made for one; else one that works on the processor. */
async function firstThatWorks(
  ways: readonly Way[],
  base: Omit<WayContext, 'target' | 'scratch' | 'variant'>,
  place: string,
  runtime: Runtime,
): Promise<Working> {
  const failures: SetupError[] = [];
  let without: Working | null = null;
  for (const [i, way] of ways.entries()) {
    const target = join(place, `made-${i}`);
    const scratch = join(place, `scratch-${i}`);
    await mkdir(target);
    await mkdir(scratch);
    try {
      const result = await walk(way, { ...base, target, scratch, variant: way.variant });
      base.say('Trying it: a product of two matrices');
      const checked = await checkAddon(base.machine, join(target, BINDING), runtime, {
        signal: base.signal,
        onLine: base.log,
      });
      const working = { result, checked, target };
      if (checked.gpu || way.variant === 'cpu') return working;
      base.say(`It works, but not on the card: ${checked.complaint ?? 'TensorFlow does not say why'}`);
      without ??= working;
    } catch (error) {
      if (base.signal?.aborted) throw new SetupCancelled();
      if (!(error instanceof SetupError)) throw error;
      failures.push(error);
      if (i + 1 < ways.length) base.say(error.message);
      await rm(target, { recursive: true, force: true });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  if (without !== null) return without;
  const last = failures.at(-1)!;
  throw new SetupError(failures.map(({ message }) => message.replace(/\.?$/, '.')).join(' '), last.remedy);
}

function walk(way: Way, context: WayContext): Promise<WayResult> {
  return way.kind === 'download' ? fromPackageDownload(context) : fromPython(context);
}

/** Renames the finished folder into place and makes it the current one; then the old one goes. */
async function putInPlace(
  root: string,
  target: string,
  { variant, source }: WayResult,
  { version }: Checked,
): Promise<NativeInstallation> {
  const before = await readCurrent(root);
  const name = `${version}-${variant}`;
  const folder = join(root, name);
  const aside = join(dirname(target), 'replaced');
  const moved = await rename(folder, aside).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw inUse(folder, error);
    },
  );
  try {
    await rename(target, folder);
  } catch (error) {
    if (moved) await rename(aside, folder);
    throw error;
  }
  const installation: NativeInstallation = {
    version,
    variant,
    binding: join(folder, BINDING),
    made: new Date().toISOString(),
    source,
  };
  await writeCurrent(root, installation);
  if (before !== null) await removeOld(root, before, name);
  return installation;
}

/** Windows keeps a loaded library where it is; then it goes with the next set-up. */
async function removeOld(root: string, before: NativeInstallation, name: string): Promise<void> {
  const folder = before.binding.slice(0, -BINDING.length - 1);
  if (dirname(folder) !== root || basename(folder) === name) return;
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

function inUse(folder: string, error: unknown): SetupError {
  return new SetupError(
    `${folder} cannot be replaced: ${error instanceof Error ? error.message : String(error)}`,
    'Stop the runs that compute on TensorFlow, close the inspector, and set up again.',
  );
}

/** What the system says of a disk, in words for people. */
function asSetupError(error: unknown, root: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new SetupError(`The disk of ${root} is full.`, 'Free some space and set up again; nothing was changed.');
}

/** What a killed set-up left. */
async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const pid = Number(name.slice(UNFINISHED.length).split('-')[0]);
    if (pid === process.pid || !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The machine, with every program it runs and what that says in the log. */
function logged(machine: Machine, log: (line: string) => void): Machine {
  return {
    ...machine,
    run: async (program, args, options) => {
      log(`$ ${[program, ...args].map((word) => (/[\s"']/.test(word) ? JSON.stringify(word) : word)).join(' ')}`);
      const result = await machine.run(program, args, { ...options, onLine: options.onLine ?? log });
      log(`→ ${result.status === 0 ? 'done' : result.reason}`);
      return result;
    },
  };
}
