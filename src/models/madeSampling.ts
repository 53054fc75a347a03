/** Ancestral sampling of a MADE: its structure and parameters as the network that `ancestralSampling.ts` draws from. */
import { bernoulliMean } from '../distributions/bernoulli.ts';
import type { MadeStructure } from '../masks/degrees.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';
import type { AncestralNetwork } from './ancestralPlan.ts';
import { sampleAncestral } from './ancestralSampling.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';

const bernoulli: AncestralNetwork['conditional'] = {
  parameterNames: ['logit'],
  support: 'binary',
  uniforms: 1,
  mean: (parameters, at, temperature) => bernoulliMean(parameters[at]! / temperature),
  draw: (parameters, at, temperature, uniforms, from) =>
    uniforms[from]! < bernoulliMean(parameters[at]! / temperature) ? 1 : 0,
};

/** See {@link sampleAncestral}. */
export function sampleMade(
  { order, hidden, direct }: MadeStructure,
  activation: ActivationName,
  parameters: NamedArrays,
  request: SampleRequest,
): Generator<SampleProgress, Samples, void> {
  const joint = (name: string) => ({ weight: tensor(parameters, `${name}.weight`), companion: null });
  const units = (name: string) => ({ ...joint(name), bias: tensor(parameters, `${name}.bias`), context: null });
  const network: AncestralNetwork = {
    order,
    hidden: hidden.map((degrees, l) => ({ degrees, ...units(`hidden.${l}`) })),
    activation,
    output: units('output'),
    direct: direct ? joint('direct') : null,
    conditional: bernoulli,
  };
  return sampleAncestral(network, request);
}

function tensor(parameters: NamedArrays, name: string): NamedArray {
  return parameters[name]!;
}
