/**
 * What to show over the keys of an experiment's `model`: exactly the model that would be trained, as a picture and in
 * words. No editor in here; evaluated with the first hover.
 */
import { findNodeAtLocation, getLocation, parseTree } from 'jsonc-parser';
import { modelDiagramSvg } from '../../src/figures/hover.ts';
import { masksReading, pathsReading } from '../../src/figures/sentences.ts';
import { formatCount } from '../../src/figures/text.ts';
import { themeFor, type ThemeKind } from '../../src/figures/theme.ts';
import { seededStructures, type MadeStructure } from '../../src/masks/degrees.ts';
import { madeMasks } from '../../src/masks/masks.ts';
import { compareWithTriangle, networkOf, reachability } from '../../src/masks/network.ts';
import { dataShape, type CheckContext } from '../../src/spec/check.ts';
import { experimentSpec, modelSpec, type ModelSpec } from '../../src/spec/experiment.ts';

const hoverKeys = ['hidden', 'order', 'degrees', 'masks', 'direct'] as const;
export type HoverKey = (typeof hoverKeys)[number];

/** Raw SVG beyond this is not shown (a hover's markdown is cut at 100,000 characters, base64 adds a third). */
export const MAX_SVG_BYTES = 70_000;
/** Masks of more cells than this take too long to draw while somebody waits for a hover. */
const MAX_CELLS = 4_000_000;
const WIDTH = 460;

/** Where the pointer is, if that is somewhere that has a picture. */
export interface HoverPlace {
  readonly key: HoverKey;
  /** Of the property, key and value. */
  readonly offset: number;
  readonly length: number;
}

export function hoverPlace(text: string, offset: number): HoverPlace | null {
  const { path } = getLocation(text, offset);
  const key = hoverKeys.find((name) => name === path[1]);
  if (path[0] !== 'model' || key === undefined) return null;
  const root = parseTree(text);
  const property = root && findNodeAtLocation(root, ['model', key])?.parent;
  if (!property || offset < property.offset || offset > property.offset + property.length) return null;
  return { key, offset: property.offset, length: property.length };
}

/** What decides a hover's content, as text, and its parts. */
export interface HoverSubject {
  readonly model: ModelSpec;
  readonly dimension: number;
  readonly seed: number;
}

/** The model that the text describes, or a sentence about why it cannot be told. `value`: the text as parsed. */
export function hoverSubject(text: string, value: unknown, context: CheckContext): HoverSubject | string {
  const entries = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const model = modelSpec.safeParse(entries['model']);
  if (!model.success) return 'The model has mistakes; once they are mended, its masks are drawn here.';
  const seed = experimentSpec.shape.seed.safeParse(entries['seed']);
  if (!seed.success) return 'The seed is no whole number; it decides which masks are drawn.';
  const { order } = model.data;
  const dimension = dataShape(text, context).dimension ?? (typeof order === 'string' ? null : order.length);
  if (dimension === null) {
    return 'How many columns the data has is not known (missing or unreadable file), so the masks cannot be drawn yet.';
  }
  return { model: model.data, dimension, seed: seed.data };
}

/** The hover's Markdown. @param key which entry is pointed at. */
export function hoverMarkdown({ model, dimension, seed }: HoverSubject, key: HoverKey, theme: ThemeKind): string {
  const sizes = [dimension, ...model.hidden, dimension];
  const heading = `**MADE ${sizes.map(formatCount).join(' – ')}** · ${madeOf(model)}`;
  const cells = sizes.slice(1).reduce((sum, size, l) => sum + size * sizes[l]!, 0);
  if (cells > MAX_CELLS) {
    return `${heading}\n\n${formatCount(cells)} weights: too many to draw while you wait. The inspector shows them.`;
  }
  let structure: MadeStructure;
  try {
    structure = seededStructures(model, dimension, seed)[0]!;
  } catch (error) {
    if (error instanceof RangeError) return `${heading}\n\nThis model cannot be built: ${error.message}.`;
    throw error;
  }
  const report = compareWithTriangle(reachability(networkOf(madeMasks(structure))), structure.order);
  const svg = modelDiagramSvg(structure, { theme: themeFor(theme), width: WIDTH, highlight: key });
  const picture = Buffer.byteLength(svg) > MAX_SVG_BYTES ? '' : `![${alternative(sizes)}](${dataUri(svg)})\n\n`;
  return `${heading}\n\n${picture}${masksReading(structure)}\n\n${pathsReading(report)}`;
}

function madeOf({ order, degrees, masks, direct }: ModelSpec): string {
  return [
    typeof order === 'string' ? `${order} order` : 'given order',
    typeof degrees === 'string' ? `${degrees} degrees` : 'given degrees',
    masks === 1 ? '1 mask' : `mask 1 of ${formatCount(masks)}`,
    ...(direct ? ['direct connection'] : []),
  ].join(' · ');
}

function alternative(sizes: readonly number[]): string {
  return `Mask diagram of a MADE with layers of ${sizes.join(', ')} units`;
}

function dataUri(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
