/** Which files a text is read from: those named, and of folders all that may be text. */
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MANIFEST_FILE } from '../../runs/manifestFile.ts';
import { isExperimentFile } from '../../runs/names.ts';
import { messageOf } from '../../text/messageOf.ts';
import { plural } from '../../text/numbers.ts';
import { openDataFile } from '../bytes.ts';
import { DataError, TooLargeError } from '../dataset.ts';

/** More files than any text is made of: somebody has named a whole disk. */
export const MOST_FILES = 100_000;

/** Why something in a folder is not read, as what is counted. */
export type LeftOut = 'hidden' | 'node_modules' | 'link' | 'run' | 'experiment' | 'other' | 'binary';

/** A file to read. */
export interface FoundFile {
  /** As the experiment names it, or its folder with the path in it. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** When it was last written, ms. */
  readonly written: number;
  /** Whether it was found in a folder, where files that are no text may lie as well. */
  readonly inFolder: boolean;
}

/** What is to be read, and what in folders is not, each by its name. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly leftOut: ReadonlyMap<LeftOut, readonly string[]>;
}

/**
 * Files of a folder come in the order of their paths (by code units, the same on every machine).
 *
 * @param places Files and folders, relative to `baseFolder`.
 * @throws DataError when a place is not there, a file is named twice, or there are more than `most` files.
 */
export async function findFiles(places: readonly string[], baseFolder: string, most = MOST_FILES): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const leftOut = new Map<LeftOut, string[]>();
  const seen = new Map<string, string>();
  for (const place of places) {
    const path = resolve(baseFolder, place);
    const facts = await stat(path).catch(() => null);
    const isFolder = facts?.isDirectory() === true;
    const found = isFolder
      ? await filesIn(path, place, { most: most - files.length, leftOut })
      : [await named(path, place)];
    for (const file of found) {
      const real = await realpath(file.path);
      const earlier = seen.get(real);
      if (earlier !== undefined) {
        throw new DataError(
          `${place}: ${file.name} would be read twice, for "${earlier}" and for "${place}", and text that is trained on would ` +
            'be there again to be scored; name it once',
        );
      }
      seen.set(real, place);
      files.push(file);
    }
  }
  return { files, leftOut };
}

async function named(path: string, name: string): Promise<FoundFile> {
  const { bytes } = await openDataFile(path, name);
  const { mtimeMs } = await stat(path);
  return { name, path, bytes, written: mtimeMs, inFolder: false };
}

interface Walk {
  readonly most: number;
  readonly leftOut: Map<LeftOut, string[]>;
}

async function filesIn(root: string, place: string, { most, leftOut }: Walk): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  const top = place.replace(/[/\\]+$/, '');
  const leave = (why: LeftOut, name: string) => {
    const names = leftOut.get(why);
    if (names) names.push(name);
    else leftOut.set(why, [name]);
  };
  const walk = async (folder: string, name: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw new DataError(`${place}: the folder ${name} cannot be read (${messageOf(error)})`);
    });
    for (const entry of entries) {
      const inner = `${name}/${entry.name}`;
      const path = join(folder, entry.name);
      const why = leaveOut(entry);
      if (why !== null) leave(why, inner);
      else if (entry.isFile()) {
        if (files.length === most) {
          throw new TooLargeError(`${place}: holds more than ${plural(most, 'file')}; name a folder within it`);
        }
        const { size, mtimeMs } = await lstat(path);
        files.push({ name: inner, path, bytes: size, written: mtimeMs, inFolder: true });
      } else if ((await lstat(join(path, MANIFEST_FILE)).catch(() => null)) !== null) leave('run', inner);
      else await walk(path, inner);
    }
  };
  await walk(root, top);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Entry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** What no text of a user's is: links, which lead round in circles; runs and experiments, which change while one trains. */
function leaveOut(entry: Entry): LeftOut | null {
  if (entry.name.startsWith('.')) return 'hidden';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isDirectory()) return entry.name === 'node_modules' ? 'node_modules' : null;
  if (!entry.isFile()) return 'other';
  return isExperimentFile(entry.name) ? 'experiment' : null;
}

const words: Readonly<Record<LeftOut, readonly [one: string, many: string]>> = {
  hidden: ['hidden', 'hidden'],
  node_modules: ['folder of installed packages', 'folders of installed packages'],
  link: ['symbolic link', 'symbolic links'],
  run: ['folder of a run', 'folders of runs'],
  experiment: ['experiment', 'experiments'],
  other: ['no ordinary file', 'no ordinary files'],
  binary: ['binary', 'binary'],
};

/** Left out of the folder: 2 hidden (src/.env, src/.git), 1 binary (src/logo.png). */
export function leftOutWords(leftOut: FoundFiles['leftOut']): string | null {
  const parts = [...leftOut].map(([why, names]) => {
    const shown = names.slice(0, 3).join(', ');
    const more = names.length > 3 ? ` and ${plural(names.length - 3, 'other')}` : '';
    return `${plural(names.length, ...words[why])} (${shown}${more})`;
  });
  return parts.length === 0 ? null : `Left out of folders: ${parts.join('; ')}.`;
}
