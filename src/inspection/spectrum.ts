/**
 * The scaling spectrum of a flow that ends with a diagonal scaling, y = S∘x: σ_d = 1/S_dd (Dinh et al. 2014, section 3.3).
 * The larger σ_d, the more the data vary along that coordinate of the latent space; sorted, they are read as the standard
 * deviations of principal components are, which stand beside them.
 */
import { inFlow } from '../flows/flow.ts';
import { RandomGenerator } from '../random/generator.ts';
import { variablesAt } from './flowStructure.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import type { SpectrumFrame } from './frames/spectrum.ts';
import { marginalMoments } from './latentColumns.ts';
import { haveComponents, principalComponents } from './principalComponents.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';

export const spectrumMaker: FrameMaker<'spectrum'> = {
  compute: (snapshot, { look }) => spectrumFrame(snapshot, look),
  renewed: 'step',
  canBeRefined: (source, look) => look === 'glance' && !haveComponents(source),
};

export async function* spectrumFrame(snapshot: Snapshot, look: Look = 'thorough'): Chunked<SpectrumFrame> {
  const { source, parameters } = snapshot;
  const { flow, dimension, type } = source.model;
  const layer = flow ? flow.layers.findLastIndex(({ kind }) => kind === 'scaling') : -1;
  const base = { kind: 'spectrum' as const, ...frameBase(snapshot), dimension, image: source.image };
  if (!flow || layer === -1) {
    const none = new Float64Array(0);
    return {
      ...base,
      reason: `this model (${type}) has no diagonal scaling.`,
      ...{ layer: 0, layers: flow?.layers.length ?? 0, sigma: none, initial: none, variables: new Int32Array(0) },
      ...{ base: '', baseDeviation: 1, components: null, componentRows: 0, noComponents: null, complete: true },
    };
  }
  const { bijector } = flow.layers[layer]!;
  const name = 'scale';
  const [inFlowName] = Object.keys(inFlow({ [name]: 0 }, layer));
  const logScales = await parameters[inFlowName!]!.data<'float32'>();
  const first = bijector.initialise(RandomGenerator.seeded(source.seed, 'inspection/spectrum'))[name]!;
  const early = look === 'glance' && !haveComponents(source);
  const components = early ? null : yield* principalComponents(snapshot);
  const { marginal } = flow.base;
  return {
    ...base,
    reason: null,
    layer,
    layers: flow.layers.length,
    sigma: Float64Array.from(logScales, (a) => Math.exp(-a)),
    initial: Float64Array.from(first.data, (a) => Math.exp(-a)),
    variables: variablesAt(flow, layer),
    base: flow.base.name,
    baseDeviation: marginal ? Math.sqrt(marginalMoments(marginal).variance) : 1,
    components: components?.deviations ?? null,
    componentRows: components?.rows ?? 0,
    noComponents: components ? components.reason : 'they are being computed',
    complete: !early,
  };
}
