/**
 * The layers of src/, from the ground up. Each may import from itself and from those before it in the list; the list is
 * the rule (CONTRIBUTING.md, "Map of the folders").
 */
export const layers = [
  'text',
  'spec',
  'random',
  'masks',
  'runs',
  'data',
  'native',
  'backends',
  'layers',
  'distributions',
  'flows',
  'latent',
  'models',
  'training',
  'inspection',
  'figures',
  'protocol',
  'worker',
  'cli',
];

/**
 * Contracts that may be named in places that may not load the code beside them: types only (`import type`), but for the
 * states of a run, which load nothing.
 */
export const sharedTypes = [
  'src/inspection/frames.ts',
  'src/inspection/findings.ts',
  'src/inspection/views.ts',
  'src/runs/manifest.ts',
  'src/runs/states.ts',
];
