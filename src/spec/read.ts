import type { DataFacts } from './check.ts';
import type { Experiment } from './experiment.ts';

/** Reads an experiment file. @throws SpecError with all problems; warnings alone do not throw. */
export function readExperiment(
  file: string,
  /** Gives facts about data files (absolute path), so that missing files and wrong names are found here. */
  describe?: (path: string) => Promise<DataFacts>,
): Promise<{ experiment: Experiment; text: string }> {
  throw new Error(`not built yet ${file} ${String(describe)}`);
}
