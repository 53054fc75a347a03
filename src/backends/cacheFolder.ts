import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What may be forgotten at any time: `$LENS_CACHE`, else `likelihood-lens` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['LENS_CACHE']) return resolve(env['LENS_CACHE']);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'likelihood-lens');
}
