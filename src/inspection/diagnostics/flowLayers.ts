/** Words and facts about a flow's layers that several diagnostics share. */
import type { FlowLayerKind } from '../../flows/flow.ts';
import type { RunMoment } from './context.ts';

/** A layer of the flow that is looked at. */
export interface FlowLayerName {
  readonly kind: FlowLayerKind;
  readonly title: string;
}

/** What carries no network and mixes nothing: variables keep to themselves, or merely change places. */
const WITHOUT_NETWORK: ReadonlySet<FlowLayerKind> = new Set([
  'permutation',
  'squeeze',
  'scaling',
  'batch-norm',
  'act-norm',
  'pixels',
]);

export const lacksNetwork = (kind: FlowLayerKind): boolean => WITHOUT_NETWORK.has(kind);

const AUTOREGRESSIVE: ReadonlySet<FlowLayerKind> = new Set(['autoregressive', 'inverse-autoregressive']);
/** Whether a layer goes one variable after the other in one of its directions. */
export const isAutoregressive = (kind: FlowLayerKind): boolean => AUTOREGRESSIVE.has(kind);

/** "layer 3 (affine coupling)", counted from 1. */
export function layerName({ flow }: Pick<RunMoment, 'flow'>, layer: number): string {
  const title = flow?.[layer]?.title;
  return title === undefined ? `layer ${layer + 1}` : `layer ${layer + 1} (${title})`;
}

/** Why a diagnostic of flows does not apply to another model. */
export const NO_FLOW = 'the model is no normalising flow';
