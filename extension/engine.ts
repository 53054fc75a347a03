import type { DataFacts } from '../src/spec/check.ts';

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
  openRun: async (folder: string) => (await import('../src/runs/runFolder.ts')).RunFolder.open(folder),
  check: () => import('../src/spec/check.ts'),
  startProblem: () => import('../src/spec/startProblem.ts'),
  factsOfFiles: async (text: string, experimentFile: string, describe: (path: string) => Promise<DataFacts>) =>
    (await import('../src/spec/fileFacts.ts')).factsOfFiles(text, experimentFile, describe),
  describeFile: async (path: string) => (await import('../src/data/describe.ts')).describeFile(path),
  webviewRequests: async () => (await import('../src/protocol/webview.ts')).webviewRequestSpecs,
  explanations: () => import('../src/protocol/explanations.ts'),
} as const;
