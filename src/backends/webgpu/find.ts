/** Where Dawn for Node is: the npm package `webgpu`, one file a platform. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findPackage, type Found } from '../native/find.ts';

export const DAWN = 'dawn.node';

/** `$LENS_WEBGPU` (the file, the package's folder, or a project that has the package), or `node_modules` above `start`. */
export function findDawn(start: string, env: NodeJS.ProcessEnv = process.env): Found {
  const pointed = env['LENS_WEBGPU'];
  if (pointed) return fromUser(resolve(pointed));
  const folder = findPackage('webgpu', start);
  if (folder === null) {
    return {
      file: null,
      reason: 'the npm package `webgpu` (Dawn for Node) is not installed; LENS_WEBGPU can name a folder that has it',
    };
  }
  const file = dawnIn(folder);
  return existsSync(file)
    ? { file, source: folder }
    : { file: null, reason: `${folder} has nothing for ${platform()}` };
}

function fromUser(path: string): Found {
  if (!existsSync(path)) return { file: null, reason: `LENS_WEBGPU names ${path}, which is not there` };
  if (!statSync(path).isDirectory()) return { file: path, source: path };
  const file = [path, join(path, 'node_modules', 'webgpu')].map(dawnIn).find((candidate) => existsSync(candidate));
  if (file === undefined) {
    return { file: null, reason: `LENS_WEBGPU names ${path}, which has no dist/${platform()}/${DAWN}` };
  }
  return { file, source: path };
}

function dawnIn(folder: string): string {
  return join(folder, 'dist', platform(), DAWN);
}

function platform(): string {
  return `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;
}
