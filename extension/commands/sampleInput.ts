/** What is asked of the user before sampling, in turn, with what stands there at first. */
import type { SampleFieldId } from '../../src/protocol/sampleLimits.ts';

export interface SampleField {
  readonly id: SampleFieldId;
  readonly default: number;
}

export const sampleFields: readonly SampleField[] = [
  { id: 'rows', default: 100 },
  { id: 'seed', default: 1 },
  { id: 'temperature', default: 1 },
];
