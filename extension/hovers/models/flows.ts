/** Flows: what their layers are, in words. */
import { flowLayersOf, type VectorFlowSpec } from '../../../src/masks/flowLayers.ts';
import type { ModelHover } from './modelHover.ts';

const names = { nice: 'NICE', realnvp: 'RealNVP', maf: 'MAF', iaf: 'IAF' } as const;

export function flowHover<T extends VectorFlowSpec['type']>(): ModelHover<T> {
  return {
    dimensionOf: (model) => {
      const list = 'split' in model ? model.split : 'permutation' in model ? model.permutation : null;
      return Array.isArray(list) ? list.length : null;
    },
    markdown({ model, dimension, contextDimension, seed }) {
      const layers = flowLayersOf(model, dimension, seed, contextDimension ?? 1);
      return `**${names[model.type]}** of ${dimension} variables: ${layers.map(({ kind }) => kind).join(' → ')}`;
    },
  };
}
