/** File handling of run folders: flushed writes, and errors that name the file. */
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../text/messageOf.ts';
import { RunError } from './errors.ts';

/** Writes and flushes a file in a folder that nobody reads yet. */
export async function writeFlushed(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a folder and those above it. Step by step: Node's own recursion never ends where a system without rights to
 * grant answers that the parent is not there (/proc).
 * @throws RunError naming the folder that cannot be made.
 */
export async function makeFolder(path: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await mkdir(path);
      return;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST') {
        if ((await stat(path)).isDirectory()) return;
        throw new RunError(`${path}: is a file; a folder is needed there`);
      }
      const parent = dirname(path);
      if (code === 'ENOTDIR') throw new RunError(`${path}: cannot be made: ${parent} is no folder`);
      if (code !== 'ENOENT' || attempt > 0 || parent === path) {
        throw new RunError(`${path}: cannot be made (${messageOf(error)})`);
      }
      await makeFolder(parent);
    }
  }
}

/** Makes a rename within `folder` survive a power cut, where the system can flush folders. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws RunError naming the file when it is not there or cannot be read. */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new RunError(`${file}: ${errorCode(error) === 'ENOENT' ? 'is not there' : messageOf(error)}`);
  }
}

/** A text file that holds JSON. @throws RunError with the parser's reason. */
export async function readJson(file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(file));
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RunError(`${file}: is not JSON (${messageOf(error)})`);
  }
}

/** The system's code of an error, `ENOENT` and the like. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
