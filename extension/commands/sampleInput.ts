/** What is asked of the user before sampling, in turn, with what stands there at first. */
import { partNames, partsOf, rangesOfPart, type KeptPart, type RowShape } from '../../src/protocol/completion.ts';
import type { SampleFieldId } from '../../src/protocol/sampleLimits.ts';
import type { SampleParams } from '../../src/protocol/worker.ts';

export interface SampleField {
  readonly id: SampleFieldId;
  readonly default: number;
}

export const sampleFields: readonly SampleField[] = [
  { id: 'rows', default: 100 },
  { id: 'seed', default: 1 },
  { id: 'temperature', default: 1 },
];

/** New rows, or rows of a split to be completed from a part of them. */
export interface Beginning {
  readonly split: 'validation' | 'test' | null;
  readonly part: KeptPart | null;
}

/** The only halves that models of pixels go on from: they draw in raster order, whatever else they are. */
const RASTER_PARTS: readonly KeptPart[] = ['upper', 'first', 'list'];

/**
 * What may be drawn from, new rows first.
 * @param completes whether the model can complete rows
 * @param raster whether in raster order alone
 */
export function beginnings(shape: RowShape, completes: boolean, raster = false): Beginning[] {
  if (!completes) return [{ split: null, part: null }];
  const parts = partsOf(shape).filter((part) => !raster || RASTER_PARTS.includes(part));
  const completed = (['validation', 'test'] as const).flatMap((split) =>
    parts.map((part): Beginning => ({ split, part })),
  );
  return [{ split: null, part: null }, ...completed];
}

/** "upper half", within a sentence. */
export const partName = (part: KeptPart): string => partNames[part].toLowerCase();

/** Different rows that are completed, as many times as they fit into what is drawn: completions of one row side by side. */
export const COMPLETED_ROWS = 10;

/** What rows may be drawn under: as the worker has it unless told, one label for all rows, or what only the page's form asks. */
export type UnderWhat = { readonly kind: 'own' | 'form' } | { readonly kind: 'label'; readonly label: number };

/** Labels that are offered one by one; of more, the page's form takes the number. */
const MOST_LABELS = 200;

/** What is offered for a model that is conditioned on so many classes, or columns of values; nothing where on neither. */
export function underWhat(conditioned: 'labels' | 'values' | undefined, size: number): UnderWhat[] {
  if (conditioned === undefined || size === 0) return [];
  if (conditioned === 'values') return [{ kind: 'own' }, { kind: 'form' }];
  const labels = Array.from({ length: Math.min(size, MOST_LABELS) }, (_, label): UnderWhat => ({
    kind: 'label',
    label,
  }));
  return [{ kind: 'own' }, ...labels];
}

/** The request's part that says what is given. @param keep where the part is a list. */
export function givenOf(
  { split, part }: Beginning,
  shape: RowShape,
  keep: readonly (readonly [number, number])[],
): Pick<SampleParams, 'given'> {
  if (split === null || part === null) return {};
  const columns = part === 'list' ? keep : rangesOfPart(part, shape);
  return { given: { split, keep: columns, first: 0, count: COMPLETED_ROWS } };
}
