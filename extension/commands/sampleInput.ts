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

/** What may be drawn from, new rows first. */
export function beginnings(shape: RowShape): Beginning[] {
  const completed = (['validation', 'test'] as const).flatMap((split) =>
    partsOf(shape).map((part): Beginning => ({ split, part })),
  );
  return [{ split: null, part: null }, ...completed];
}

/** "upper half", within a sentence. */
export const partName = (part: KeptPart): string => partNames[part].toLowerCase();

/** Different rows that are completed, as many times as they fit into what is drawn: completions of one row side by side. */
export const COMPLETED_ROWS = 10;

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
