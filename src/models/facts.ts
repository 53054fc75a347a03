/** What a manifest says of a model, for those who cannot load it. */
import type { RunManifest } from '../runs/manifest.ts';
import type { Model } from './model.ts';

export function modelFacts({ type, network, quantity, validationMasks }: Model): NonNullable<RunManifest['model']> {
  const { kind, name, unit, estimate } = quantity;
  return {
    type,
    network: network !== null,
    quantity: { kind, name, unit, ...(estimate && { estimate }) },
    ...(validationMasks === 0 && { validation: 'estimate' as const }),
  };
}
