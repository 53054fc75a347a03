/** Names of experiments and of their runs. */
import { basename, dirname, join, resolve } from 'node:path';

export const EXPERIMENT_SUFFIX = '.lens.json';

/** `<experiment's folder>/runs/<experiment name>/<UTC time>`, absolute; the time to the millisecond, without colons. */
export function newRunPath(experimentFile: string, time: Date): string {
  const folder = dirname(resolve(experimentFile));
  return join(folder, 'runs', experimentName(experimentFile), timeName(time.toISOString()));
}

/** An ISO time as a folder name that is legal on every system. */
export function timeName(isoTime: string): string {
  return isoTime.replaceAll(':', '-').replace('.', '-');
}

/** The experiment file's name without `.lens.json`. */
export function experimentName(experimentFile: string): string {
  const name = basename(experimentFile);
  return name.endsWith(EXPERIMENT_SUFFIX) ? name.slice(0, -EXPERIMENT_SUFFIX.length) : name.replace(/\.json[c5]?$/, '');
}
