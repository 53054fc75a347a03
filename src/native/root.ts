/** Where native TensorFlow is kept. One layout under either base: the editor's global storage, or a cache folder. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The set-up's folder under a base: the extension's global storage, or {@link cacheFolder}. */
export function nativeRoot(base: string): string {
  return join(base, 'native-tensorflow');
}

/** What is installed once for the command line and the tests: `$LENS_CACHE`, else in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['LENS_CACHE']) return resolve(env['LENS_CACHE']);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'likelihood-lens');
}
