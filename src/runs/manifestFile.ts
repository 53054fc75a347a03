/** Reads `run.json`. Apart from {@link RunFolder}, so that lists of runs load nothing that writes. */
import { join } from 'node:path';
import { explain } from '../spec/explain.ts';
import { RunError } from './errors.ts';
import { readJson } from './files.ts';
import { manifestSpec, type RunManifest } from './manifest.ts';

export const MANIFEST_FILE = 'run.json';

/** The manifest of the run in `folder`. @throws RunError naming the key that is wrong. */
export async function readManifest(folder: string): Promise<RunManifest> {
  const file = join(folder, MANIFEST_FILE);
  return parseManifest(await readJson(file), file);
}

/** @throws RunError naming `file` and the key that is wrong. */
export function parseManifest(value: unknown, file: string): RunManifest {
  const parsed = manifestSpec.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = explain(manifestSpec, value).map(({ message }) => message);
  throw new RunError(`${file}: is no manifest of a run (${problems.join('; ')})`);
}
