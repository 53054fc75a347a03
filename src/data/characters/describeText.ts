/** What a text file or a folder of them holds, for checks before anything is trained. */
import { basename, dirname } from 'node:path';
import type { DataFacts } from '../../spec/check.ts';
import { DataError, MissingFileError, TooLargeError } from '../dataset.ts';
import { findFiles, type FoundFiles } from './textFiles.ts';
import { readFiles } from './readText.ts';

/** What is read in a tenth of a second or so; of more only training will tell. */
const MOST_BYTES = 8 * 2 ** 20;
const MOST_FILES = 2000;

const filesAt = (path: string): Promise<FoundFiles> => findFiles([basename(path)], dirname(path), MOST_FILES);
const sizeOf = ({ files }: FoundFiles): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Characters of a file or folder, where it is not too long to be read in a moment. Never rejects for what lies there. */
export async function describeText(path: string): Promise<DataFacts> {
  try {
    const found = await filesAt(path);
    if (sizeOf(found) > MOST_BYTES) return { exists: true, arrays: [], problem: null };
    const { characters, values, endsLine } = await readFiles(found, 4 * MOST_BYTES);
    const text = { characters: values.length, distinct: characters, endsLine };
    return { exists: true, arrays: [], text, problem: null };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    if (error instanceof TooLargeError) return { exists: true, arrays: [], problem: null };
    return { exists: !(error instanceof MissingFileError), arrays: [], problem: error.message };
  }
}

/** Changes with any file that {@link describeText} reads, and which those are; null where there are none. */
export async function textStamp(path: string): Promise<string | null> {
  try {
    const { files } = await filesAt(path);
    return files.map(({ name, bytes, written }) => `${name} ${bytes} ${written}`).join('\n');
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}
