/** Names of experiments and of their runs. */
import { basename, dirname, join, resolve } from 'node:path';

export const EXPERIMENT_SUFFIX = '.lens.json';

export function isExperimentFile(file: string): boolean {
  return file.endsWith(EXPERIMENT_SUFFIX);
}

/** Where the runs of an experiment lie: `runs/<name>` beside it. */
export function runsFolderOf(experimentFile: string): string {
  return join(dirname(experimentFile), 'runs', experimentName(experimentFile));
}

/** `<experiment's folder>/runs/<experiment name>/<UTC time>`, absolute; the time to the millisecond, without colons. */
export function newRunPath(experimentFile: string, time: Date): string {
  return join(runsFolderOf(resolve(experimentFile)), timeName(time.toISOString()));
}

/** An ISO time as a folder name that is legal on every system. */
export function timeName(isoTime: string): string {
  return isoTime.replaceAll(':', '-').replace('.', '-');
}

/** The experiment file's name without `.lens.json`. */
export function experimentName(experimentFile: string): string {
  const name = basename(experimentFile);
  return isExperimentFile(name) ? name.slice(0, -EXPERIMENT_SUFFIX.length) : name.replace(/\.json[c5]?$/, '');
}
