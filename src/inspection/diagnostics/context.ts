/** What the diagnostics look at, as plain data: a run's state and what was measured. A test writes one by hand. */
import type { Model } from '../../models/model.ts';
import type { Metric } from '../../runs/metrics.ts';
import type { NonFiniteReport, ParameterNorms } from '../../training/trainer.ts';
import type { FlowLayerName } from './flowLayers.ts';
import type { Measured, MeasurementId } from './measurements/index.ts';

/** What a run knows besides its model. */
export interface RunFacts {
  readonly metrics: readonly Metric[];
  readonly norms: ParameterNorms | null;
  readonly failure: NonFiniteReport | null;
  /** Whether training has come to its end; one that was stopped can go on. */
  readonly over: boolean;
}

/** A run and its model at one moment, as far as nothing has to be measured. */
export interface RunMoment extends RunFacts {
  readonly step: number;
  /** Epochs done, as a fraction. */
  readonly epoch: number;
  /** Name of the model in experiments. */
  readonly modelType: string;
  readonly dimension: number;
  /** Layers of a normalising flow, from the data to the base; null for other models. */
  readonly flow: readonly FlowLayerName[] | null;
  /** Values that each row is conditioned on; 0 for none. */
  readonly contextDimension: number;
  /** Whether some of its parameters are masked. */
  readonly masked: boolean;
  readonly support: Model['support'];
  readonly quantity: Model['quantity'];
  readonly maskCount: number;
  /** Names of the weight matrices of the masked network, first to last; empty for other models. */
  readonly weightNames: readonly string[];
}

/** What a diagnostic sees that needs these measurements. */
export type ContextOf<Needs extends MeasurementId> = RunMoment & Pick<Measured, Needs>;

export type DiagnosticContext = ContextOf<MeasurementId>;
