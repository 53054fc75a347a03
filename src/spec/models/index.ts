/** Every type of model that an experiment may name. Add one: its file beside this one, and its line here. */
import * as z from 'zod/mini';
import type { Complaint } from '../complaint.ts';
import { type ImageSize, shownImage, variablesIn } from '../imageShape.ts';
import type { Support } from '../support.ts';
import { autoencoder } from './autoencoder.ts';
import { modelUnion, type ModelEntry, type ModelSituation } from './entry.ts';
import { charRnn } from './charRnn.ts';
import { eonade } from './eonade.ts';
import { fvsbn } from './fvsbn.ts';
import { glow } from './glow.ts';
import { iaf } from './iaf.ts';
import { made } from './made.ts';
import { maf } from './maf.ts';
import { nade } from './nade.ts';
import { nice } from './nice.ts';
import { pixelcnn } from './pixelcnn.ts';
import { pixelrnn } from './pixelrnn.ts';
import { realnvp } from './realnvp.ts';
import { strictTriangleStack } from './strictTriangleStack.ts';
import { vae } from './vae.ts';

export const models = {
  made,
  fvsbn,
  nade,
  eonade,
  autoencoder,
  nice,
  realnvp,
  maf,
  iaf,
  glow,
  vae,
  pixelcnn,
  pixelrnn,
  'char-rnn': charRnn,
  'strict-triangle-stack': strictTriangleStack,
} as const;

export const modelSpec = modelUnion(models);

export type ModelType = keyof typeof models;
/** The entry of one model type, every default filled in. */
export type SpecOf<T extends ModelType> = z.output<(typeof models)[T]['schema']>;
export type ModelSpec = SpecOf<ModelType>;
/** Keys of one model type whose hovers show the model. */
export type HoverKeyOf<T extends ModelType> = (typeof models)[T]['hoverKeys'][number];

/** A type's entry takes that type's specifications alone; whoever asks with one of them has looked it up by its type. */
function entryOf({ type }: ModelSpec): ModelEntry {
  return models[type];
}

/**
 * What is wrong with a model beyond its schema.
 * @param value The entry as written; keys that are wrong by the schema are left out of what is checked.
 */
export function checkModel(value: unknown, situation: ModelSituation): Complaint[] {
  if (typeof value !== 'object' || value === null) return [];
  const written = value as Readonly<Record<string, unknown>>;
  const entry: ModelEntry | undefined = Object.entries(models).find(([type]) => type === written['type'])?.[1];
  if (entry === undefined) return [];
  const sound = Object.entries(entry.schema.shape).flatMap(([key, schema]) => {
    const parsed = z.safeParse(schema, written[key]);
    return parsed.success ? [[key, parsed.data] as const] : [];
  });
  return entry.check(Object.fromEntries(sound), situation);
}

/** Why no rows can be drawn from the model, as part of a sentence; null where they can. */
export function noSamplesOf(spec: ModelSpec): string | null {
  return entryOf(spec).noSamples ?? null;
}

/** Whether the model's entry gives a list that is for one number of variables. */
export function givesLists(spec: ModelSpec): boolean {
  const keys = entryOf(spec).listsOfVariables;
  return Object.entries(spec).some(([key, value]) => keys.includes(key) && Array.isArray(value));
}

/** Whether rows may be conditioned on something under this type of model. */
export function takesContext(spec: ModelSpec): boolean {
  return entryOf(spec).takesContext === true;
}

/** Whether the model reads text, and nothing else. */
export function readsText(spec: ModelSpec): boolean {
  return entryOf(spec).readsText === true;
}

/** The image, grey or in colour, that a row of D variables is by the model's `image`; null where it says nothing of it. */
export function imageOfModel(spec: ModelSpec, dimension: number): ImageSize | null {
  const image = 'image' in spec && spec.image !== undefined ? shownImage(spec.image) : null;
  return image !== null && variablesIn(image) === dimension ? image : null;
}

/** What the model's likelihood can score. */
export function supportOf(spec: ModelSpec): Support {
  return entryOf(spec).supportOf(spec);
}

/** What is set in a model of this type so that it scores real values; null where nothing is. */
export function realBy(spec: ModelSpec): string | null {
  return entryOf(spec).realBy ?? null;
}

/** Whether the means of the model are held between 0 and 1. */
export function meansInUnit(spec: ModelSpec): boolean {
  return entryOf(spec).meansInUnit?.(spec) ?? false;
}
