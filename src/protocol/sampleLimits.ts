/** What may be asked of sampling by hand; apart from the schemas, so that the page can say it without loading them. */
export const sampleLimits = {
  rows: { min: 1, max: 10_000, whole: true },
  seed: { min: 0, max: 2 ** 31 - 1, whole: true },
  temperature: { min: 0.01, max: 100, whole: false },
} as const;

export type SampleFieldId = keyof typeof sampleLimits;

/** The number that a text stands for, or null when that field may not be that. */
export function parseSampleField(id: SampleFieldId, text: string): number | null {
  const { min, max, whole } = sampleLimits[id];
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value)) ? value : null;
}
