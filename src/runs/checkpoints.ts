/** The checkpoints of a run: `checkpoints/<step, 8 digits>/{model.safetensors,optimizer.safetensors,state.json}`. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedArrays } from './arrays.ts';
import { RunError } from './errors.ts';
import { errorCode, flushFolder, readBytes, readJson, writeFlushed } from './files.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/** What a training run needs to go on exactly where it was. */
export interface Checkpoint {
  /** Parameters and buffers (orders, degrees) by their dotted names. */
  readonly model: NamedArrays;
  /** Optimiser state by `slot/parameter`. */
  readonly optimizer: NamedArrays;
  /** Counters and generator states: anything that JSON holds exactly. */
  readonly state: unknown;
}

export const WEIGHTS_FILE = 'model.safetensors';
const OPTIMIZER_FILE = 'optimizer.safetensors';
const STATE_FILE = 'state.json';

/** Prefixes of folders that are not checkpoints: being written, and on their way out. */
const UNFINISHED = '.new-';
const REPLACED = '.old-';

export function checkpointName(step: number): string {
  return String(step).padStart(8, '0');
}

/** Writes a checkpoint under another name, flushes it and renames it whole. Answers with its name. */
export async function writeCheckpoint(folder: string, step: number, checkpoint: Checkpoint): Promise<string> {
  const name = checkpointName(step);
  const state = JSON.stringify(checkpoint.state, null, 1);
  // Typed as a string by the library, undefined for a state that JSON cannot hold at all.
  if (typeof state !== 'string') throw new RangeError('the state of a checkpoint must be JSON');
  const unfinished = join(folder, UNFINISHED + name);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await writeFlushed(join(unfinished, WEIGHTS_FILE), encodeSafetensors(checkpoint.model));
  await writeFlushed(join(unfinished, OPTIMIZER_FILE), encodeSafetensors(checkpoint.optimizer));
  await writeFlushed(join(unfinished, STATE_FILE), `${state}\n`);
  await flushFolder(unfinished);
  await putInPlace(folder, name);
  await flushFolder(folder);
  return name;
}

async function putInPlace(folder: string, name: string): Promise<void> {
  const place = join(folder, name);
  const replaced = join(folder, REPLACED + name);
  await rm(replaced, { recursive: true, force: true });
  try {
    // A folder cannot be renamed onto another: a run that comes to the same step again sets the old one aside first,
    // and `recoverCheckpoints` brings it back should the process end in between.
    await rename(place, replaced);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  await rename(join(folder, UNFINISHED + name), place);
  await rm(replaced, { recursive: true, force: true });
}

/** Undoes what an interrupted write has left: brings back what was set aside, deletes what was never finished. */
export async function recoverCheckpoints(folder: string): Promise<void> {
  const names = new Set(await folderNames(folder));
  for (const name of names) {
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true, force: true });
    if (!name.startsWith(REPLACED)) continue;
    const original = name.slice(REPLACED.length);
    if (names.has(original)) await rm(join(folder, name), { recursive: true, force: true });
    else await rename(join(folder, name), join(folder, original));
  }
}

/** @throws RunError naming the file that is missing or wrong, and the checkpoints that are there. */
export async function readCheckpoint(folder: string, name: string): Promise<Checkpoint> {
  const names = await checkpointNames(folder);
  if (!names.includes(name)) {
    throw new RunError(
      `${join(folder, name)}: there is no such checkpoint; there ${names.length === 0 ? 'are none' : `is ${names.join(', ')}`}`,
    );
  }
  const arrays = async (fileName: string) => {
    const file = join(folder, name, fileName);
    return decodeSafetensors(await readBytes(file), file).arrays;
  };
  return {
    model: await arrays(WEIGHTS_FILE),
    optimizer: await arrays(OPTIMIZER_FILE),
    state: await readJson(join(folder, name, STATE_FILE)),
  };
}

/** Names of the checkpoints that are whole, earliest step first. */
export async function checkpointNames(folder: string): Promise<string[]> {
  const names = (await folderNames(folder)).filter((name) => /^\d{8,}$/.test(name));
  return names.sort((a, b) => Number(a) - Number(b));
}

/** Deletes all checkpoints but those named. */
export async function pruneCheckpoints(folder: string, keep: readonly (string | null)[]): Promise<void> {
  for (const name of await checkpointNames(folder)) {
    if (!keep.includes(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function folderNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
