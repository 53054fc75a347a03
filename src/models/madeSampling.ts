/** Ancestral sampling of a MADE: its structure and parameters as the network that `ancestralSampling.ts` draws from. */
import type { Conditional } from '../distributions/conditional.ts';
import type { IncrementalJoint } from '../layers/incrementalPlan.ts';
import type { MadeStructure } from '../masks/degrees.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';
import { type AncestralNetwork, sampleAncestral } from './ancestralSampling.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';

/** See {@link sampleAncestral}; parameters are named as `made.ts` has them, those that are not there are left out. */
export function sampleMade(
  structure: MadeStructure,
  settings: { readonly activation: ActivationName; readonly conditional: Conditional },
  parameters: NamedArrays,
  request: SampleRequest,
): Generator<SampleProgress, Samples, void> {
  return sampleAncestral(madeNetwork(structure, settings, parameters), request);
}

function madeNetwork(
  { order, hidden, direct }: MadeStructure,
  { activation, conditional }: { readonly activation: ActivationName; readonly conditional: Conditional },
  parameters: NamedArrays,
): AncestralNetwork {
  const joint = (layer: string): IncrementalJoint => ({
    weight: parameters[`${layer}.weight`]!,
    companion: parameters[`${layer}.companion`] ?? null,
  });
  const units = (layer: string, context: string | null) => ({
    ...joint(layer),
    bias: parameters[`${layer}.bias`]!,
    context: (context !== null && parameters[`context.${context}.weight`]) || null,
  });
  return {
    order,
    hidden: hidden.map((degrees, l) => ({ degrees, ...units(`hidden.${l}`, l === 0 ? 'hidden' : null) })),
    activation,
    output: units('output', 'output'),
    direct: direct ? joint('direct') : null,
    conditional,
  };
}
