/** Facts of an experiment's data files: what its checks may know without reading the data. */
import { dirname, resolve } from 'node:path';
import { dataFiles, dataKind, type CheckContext, type DataFacts, type DataKind } from './check.ts';

/**
 * Facts of the files that `text` names, by the names used there. Names are relative to the experiment file's folder.
 * @param describe gives the facts of a file by its absolute path, and by what it is taken for.
 */
export async function factsOfFiles(
  text: string,
  experimentFile: string,
  describe: (path: string, as: DataKind) => Promise<DataFacts>,
): Promise<CheckContext> {
  const folder = dirname(experimentFile);
  const as = dataKind(text);
  const entries = dataFiles(text).map(async (name): Promise<[string, DataFacts]> => [
    name,
    await describe(resolve(folder, name), as),
  ]);
  return { files: new Map(await Promise.all(entries)) };
}
