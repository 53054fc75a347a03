import type { DataFacts, DataKind } from '../src/spec/check.ts';

/**
 * The parts of the engine that the host uses, each evaluated when it is first needed: activation pays for none of them.
 * Nothing that computes is among them.
 */
export const engine = {
  listRuns: async (folder: string) => (await import('../src/runs/list.ts')).listRuns(folder),
  newRunPath: async (experimentFile: string, time: Date) =>
    (await import('../src/runs/runFolder.ts')).newRunPath(experimentFile, time),
  readMasks: async (folder: string, dimension: number) => {
    const [{ RunFolder }, { runMasks }] = await Promise.all([
      import('../src/runs/runFolder.ts'),
      import('./runs/runMasks.ts'),
    ]);
    return runMasks(await (await RunFolder.open(folder)).readExperimentText(), dimension);
  },
  experimentsOf: async (folders: readonly string[]) => {
    const [{ RunFolder }, { parseExperiment }] = await Promise.all([
      import('../src/runs/runFolder.ts'),
      import('../src/spec/check.ts'),
    ]);
    const texts = await Promise.all(folders.map(async (folder) => (await RunFolder.open(folder)).readExperimentText()));
    return texts.map((text) => parseExperiment(text).experiment);
  },
  openRun: async (folder: string) => (await import('../src/runs/runFolder.ts')).RunFolder.open(folder),
  check: () => import('../src/spec/check.ts'),
  startProblem: () => import('../src/spec/startProblem.ts'),
  factsOfFiles: async (
    text: string,
    experimentFile: string,
    describe: (path: string, as: DataKind) => Promise<DataFacts>,
  ) => (await import('../src/spec/fileFacts.ts')).factsOfFiles(text, experimentFile, describe),
  native: async () => {
    const [setup, machine, errors, sources] = await Promise.all([
      import('../src/native/setup.ts'),
      import('../src/native/machine.ts'),
      import('../src/native/errors.ts'),
      import('../src/native/sources.ts'),
    ]);
    return { ...setup, ...machine, ...errors, ...sources };
  },
  currentNative: async (root: string) => (await import('../src/native/current.ts')).readCurrent(root),
  findNode: async (named: string | null) => {
    const [{ findNode }, { thisMachine }] = await Promise.all([
      import('../src/native/nodes.ts'),
      import('../src/native/machine.ts'),
    ]);
    return findNode(thisMachine(), named);
  },
  describeFile: async (path: string, as: DataKind) => (await import('../src/data/describe.ts')).describeFile(path, as),
  textStamp: async (path: string) => (await import('../src/data/characters/describeText.ts')).textStamp(path),
  webviewRequests: async () => (await import('../src/protocol/webview.ts')).webviewRequestSpecs,
  explanations: () => import('../src/protocol/explanations.ts'),
} as const;
