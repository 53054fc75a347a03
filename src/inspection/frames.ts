/**
 * What the views show, as plain data: computed in the worker, drawn in the webview, on the command line and in hovers.
 * No tensors here. Typed arrays own their buffers exactly (a view would take its whole buffer along when posted).
 */
import type { EnsembleFrame } from './ensembleFrame.ts';
import type { ImageSize } from '../spec/imageShape.ts';
import type { CharacterCosts, EntropyFrame } from './entropyFrame.ts';
import { NOT_TIMED, TOGETHER, type DrawingTimeChoice, type DrawingTimeFrame } from './frames/drawingTime.ts';
import type { JacobianCoding } from './jacobianCodes.ts';
import type { ProbabilityChoice, ProbabilityFrame, RowSum } from './probabilityFrame.ts';
import { LAST_IN_ORDER, type DependencyChoice, type DependencyFrame } from './frames/dependency.ts';
import { WHOLE_FLOW, type FlowJacobianChoice, type FlowJacobianFrame } from './frames/flowJacobian.ts';
import {
  OWN_ROW,
  type HeatChoice,
  type HeatFrame,
  type LatentFrame,
  type WalkChoice,
  type WalkFrame,
} from './frames/latent.ts';
import type { ScoresFrame } from './frames/scores.ts';
import type { SplitsFrame } from './frames/splits.ts';
import { FIRST_LABEL, type TransportChoice, type TransportFrame } from './frames/transport.ts';
import type { SpectrumFrame } from './frames/spectrum.ts';
import type { EquivalenceFrame } from './frames/equivalence.ts';
import { ACTIVE, type LatentUnitsFrame } from './frames/latentUnits.ts';
import {
  AT_ZERO,
  FURTHEST,
  MOST_CELLS,
  type ManifoldChoice,
  type ManifoldFrame,
  type ManifoldPointChoice,
  type ManifoldPointFrame,
} from './frames/manifold.ts';
import {
  BEFORE_LAST,
  COSTLIEST,
  type FeatureMapsChoice,
  type FeatureMapsFrame,
  type RowSurpriseChoice,
  type RowSurpriseFrame,
} from './frames/pixelRows.ts';
import type { PosteriorsFrame } from './frames/posteriors.ts';
import type { ReconstructionsFrame } from './frames/reconstructions.ts';
import type { TraversalsChoice, TraversalsFrame } from './frames/traversals.ts';
import { LAST_LAYER, type UnitTextChoice, type UnitTextFrame } from './frames/unitText.ts';
import type { NetworkData } from '../masks/connectivity.ts';

export interface FrameBase {
  /** Grows with every frame of a kind within a run. */
  readonly version: number;
  /** Training step whose parameters are shown. */
  readonly step: number;
  readonly epoch: number;
  /** Which mask of how many is shown. */
  readonly mask: number;
  readonly maskCount: number;
  /** Why some of it was computed operation by operation on a backend that has programs; left out where nothing was. */
  readonly uncompiled?: string;
}

/** Weights of one layer, one byte each: what a byte stands for, and how truly, is in `weightCodes.ts`. */
export interface WeightMatrix {
  readonly name: string;
  /** Size of the real matrix. */
  readonly rows: number;
  readonly columns: number;
  /**
   * Size of `values`; smaller than the matrix when it was aggregated over bins of units sorted by degree: the unit at
   * position p of n (by degree, then by index; by index alone where units have no degrees) is in bin ⌊p · bins / n⌋.
   */
  readonly binnedRows: number;
  readonly binnedColumns: number;
  /** Codes, row-major, −127 … 127, 0 where masked; in aggregated matrices the mean |weight| of a bin's unmasked weights. */
  readonly values: Int8Array;
  readonly scale: number;
}

/** Structure and current weights of a masked network. */
export interface ConnectivityFrame extends FrameBase {
  readonly kind: 'connectivity';
  /** The network as it is, not as its degrees would have it. */
  readonly network: NetworkData;
  /** In the order of the network's masks, then the direct connection if there is one. */
  readonly weights: readonly WeightMatrix[];
  /** For every one of them the weights that condition on connectivity (MADE's U), masked alike; null where there are none. */
  readonly companions: readonly (WeightMatrix | null)[];
  /** Weights [units, C] of each layer that the network's context leads into, in that order. */
  readonly context: readonly WeightMatrix[];
}

/** Mean over rows of |∂ (conditional's pre-activation)_row / ∂ x_column|, exact. */
export interface JacobianFrame extends FrameBase {
  readonly kind: 'jacobian';
  readonly dimension: number;
  /** order[d] is the position of variable d, 1 … D. */
  readonly order: Int32Array;
  /** Rows of data averaged over. */
  readonly dataRows: number;
  /** [D, D] row-major, outputs as rows, in the variables' own order; bytes where {@link coding} says what they mean. */
  readonly values: Float32Array | Uint8Array;
  /** How entries were made smaller to travel; null when they are exact. */
  readonly coding: JacobianCoding | null;
  /** Entries that are NaN or infinite. */
  readonly notFinite: number;
  /** Largest entry that must be 0, with its pair; `null` when all of them are. */
  readonly worstLeak: { readonly output: number; readonly input: number; readonly value: number } | null;
  /** Forbidden pairs whose entry is not 0; NaN is none. */
  readonly leaks: number;
  /** The largest of them, exact, largest first; at most a few hundred. */
  readonly largestLeaks: readonly { readonly output: number; readonly input: number; readonly value: number }[];
}

/** Rows of data beside the samples. */
export interface SampleData {
  readonly split: 'train' | 'validation';
  /** [rows, 2] row-major. */
  readonly values: Float32Array;
  /** Rows of the split that they were taken from. */
  readonly of: number;
}

/** Fantasies of the model. */
export interface SamplesFrame extends FrameBase {
  readonly kind: 'samples';
  readonly rows: number;
  /** How many were drawn, where a frame cannot hold them all: it has the first of them. */
  readonly drawn?: number;
  readonly dimension: number;
  /** Height and width if a row is an image, and 3 channels if it is in colour. */
  readonly image: ImageSize | null;
  /** [rows, D], 0 … 255 for the model's range of values: 0 … 1 unless {@link range} says otherwise. */
  readonly values: Uint8Array;
  /** Conditional means of the same rows, 0 … 255, or null. */
  readonly means: Uint8Array | null;
  /**
   * [rows, D] the same in float32, in the model's own values and nothing cut off, NaN where nothing is drawn yet; left out
   * where bytes say it all, and where they are too many to be read.
   */
  readonly exact?: { readonly values?: Float32Array; readonly means?: Float32Array };
  /** The values that bytes 0 and 255 stand for; left out for 0 and 1. What lies beyond is cut off. */
  readonly range?: readonly [number, number];
  /** K, where values are levels 0 … K − 1; left out for others. */
  readonly levels?: number;
  /** [rows, D] how each entry came about, see {@link sampleEntries}; left out where all of them were drawn. */
  readonly entries?: Uint8Array;
  /** [rows, C] what each row is conditioned on; left out for models without a context. */
  readonly context?: Float32Array;
  /** Share of the work that is done, while rows are being drawn; left out when they are finished. */
  readonly share?: number;
  /** Rows of data to hold them against, for two real variables; those of one label where all are drawn under it. */
  readonly data?: SampleData;
  /** Drawn from all masks, each row from one of them, and not from `mask` alone. */
  readonly ensemble?: true;
  /** The seed of a grid that was not asked for by hand. */
  readonly seed?: number;
  /** Set when asked for by hand: its seed and temperature. */
  readonly request: { readonly seed: number; readonly temperature: number } | null;
}

export {
  FIRST_LABEL,
  LAST_IN_ORDER,
  OWN_ROW,
  WHOLE_FLOW,
  type DependencyFrame,
  type FlowJacobianFrame,
  type SplitsFrame,
};
export { ACTIVE, AT_ZERO, FURTHEST, MOST_CELLS, type ManifoldChoice };
export type { TraversalsChoice, TraversalsFrame };
export { LAST_LAYER, MOST_TYPED } from './frames/unitText.ts';
export type { UnitTextChoice, UnitTextFrame };
export { NOT_TIMED, TOGETHER, type CharacterCosts, type DrawingTimeFrame };
export type { FeatureMapsFrame, RowSurpriseFrame };
export type { LatentUnitsFrame, ManifoldFrame, ManifoldPointFrame, PosteriorsFrame, ReconstructionsFrame };
export type { HeatFrame, LatentFrame, TransportFrame, WalkChoice, WalkFrame };
export type { EnsembleFrame, EntropyFrame, EquivalenceFrame, ProbabilityFrame, RowSum, ScoresFrame, SpectrumFrame };

/** Asks for samples from the seed of the run's own experiment. */
export const OWN_SEED = -1;

/** What may be chosen of samples. */
export interface SamplesChoice {
  /** What they are drawn from: two runs are drawn alike from one seed. Or {@link OWN_SEED}. */
  readonly seed: number;
}

/** Entries of {@link SamplesFrame.entries}: drawn, given to be completed, not drawn yet (values and means are 0 there). */
export const sampleEntries = { drawn: 0, given: 1, coming: 2 } as const;

/** Options of a kind that has none. */
export type NoOptions = Readonly<Record<never, never>>;

/** The kinds of frame that the worker computes on request; the curves are fed by metrics. Add one here. */
interface FrameTypes {
  connectivity: { frame: ConnectivityFrame; options: NoOptions };
  jacobian: { frame: JacobianFrame; options: NoOptions };
  samples: { frame: SamplesFrame; options: SamplesChoice };
  scores: { frame: ScoresFrame; options: NoOptions };
  probability: { frame: ProbabilityFrame; options: ProbabilityChoice };
  ensemble: { frame: EnsembleFrame; options: NoOptions };
  entropy: { frame: EntropyFrame; options: NoOptions };
  rowSurprise: { frame: RowSurpriseFrame; options: RowSurpriseChoice };
  dependency: { frame: DependencyFrame; options: DependencyChoice };
  featureMaps: { frame: FeatureMapsFrame; options: FeatureMapsChoice };
  transport: { frame: TransportFrame; options: TransportChoice };
  latent: { frame: LatentFrame; options: NoOptions };
  walk: { frame: WalkFrame; options: WalkChoice };
  heat: { frame: HeatFrame; options: HeatChoice };
  spectrum: { frame: SpectrumFrame; options: NoOptions };
  equivalence: { frame: EquivalenceFrame; options: NoOptions };
  splits: { frame: SplitsFrame; options: NoOptions };
  flowJacobian: { frame: FlowJacobianFrame; options: FlowJacobianChoice };
  manifold: { frame: ManifoldFrame; options: ManifoldChoice };
  manifoldPoint: { frame: ManifoldPointFrame; options: ManifoldPointChoice };
  posteriors: { frame: PosteriorsFrame; options: NoOptions };
  latentUnits: { frame: LatentUnitsFrame; options: NoOptions };
  reconstructions: { frame: ReconstructionsFrame; options: NoOptions };
  traversals: { frame: TraversalsFrame; options: TraversalsChoice };
  unitText: { frame: UnitTextFrame; options: UnitTextChoice };
  drawingTime: { frame: DrawingTimeFrame; options: DrawingTimeChoice };
}

export type FrameKind = keyof FrameTypes;
export type FrameOf<K extends FrameKind> = FrameTypes[K]['frame'];
export type Frame = FrameOf<FrameKind>;
/** What may be chosen about a kind of frame beside the mask: plain values, each with a default. */
export type FrameOptions<K extends FrameKind = FrameKind> = FrameTypes[K]['options'];

/** What everybody knows of a kind without computing anything. */
export interface FrameFacts<K extends FrameKind> {
  /** Of one mask, or of all of them together. */
  readonly of: 'mask' | 'ensemble';
  /** What a request without options gets. */
  readonly options: FrameOptions<K>;
}

export const frameFacts: { readonly [K in FrameKind]: FrameFacts<K> } = {
  connectivity: { of: 'mask', options: {} },
  jacobian: { of: 'mask', options: {} },
  samples: { of: 'ensemble', options: { seed: OWN_SEED } },
  scores: { of: 'ensemble', options: {} },
  probability: { of: 'ensemble', options: { label: FIRST_LABEL } },
  ensemble: { of: 'ensemble', options: {} },
  entropy: { of: 'mask', options: {} },
  rowSurprise: { of: 'mask', options: { row: COSTLIEST } },
  dependency: { of: 'mask', options: { output: LAST_IN_ORDER } },
  featureMaps: { of: 'mask', options: { layer: BEFORE_LAST, row: 0 } },
  transport: { of: 'ensemble', options: { label: FIRST_LABEL } },
  latent: { of: 'ensemble', options: {} },
  walk: { of: 'ensemble', options: { first: OWN_ROW, second: OWN_ROW, path: 'straight' } },
  heat: { of: 'ensemble', options: { temperature: 1 } },
  spectrum: { of: 'ensemble', options: {} },
  equivalence: { of: 'ensemble', options: {} },
  splits: { of: 'ensemble', options: {} },
  flowJacobian: { of: 'ensemble', options: { layer: WHOLE_FLOW } },
  manifold: { of: 'ensemble', options: { across: 0, down: 1, row: AT_ZERO, side: 16 } },
  manifoldPoint: { of: 'ensemble', options: { across: 0, down: 1, row: AT_ZERO, u: 0, v: 0 } },
  posteriors: { of: 'ensemble', options: {} },
  latentUnits: { of: 'ensemble', options: {} },
  reconstructions: { of: 'ensemble', options: {} },
  traversals: { of: 'ensemble', options: { row: AT_ZERO } },
  unitText: { of: 'ensemble', options: { text: '', piece: 0, layer: LAST_LAYER, state: 'h' } },
  drawingTime: { of: 'ensemble', options: { asked: NOT_TIMED } },
};

export const frameKinds = Object.keys(frameFacts) as readonly FrameKind[];

/** What of a run is asked for. */
export interface FrameChoice<K extends FrameKind = FrameKind> {
  readonly kind: K;
  /** Mask to show, or null: the one in use, and for kinds of the ensemble all of them. */
  readonly mask: number | null;
  /** Left out: the kind's defaults. */
  readonly options?: FrameOptions<K> | undefined;
}

/** The same for choices that mean the same frame. */
export function choiceKey({ kind, mask, options }: FrameChoice): string {
  const chosen: object = { ...frameFacts[kind].options, ...options };
  return JSON.stringify([kind, mask, ...Object.entries(chosen).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
