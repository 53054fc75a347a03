/**
 * Which process trains a run: `run.lock` in its folder. Two trainers in one folder would ruin each other's checkpoints,
 * and a manifest that says `running` is only true while its process lives.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as z from 'zod/mini';
import { RunError } from './errors.ts';
import { errorCode } from './files.ts';

export const LOCK_FILE = 'run.lock';

const lockSpec = z.object({ pid: z.int().check(z.positive()), host: z.string() });
type Lock = z.output<typeof lockSpec>;

/** Takes the lock for this process. @throws RunError when another living process has it. */
export async function claim(file: string): Promise<void> {
  const mine: Lock = { pid: process.pid, host: hostname() };
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(file, JSON.stringify(mine), { flag: 'wx' });
      return;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const pid = await ownerOf(file);
    if (pid === process.pid) return;
    if (pid !== null) throw new RunError(`${file}: process ${pid} is training this run; stop it first`);
    await rm(file, { force: true });
  }
  throw new RunError(`${file}: other processes keep taking this run`);
}

/** Gives the lock back if this process has it. */
export async function release(file: string): Promise<void> {
  if ((await ownerOf(file)) === process.pid) await rm(file, { force: true });
}

/** Process id of the trainer that has the lock and lives, or null. A lock of another machine counts as living. */
export async function ownerOf(file: string): Promise<number | null> {
  let lock: Lock;
  try {
    lock = lockSpec.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Not there, or torn by a crash: nobody's.
    return null;
  }
  return lock.host !== hostname() || lives(lock.pid) ? lock.pid : null;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, of another user.
    return errorCode(error) === 'EPERM';
  }
}
