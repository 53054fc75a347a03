/** Deletes a run, and nothing else. */
import { lstat, realpath, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { RunRecord } from './runRecord.ts';
import { runsFolderOf } from '../../src/runs/names.ts';

/**
 * Deletes the folder of a run. @throws Error when it is not a folder of its own directly in its experiment's folder of
 * runs, a link, or holds no `run.json`.
 */
export async function deleteRunFolder(run: Pick<RunRecord, 'path' | 'experimentFile'>): Promise<void> {
  await assertRunFolder(run);
  await rm(run.path, { recursive: true });
}

export async function assertRunFolder({ path, experimentFile }: Pick<RunRecord, 'path' | 'experimentFile'>) {
  const refuse = (why: string) => new Error(`${path} is not deleted: ${why}`);
  if (!isDirectChild(runsFolderOf(experimentFile), path)) {
    throw refuse(`it does not lie directly in ${runsFolderOf(experimentFile)}`);
  }
  const found = await lstat(path);
  if (found.isSymbolicLink() || !found.isDirectory()) throw refuse('it is no folder of its own');
  if (!isDirectChild(await realpath(runsFolderOf(experimentFile)), await realpath(path))) {
    throw refuse('it leads out of its experiment’s runs');
  }
  const manifest = await lstat(join(path, 'run.json')).catch(() => null);
  if (!manifest?.isFile()) throw refuse('it holds no run.json');
}

function isDirectChild(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !way.includes(sep) && join(folder, way) === path;
}
