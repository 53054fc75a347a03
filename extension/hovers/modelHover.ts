/**
 * What to show over the keys of an experiment's `model`: exactly the model that would be trained, as a picture and in
 * words. No editor in here; evaluated with the first hover.
 */
import { findNodeAtLocation, getLocation, parseTree, type Node } from 'jsonc-parser';
import type { ThemeKind } from '../../src/figures/theme.ts';
import { dataShape, type CheckContext } from '../../src/spec/check.ts';
import { experimentSpec } from '../../src/spec/experiment.ts';
import { models, modelSpec, type HoverKeyOf, type ModelType } from '../../src/spec/models/index.ts';
import { hoverOf } from './models/index.ts';
import type { HoverSubject } from './models/modelHover.ts';

export type { HoverSubject } from './models/modelHover.ts';
export { MAX_SVG_BYTES } from './models/picture.ts';
export type HoverKey = HoverKeyOf<ModelType>;

/** Where the pointer is, if that is somewhere that has a picture. */
export interface HoverPlace {
  readonly key: HoverKey;
  /** Of the property, key and value. */
  readonly offset: number;
  readonly length: number;
}

export function hoverPlace(text: string, offset: number): HoverPlace | null {
  const { path } = getLocation(text, offset);
  if (path[0] !== 'model') return null;
  const root = parseTree(text);
  if (!root) return null;
  const key = hoverKeysOf(root).find((name) => name === path[1]);
  const property = key && findNodeAtLocation(root, ['model', key])?.parent;
  if (!property || offset < property.offset || offset > property.offset + property.length) return null;
  return { key, offset: property.offset, length: property.length };
}

/** Those of the model's type; those of all types while there is none, or none that is known. */
function hoverKeysOf(root: Node): readonly HoverKey[] {
  const type: unknown = findNodeAtLocation(root, ['model', 'type'])?.value;
  const known = Object.entries(models).filter(([name]) => name === type);
  const meant = known.length > 0 ? known : Object.entries(models);
  return meant.flatMap(([, { hoverKeys }]) => hoverKeys);
}

/** The model that the text describes, or a sentence about why it cannot be told. `value`: the text as parsed. */
export function hoverSubject(text: string, value: unknown, context: CheckContext): HoverSubject | string {
  const entries = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const model = modelSpec.safeParse(entries['model']);
  if (!model.success) return 'The model has mistakes; once they are mended, its masks are drawn here.';
  const seed = experimentSpec.shape.seed.safeParse(entries['seed']);
  if (!seed.success) return 'The seed is no whole number; it decides which masks are drawn.';
  const shape = dataShape(text, context);
  const dimension = shape.dimension ?? hoverOf(model.data.type).dimensionOf(model.data);
  if (dimension === null) {
    return 'How many columns the data has is not known (missing or unreadable file), so the masks cannot be drawn yet.';
  }
  const { image, contextDimension } = shape;
  return { model: model.data, dimension, contextDimension, seed: seed.data, ...(image && { image }) };
}

/** The hover's Markdown. @param key which entry is pointed at. */
export function hoverMarkdown(subject: HoverSubject, key: HoverKey, theme: ThemeKind): string {
  return hoverOf(subject.model.type).markdown(subject, key, theme);
}
