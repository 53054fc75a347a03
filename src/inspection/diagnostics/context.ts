/**
 * What the diagnostics look at, as plain data. Gathered by {@link gatherContext}; a test writes one by hand.
 * Parts that have not been measured are null, and a diagnostic that needs them is then not applicable.
 */
import type { Pair } from '../../masks/network.ts';
import type { Model } from '../../models/model.ts';
import type { Metric } from '../../runs/metrics.ts';
import type { NonFiniteReport, ParameterNorms } from '../../training/trainer.ts';
import type { JacobianFrame } from '../frames.ts';

/** One structure of a masked network and what reaches what in it. */
export interface StructureFacts {
  readonly mask: number;
  readonly order: Int32Array;
  /** Units of each layer, inputs first, outputs last. */
  readonly sizes: readonly number[];
  readonly leaks: Violations;
  readonly losses: Violations;
  /** Outputs that see nothing though earlier variables exist. */
  readonly blindOutputs: number;
  /** Hidden units with no way from an input or to an output, by layer (1 is the first hidden layer). */
  readonly cutOff: readonly CutOffUnit[];
}

/** How many of so many pairs are wrong, and the first of them. */
export interface Violations {
  readonly count: number;
  readonly of: number;
  readonly pairs: readonly Pair[];
}

export interface CutOffUnit {
  readonly layer: number;
  readonly unit: number;
  readonly from: 'inputs' | 'outputs';
}

/** Σ p(x) over every binary row. */
export interface TotalProbability {
  readonly value: number;
  /** 2^D. */
  readonly rows: number;
}

/** How often the units of one hidden layer are on. */
export interface ActivationRates {
  /** Layer in the network, 1 for the first hidden one. */
  readonly layer: number;
  /** Rows of data looked at. */
  readonly rows: number;
  /** Share of the rows in which the unit's activation was above 0. */
  readonly rates: Float32Array;
}

/** What a model must beat: each variable on its own, closed form. */
export interface Baseline {
  readonly name: string;
  /** Which rows it was scored on; its parameters always come from the training rows. */
  readonly split: 'train' | 'validation';
  /** Mean NLL in nats a row. */
  readonly nats: number;
  readonly rows: number;
  readonly standardError: number;
}

/** Columns of the training rows that say nothing of their own. */
export interface ColumnFacts {
  readonly rows: number;
  readonly constant: readonly {
    readonly column: number;
    readonly value: number;
    /** Rows of the validation split with another value. */
    readonly heldOutExceptions: number;
  }[];
  /** Pairs of equal columns that are not constant: the later one and the first that it repeats. */
  readonly duplicates: readonly { readonly column: number; readonly of: number }[];
}

export interface DiagnosticContext {
  readonly step: number;
  /** Epochs done, as a fraction. */
  readonly epoch: number;
  readonly dimension: number;
  readonly support: Model['support'];
  readonly maskCount: number;
  /** Names of the weight matrices of the masked network, first to last; empty for other models. */
  readonly weightNames: readonly string[];
  /** Structures looked at: the model's masks, or the first 32 of them; null for a model that is no masked network. */
  readonly structures: readonly StructureFacts[] | null;
  readonly jacobian: Pick<JacobianFrame, 'order' | 'values' | 'dataRows' | 'leaks' | 'worstLeak' | 'mask'> | null;
  readonly totalProbability: TotalProbability | null;
  /** Hidden layers whose units are exactly 0 when off (ReLU); null where no unit can be. */
  readonly activationRates: readonly ActivationRates[] | null;
  readonly baseline: Baseline | null;
  /** NLL of the current parameters on the baseline's rows, where epochs have not measured it. */
  readonly score: { readonly nats: number; readonly split: 'train' | 'validation' } | null;
  readonly metrics: readonly Metric[];
  readonly columns: ColumnFacts | null;
  readonly norms: ParameterNorms | null;
  readonly failure: NonFiniteReport | null;
}

/** A context in which nothing has been measured. */
export const emptyContext: DiagnosticContext = {
  step: 0,
  epoch: 0,
  dimension: 1,
  support: 'binary',
  maskCount: 1,
  weightNames: [],
  structures: null,
  jacobian: null,
  totalProbability: null,
  activationRates: null,
  baseline: null,
  score: null,
  metrics: [],
  columns: null,
  norms: null,
  failure: null,
};
