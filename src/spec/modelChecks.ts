/** Checks of each model type that a schema cannot say. One entry a type. */
import type { Complaint } from './complaint.ts';
import type { ModelSpec, ModelType } from './experiment.ts';
import { checkMade } from './models/madeChecks.ts';

/** What a model's checks may know beside its own entry. */
export interface ModelSituation {
  /** D; null where the data does not tell yet. */
  readonly dimension: number | null;
  /** Keys that stand in the file, not filled in by default. */
  readonly written: ReadonlySet<string>;
}

/** What a type's likelihood can score; `binary` refuses generated data with real values before it is drawn. */
export const modelSupports: Readonly<Record<ModelType, 'binary' | 'real'>> = { made: 'binary' };

export function checkModel(spec: ModelSpec, situation: ModelSituation): Complaint[] {
  return checkMade(spec, situation);
}
