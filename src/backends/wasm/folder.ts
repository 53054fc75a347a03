/** Where the backend's .wasm files lie. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const inPackage = join('node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');

/**
 * The folder that holds `binary`: beside the bundled script, or in the package in a `node_modules` above `start`
 * (from sources and in tests). Null when neither has it.
 */
export function findWasmFolder(binary: string, start: string): string | null {
  if (existsSync(join(start, binary))) return start;
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, inPackage);
    if (existsSync(join(candidate, binary))) return candidate;
    if (dirname(folder) === folder) return null;
  }
}
