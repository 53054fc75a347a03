/** What everybody knows of a view without drawing it. */
import type { RunManifest } from '../../runs/manifest.ts';
import type { Topic } from '../findings.ts';
import type { FrameKind } from '../frames.ts';

/** What tells whether a run has a view. */
export type RunFacts = Pick<RunManifest, 'dimension' | 'image' | 'model'>;

/** Models by the views that they have, in words for a list. */
export const modelFamilies = {
  network: 'of conditionals by one network (MADE and its like)',
  pixels: 'of pixels (PixelCNN, PixelRNN)',
  likelihood: 'of likelihoods that are no bounds',
  flow: 'of flows',
  latent: 'of latent variables (VAE)',
  text: 'of text (char-RNN)',
} as const;

export type ModelFamily = keyof typeof modelFamilies;

export interface ViewFacts {
  /** On its tab. */
  readonly label: string;
  /** Within a sentence: "the curves". */
  readonly name: string;
  /** Kinds of frame that it draws. */
  readonly frames: readonly FrameKind[];
  /** Those of them that a run has; all of them where this is left out. */
  framesOf?(run: RunFacts): readonly FrameKind[];
  /** Says itself what there is to say while no frame has come. */
  readonly standsAlone?: true;
  /** Where its frame cannot be had, it says why itself, and what else may be asked for in its place. */
  readonly mendsItself?: true;
  /** Why a run has no such view, in a sentence; null where it has. */
  missing(run: RunFacts): string | null;
  /** Stands there until there is something to draw. */
  readonly coming: string;
  /** What an experiment without a run is told of it, in a list; null where the list is long enough. */
  readonly promise: string | null;
  /** Models that it is promised of; all of them where this is left out. */
  readonly promisedOf?: ModelFamily;
  /** "Why does this matter?" */
  readonly topic: Topic;
}

/** For views of the layered network behind the conditionals. Runs that do not tell of their model have one. */
export function networkMissing({ model }: RunFacts): string | null {
  if (model === undefined || model.network) return null;
  return `The conditionals of this model (${model.type}) come from no single layered network: there is none to show.`;
}

/** For views of what a conditional depends on, whatever computes it. */
export function pathsMissing(run: RunFacts): string | null {
  return run.model?.pixels ? null : networkMissing(run);
}

/** For views of the maps behind the conditionals of pixels. */
export function pixelsMissing({ model }: RunFacts): string | null {
  if (model?.pixels) return null;
  const what = model === undefined ? 'This model' : `This model (${model.type})`;
  return `${what} does not compute its conditionals by maps over the pixels of an image.`;
}

/** For views of a flow's layers. */
export function flowMissing({ model }: RunFacts): string | null {
  if (model?.flow !== undefined) return null;
  const what = model === undefined ? 'This model' : `This model (${model.type})`;
  return `${what} is no normalising flow: it has no layers that move the variables.`;
}

/** For views of latent variables. */
export function latentsMissing({ model }: RunFacts): string | null {
  if (model?.latent !== undefined) return null;
  const what = model === undefined ? 'This model' : `This model (${model.type})`;
  return `${what} has no latent variables that rows are encoded into and decoded from.`;
}

/** For views of a text. */
export function textMissing({ model }: RunFacts): string | null {
  if (model?.text === true) return null;
  const what = model === undefined ? 'This model' : `This model (${model.type})`;
  return `${what} is none of text: it reads no characters one after the other.`;
}

/** For views of probabilities. */
export function densityMissing({ model }: RunFacts): string | null {
  if (model === undefined || model.quantity.kind !== 'loss') return null;
  return `This model (${model.type}) has no density: it is trained on its ${model.quantity.name}, which is no likelihood.`;
}

/** For views of conditionals, and of structures whose densities are averaged. */
export function conditionalsMissing(run: RunFacts): string | null {
  const reason = densityMissing(run);
  if (run.model?.latent !== undefined) {
    return `This model (${run.model.type}) draws all variables of a row at once: it has no conditionals one after the other.`;
  }
  if (reason !== null || run.model?.flow === undefined) return reason;
  return `This model (${run.model.type}) is a flow: one density of whole rows, by no conditionals and no masks to average.`;
}
