/**
 * Which process trains a run: `run.lock` in its folder. Two trainers in one folder would ruin each other's checkpoints,
 * and a manifest that says `running` is only true while its process lives.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as z from 'zod/mini';
import { RunError } from './errors.ts';
import { errorCode } from './files.ts';
import { startOf } from './processes.ts';

export const LOCK_FILE = 'run.lock';

const lockSpec = z.object({
  pid: z.int().check(z.positive()),
  host: z.string(),
  /** Tells the process from others that have had its number; null or left out where the system does not say. */
  started: z.optional(z.nullable(z.string())),
});
type Lock = z.output<typeof lockSpec>;

/** How often, and how long apart, a process tries while others do the same. */
const ATTEMPTS = 40;
const RETRY_MS = 25;

/** Takes the lock for this process. @throws RunError when another living process has it, or may have. */
export async function claim(file: string): Promise<void> {
  const mine: Lock = { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await create(file, JSON.stringify(mine))) return;
    const text = await readText(file);
    if (text === null) continue;
    const lock = parse(text);
    if (lock && isSame(lock, mine)) return;
    if (lock && (await lives(lock))) throw new RunError(refusal(file, lock));
    if (await takeOver(file, text, JSON.stringify(mine))) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw new RunError(`${file}: other processes keep taking this run; if there are none, delete ${file + TAKING}`);
}

/** Gives the lock back if this process has it. */
export async function release(file: string): Promise<void> {
  if ((await ownerOf(file)) === process.pid) await rm(file, { force: true });
}

/** Process id of the trainer that has the lock and lives, or null. A lock of another machine counts as living. */
export async function ownerOf(file: string): Promise<number | null> {
  const text = await readText(file);
  const lock = text === null ? null : parse(text);
  return lock && (await lives(lock)) ? lock.pid : null;
}

function refusal(file: string, { pid, host, started }: Lock): string {
  if (host !== hostname()) {
    return (
      `${file}: process ${pid} on ${host} is training this run, or ended there without a word; from ${hostname()} that ` +
      `cannot be seen. If nothing trains it on ${host} any more, delete ${file} and try again`
    );
  }
  const mistaken = started ? '' : `. If process ${pid} is something else by now, delete ${file} and try again`;
  return `${file}: process ${pid} is training this run; stop it first${mistaken}`;
}

function isSame(a: Lock, b: Lock): boolean {
  return a.pid === b.pid && a.host === b.host && (a.started ?? null) === (b.started ?? null);
}

async function lives({ pid, host, started }: Lock): Promise<boolean> {
  if (host !== hostname()) return true;
  if (!isRunning(pid)) return false;
  // Numbers are given again: after a restart of the machine, and in containers almost at once.
  const now = started ? await startOf(pid) : null;
  return now === null || now === started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, of another user.
    return errorCode(error) === 'EPERM';
  }
}

/** Makes the file with all of its text at once, if there is none: false if there is. */
async function create(file: string, text: string): Promise<boolean> {
  const prepared = `${file}.${randomUUID()}`;
  await writeFile(prepared, text);
  try {
    await link(prepared, file);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    // File systems without hard links.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return await createInPlace(file, text);
    throw error;
  } finally {
    await rm(prepared, { force: true });
  }
}

async function createInPlace(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What is added to the lock's name for the lock on replacing a dead one. */
const TAKING = '.taking';

/**
 * Puts a lock in the place of one that belongs to nobody; false when somebody else is about it. Only who holds a second
 * lock does so, and looks again first: of two processes that find the same dead lock the slower one would otherwise
 * remove the new lock of the quicker one.
 */
async function takeOver(file: string, dead: string, mine: string): Promise<boolean> {
  const taking = file + TAKING;
  if (!(await create(taking, mine))) return false;
  try {
    if ((await readText(file)) !== dead) return false;
    const prepared = `${file}.${randomUUID()}`;
    await writeFile(prepared, mine);
    await rename(prepared, file);
    return true;
  } finally {
    await rm(taking, { force: true });
  }
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Null for a lock that was torn by a crash: it is nobody's. */
function parse(text: string): Lock | null {
  try {
    return lockSpec.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
