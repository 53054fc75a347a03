/** What may be asked of sampling; the limits are those of the protocol. */
export interface SampleField {
  readonly id: 'rows' | 'seed' | 'temperature';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export const sampleFields: readonly SampleField[] = [
  { id: 'rows', default: 100, min: 1, max: 10_000, whole: true },
  { id: 'seed', default: 1, min: 0, max: 2 ** 31 - 1, whole: true },
  { id: 'temperature', default: 1, min: 0.01, max: 100, whole: false },
];

/** The number typed, or null when it may not be that. */
export function parseSampleInput({ min, max, whole }: SampleField, text: string): number | null {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value)) ? value : null;
}
