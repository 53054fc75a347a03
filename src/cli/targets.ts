/** What the arguments RUN and EXPERIMENT stand for on disk. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { listRuns } from '../runs/list.ts';
import type { RunManifest } from '../runs/manifest.ts';
import { MANIFEST_FILE } from '../runs/manifestFile.ts';
import { experimentName } from '../runs/runFolder.ts';
import { CliError } from './output.ts';

export type Target =
  { readonly kind: 'run'; readonly path: string } | { readonly kind: 'experiment'; readonly path: string };

/** A folder with a run in it, or an experiment file. @throws CliError when it is neither. */
export async function targetOf(argument: string): Promise<Target> {
  const path = resolve(argument);
  const found = await statOrNull(path);
  if (found?.isFile())
    return basename(path) === MANIFEST_FILE ? { kind: 'run', path: dirname(path) } : { kind: 'experiment', path };
  if (found && (await statOrNull(join(path, MANIFEST_FILE)))) return { kind: 'run', path };
  if (found) throw new CliError(`${argument}: is neither a run (it has no ${MANIFEST_FILE}) nor an experiment file`);
  throw new CliError(`${argument}: no such file or folder`);
}

/** An existing experiment file, absolute. @throws CliError */
export async function experimentPath(argument: string): Promise<string> {
  const target = await targetOf(argument);
  if (target.kind === 'run') throw new CliError(`${argument}: is a run; an experiment file (*.lens.json) is needed`);
  if (!/\.jsonc?$/i.test(target.path)) {
    throw new CliError(
      `${argument}: is no experiment file; one is named *.lens.json`,
      'An experiment file says which model is trained on which data; FORMATS.md shows one.',
    );
  }
  return target.path;
}

/** A file to be written once there is something to write. @throws CliError at once, not after the work is done. */
export async function outputPath(option: string, file: string): Promise<string> {
  const folder = dirname(resolve(file));
  const found = await statOrNull(folder);
  if (!found) throw new CliError(`${option} ${file}: there is no folder ${folder}`);
  if (!found.isDirectory()) throw new CliError(`${option} ${file}: ${folder} is no folder`);
  if ((await statOrNull(resolve(file)))?.isDirectory()) throw new CliError(`${option} ${file}: is a folder`);
  return file;
}

/** A run's folder, absolute. @throws CliError */
export async function runPath(argument: string): Promise<string> {
  const target = await targetOf(argument);
  if (target.kind === 'run') return target.path;
  throw new CliError(
    `${argument}: is a file; the folder of a run is needed`,
    'Runs are kept beside their experiment, in runs/<experiment>/<time>.',
  );
}

/** The newest run of an experiment that `wanted` accepts, or null. */
export async function newestRun(
  experimentFile: string,
  wanted: (manifest: RunManifest) => boolean,
): Promise<string | null> {
  const runs = await listRuns(join(dirname(experimentFile), 'runs', experimentName(experimentFile)));
  return runs.find(({ manifest }) => manifest !== null && wanted(manifest))?.path ?? null;
}

export async function exists(path: string): Promise<boolean> {
  return (await statOrNull(path)) !== null;
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch {
    return null;
  }
}
