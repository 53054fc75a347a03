/**
 * What trials found on this machine, kept in one file of the cache folder (or where `$LENS_TIMINGS` says). It may be
 * lost at any time, and whatever is wrong with it counts as lost.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { backendNames } from './backend.ts';
import { cacheFolder } from '../native/root.ts';
import type { Timing } from './trial.ts';

const timingSpec = z.object({
  name: z.enum(backendNames),
  stepMs: z.number(),
  rowsPerSecond: z.number(),
  title: z.string(),
  measured: z.string(),
});

const memorySpec = z.object({
  formatVersion: z.literal(1),
  /** Fastest first, by model and machine. */
  models: z.record(z.string(), z.array(timingSpec)),
});
type Memory = z.output<typeof memorySpec>;

/** Drivers change, and other programs come and go. */
const MAX_AGE_MS = 30 * 24 * 3600 * 1000;
const MAX_MODELS = 200;

/** @param parts what a timing depends on, the machine left out */
export function timingKey(parts: readonly string[]): string {
  const machine = [hostname(), process.platform, process.arch, cpus()[0]?.model ?? '', String(availableParallelism())];
  return createHash('sha256')
    .update(JSON.stringify([machine, parts]))
    .digest('hex')
    .slice(0, 32);
}

/** Fastest first; null when that model has not been timed here lately. */
export async function rememberedTimings(key: string): Promise<readonly Timing[] | null> {
  const found = (await readMemory()).models[key];
  if (!found?.[0]) return null;
  return Date.now() - Date.parse(found[0].measured) < MAX_AGE_MS ? found : null;
}

/** The last timing of every backend, whatever was timed. */
export async function lastTimings(): Promise<ReadonlyMap<string, Timing>> {
  const all = Object.values((await readMemory()).models).flat();
  return new Map(all.sort((a, b) => a.measured.localeCompare(b.measured)).map((timing) => [timing.name, timing]));
}

export async function rememberTimings(key: string, timings: readonly Timing[]): Promise<void> {
  const { models } = await readMemory();
  const age = (list: readonly Timing[]) => list[0]?.measured ?? '';
  const kept = Object.entries({ ...models, [key]: [...timings] }).sort(([, a], [, b]) => age(b).localeCompare(age(a)));
  const memory: Memory = { formatVersion: 1, models: Object.fromEntries(kept.slice(0, MAX_MODELS)) };
  const file = timingsFile();
  try {
    await mkdir(dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}`;
    await writeFile(temporary, `${JSON.stringify(memory, null, 1)}\n`);
    await rename(temporary, file);
  } catch {
    // A cache folder that cannot be written to costs a trial next time.
  }
}

async function readMemory(): Promise<Memory> {
  try {
    return memorySpec.parse(JSON.parse(await readFile(timingsFile(), 'utf8')));
  } catch {
    return { formatVersion: 1, models: {} };
  }
}

function timingsFile(): string {
  return process.env['LENS_TIMINGS'] ?? join(cacheFolder(), 'backend-timings.json');
}
