/** Reads experiment files from disk. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../text/messageOf.ts';
import { parseExperiment, type DataFacts, type DataKind, type Problem } from './check.ts';
import type { Experiment } from './experiment.ts';
import { factsOfFiles } from './fileFacts.ts';
import { SpecError } from './problem.ts';

/**
 * Reads an experiment file.
 *
 * @param describe Gives facts about a data file (absolute path), so that missing files and wrong names are found here.
 * @throws SpecError with all problems when there is an error among them; warnings alone do not throw, and are returned.
 */
export async function readExperiment(
  file: string,
  describe?: (path: string, as: DataKind) => Promise<DataFacts>,
): Promise<{ experiment: Experiment; text: string; warnings: readonly Problem[] }> {
  const text = await readText(file);
  const context = describe && (await factsOfFiles(text, file, describe));
  const { experiment, problems } = parseExperiment(text, context);
  if (experiment === null) throw new SpecError(file, problems);
  return { experiment, text, warnings: problems };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = messageOf(error);
    const message = missing ? 'there is no such file' : `cannot be read (${reason})`;
    throw new SpecError(file, [
      { severity: 'error', source: 'syntax', message, path: [], offset: 0, length: 0, line: 1, column: 1 },
    ]);
  }
}
