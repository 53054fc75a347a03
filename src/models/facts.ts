/** What a manifest says of a model, for those who cannot load it. */
import type { RunManifest } from '../runs/manifest.ts';
import type { Model } from './model.ts';

export function modelFacts({
  type,
  network,
  flow,
  quantity,
  validationMasks,
}: Model): NonNullable<RunManifest['model']> {
  const { kind, name, unit, estimate } = quantity;
  return {
    type,
    network: network !== null,
    ...(flow && { flow: { layers: flow.layers.map(({ kind, title }) => ({ kind, title })), base: flow.base.name } }),
    quantity: { kind, name, unit, ...(estimate && { estimate }) },
    ...(validationMasks === 0 && { validation: 'estimate' as const }),
  };
}
