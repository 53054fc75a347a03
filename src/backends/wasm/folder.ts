/** Where the backend's .wasm files lie. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const inPackage = ['dist', 'wasm-out'].map((part) => join('node_modules', '@tensorflow', 'tfjs-backend-wasm', part));

/**
 * The folder that holds these files: beside the bundled script, or in the package in a `node_modules` above `start`
 * (from sources and in tests). Null when none has them all.
 */
export function findWasmFolder(start: string, ...files: readonly string[]): string | null {
  const hasAll = (folder: string) => files.every((file) => existsSync(join(folder, file)));
  if (hasAll(start)) return start;
  for (let folder = start; ; folder = dirname(folder)) {
    const found = inPackage.map((part) => join(folder, part)).find(hasAll);
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return null;
  }
}
