/** Finds the runs below a folder. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { messageOf } from '../text/messageOf.ts';
import { LOCK_FILE, ownerOf } from './claim.ts';
import { errorCode } from './files.ts';
import type { RunManifest } from './manifest.ts';
import { MANIFEST_FILE, readManifest } from './manifestFile.ts';
import { timeName } from './names.ts';

/** One run as a list shows it: its manifest, or why that cannot be read. */
export type ListedRun = {
  /** The run folder, absolute. */
  readonly path: string;
  /** Process id of the living trainer; null when nobody trains it, whatever the manifest says. */
  readonly owner: number | null;
} & (
  { readonly manifest: RunManifest; readonly problem: null } | { readonly manifest: null; readonly problem: string }
);

/** A run lies at most so deep: `runs/<experiment>/<time>`. */
const DEPTH = 2;

/**
 * Every run at `root` or below it (`<folder of experiments>/runs`, or one experiment's folder in it), newest first.
 * A folder that is not there has no runs.
 */
export async function listRuns(root: string): Promise<ListedRun[]> {
  const paths = await runPaths(resolve(root), DEPTH);
  const runs = await Promise.all(paths.map(readRun));
  return runs.sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
}

async function runPaths(folder: string, depth: number): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
  if (entries.some((entry) => entry.isFile() && entry.name === MANIFEST_FILE)) return [folder];
  if (depth === 0) return [];
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  return (await Promise.all(folders.map((path) => runPaths(path, depth - 1)))).flat();
}

async function readRun(path: string): Promise<ListedRun> {
  try {
    const [manifest, owner] = await Promise.all([readManifest(path), ownerOf(join(path, LOCK_FILE))]);
    return { path, owner, manifest, problem: null };
  } catch (error) {
    return { path, owner: null, manifest: null, problem: messageOf(error) };
  }
}

/** Folder names are times as well, so that a run whose manifest is gone keeps its place. */
function timeOf(run: ListedRun): string {
  return run.manifest === null ? basename(run.path) : timeName(run.manifest.created);
}
