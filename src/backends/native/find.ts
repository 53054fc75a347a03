/** Where native libraries lie: in an installation that the user points to, in the set-up's folder, or in node_modules. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A file that was found, or why there is none. */
export type Found =
  { readonly file: string; readonly source: string } | { readonly file: null; readonly reason: string };

/** `node_modules/<name>` in `start` or a folder above it. */
export function findPackage(name: string, start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', ...name.split('/'));
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(folder) === folder) return null;
  }
}

/** Folders in `folder` by falling version: "2.21.0" before "2.9.1". */
export function versionsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d/.test(entry.name))
    .map(({ name }) => name)
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/** Changes when the file does. */
export function fileFingerprint(found: Found): string {
  if (found.file === null) return 'absent';
  const { size, mtimeMs } = statSync(found.file);
  return `${found.file} ${size} ${mtimeMs}`;
}

/** Loads a native library into this process. @throws Error in the loader's words */
export function loadNative(file: string): unknown {
  return createRequire(file)(file);
}
