/**
 * What trials found on this machine, kept in one file of the cache folder (or where `$LENS_TIMINGS` says). It may be
 * lost at any time, and whatever is wrong with it counts as lost.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { type BackendName, backendNames } from './backend.ts';
import { cacheFolder } from '../native/root.ts';
import type { Timing } from './trial.ts';

const timingSpec = z.object({
  name: z.enum(backendNames),
  stepMs: z.number(),
  rowsPerSecond: z.number(),
  title: z.string(),
  measured: z.string(),
  threads: z.optional(z.number()),
  blocks: z.optional(z.number()),
});

const comparisonSpec = z.object({
  /** Fastest first. */
  timings: z.array(timingSpec),
  /** The backends that were not timed, or failed. */
  skipped: z.array(z.object({ name: z.enum(backendNames), reason: z.string() })),
});

const memorySpec = z.object({
  formatVersion: z.literal(2),
  /** By model and machine. */
  models: z.record(z.string(), comparisonSpec),
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

/** What a comparison of backends on one model found. */
export interface Comparison {
  /** Fastest first. */
  readonly timings: readonly Timing[];
  /** The backends that were not timed, or failed, and why. */
  readonly skipped: readonly Skipped[];
}

export interface Skipped {
  readonly name: BackendName;
  readonly reason: string;
}

/** Null when that model has not been timed here lately. */
export async function rememberedComparison(key: string): Promise<Comparison | null> {
  const found = (await readMemory()).models[key];
  if (!found?.timings[0]) return null;
  return Date.now() - Date.parse(found.timings[0].measured) < MAX_AGE_MS ? found : null;
}

/** The last timing of every backend, whatever was timed. */
export async function lastTimings(): Promise<ReadonlyMap<string, Timing>> {
  const all = Object.values((await readMemory()).models).flatMap(({ timings }) => timings);
  return new Map(all.sort((a, b) => a.measured.localeCompare(b.measured)).map((timing) => [timing.name, timing]));
}

export async function rememberComparison(key: string, { timings, skipped }: Comparison): Promise<void> {
  const { models } = await readMemory();
  const age = (comparison: Comparison) => comparison.timings[0]?.measured ?? '';
  const kept = Object.entries({ ...models, [key]: { timings: [...timings], skipped: [...skipped] } }).sort(
    ([, a], [, b]) => age(b).localeCompare(age(a)),
  );
  const memory: Memory = { formatVersion: 2, models: Object.fromEntries(kept.slice(0, MAX_MODELS)) };
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
    return { formatVersion: 2, models: {} };
  }
}

function timingsFile(): string {
  return process.env['LENS_TIMINGS'] ?? join(cacheFolder(), 'backend-timings.json');
}
