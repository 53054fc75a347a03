/** Every id that stands in the manifest too. A unit test compares the two in both directions. */

export const commandIds = {
  train: 'likelihoodLens.train',
  continueTraining: 'likelihoodLens.continueTraining',
  pause: 'likelihoodLens.pause',
  resume: 'likelihoodLens.resume',
  stepBatch: 'likelihoodLens.stepBatch',
  stepEpoch: 'likelihoodLens.stepEpoch',
  stop: 'likelihoodLens.stop',
  sample: 'likelihoodLens.sample',
  inspect: 'likelihoodLens.inspect',
  compareRuns: 'likelihoodLens.compareRuns',
  openExperiment: 'likelihoodLens.openExperiment',
  openRunFolder: 'likelihoodLens.openRunFolder',
  deleteRun: 'likelihoodLens.deleteRun',
  createExamples: 'likelihoodLens.createExamples',
  refreshExperiments: 'likelihoodLens.refreshExperiments',
  runDiagnostics: 'likelihoodLens.runDiagnostics',
  explainFinding: 'likelihoodLens.explainFinding',
  showBackends: 'likelihoodLens.showBackends',
  setUpNative: 'likelihoodLens.setUpNative',
  showOutput: 'likelihoodLens.showOutput',
} as const;
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** Run only by our own views, with arguments; not in the manifest. */
export const internalCommandIds = {
  /** Asks whether to step a batch or an epoch. */
  step: 'likelihoodLens._step',
  /** Opens the inspector at a finding's view. */
  revealFinding: 'likelihoodLens._revealFinding',
  /** Asks for trust. */
  manageTrust: 'workbench.trust.manage',
} as const;

export const viewContainerId = 'likelihoodLens';

export const treeViewIds = {
  experiments: 'likelihoodLens.experiments',
  diagnostics: 'likelihoodLens.diagnostics',
} as const;

export const inspectorViewType = 'likelihoodLens.inspector';

export const walkthroughId = 'firstMade';

/** Settings, with the section. */
export const settingIds = {
  backend: 'likelihoodLens.backend',
  nodePath: 'likelihoodLens.nodePath',
  pythonPath: 'likelihoodLens.pythonPath',
  tensorflowPath: 'likelihoodLens.tensorflowPath',
  webgpuPath: 'likelihoodLens.webgpuPath',
  onnxruntimePath: 'likelihoodLens.onnxruntimePath',
  openOnTrain: 'likelihoodLens.inspector.openOnTrain',
} as const;

/** Set for `when` clauses. */
export const contextKeys = {
  /** Some experiment is known. */
  hasExperiments: 'likelihoodLens.hasExperiments',
  /** Ticks off the walkthrough's first step. */
  examplesTaken: 'likelihoodLens.examplesTaken',
  /** Some run is there to look at. */
  hasRuns: 'likelihoodLens.hasRuns',
  /** Some run is being trained and not paused. */
  anyRunning: 'likelihoodLens.anyRunning',
  anyPaused: 'likelihoodLens.anyPaused',
  anyContinuable: 'likelihoodLens.anyContinuable',
  /** There is a run that the diagnostics speak of. */
  hasCurrentRun: 'likelihoodLens.hasCurrentRun',
  /** For the walkthrough. */
  hasTrained: 'likelihoodLens.hasTrained',
} as const;
