/** What a manifest says of a model, for those who cannot load it. */
import { type FlowPasses, measurePasses } from '../flows/passes.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { Model } from './model.ts';

/** @param passes of a flow, where they have been counted */
export function modelFacts(
  { type, maskCount, network, pixels, text, flow, latent, quantity, validationMasks }: Model,
  passes: FlowPasses | null = null,
): NonNullable<RunManifest['model']> {
  const { kind, name, unit, estimate, descent } = quantity;
  const titled = flow?.layers.map(({ kind, title }) => ({ kind, title }));
  return {
    type,
    network: network !== null,
    masks: maskCount,
    ...(pixels && { pixels: true }),
    ...(text && { text: true }),
    ...(flow && { flow: { layers: titled!, base: flow.base.name, ...(passes && { passes }) } }),
    ...(latent && { latent: { dimension: latent.latentDimension, posterior: latent.posterior.type } }),
    quantity: {
      kind,
      name,
      unit,
      ...(text && { each: 'character' }),
      ...(estimate && { estimate }),
      ...(descent && { descent }),
    },
    ...(validationMasks === 0 && { validation: 'estimate' as const }),
  };
}

/** What the directions of a flow cost; null for other models. Others have their turn meanwhile. */
export async function passesOf({ flow, contextDimension }: Model, parameters: NamedArrays): Promise<FlowPasses | null> {
  if (!flow) return null;
  const counting = measurePasses(flow, parameters, contextDimension);
  for (;;) {
    const { done, value } = counting.next();
    if (done) return value;
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
