/** Variational autoencoder: the graphical model with its shapes. */
import { variablesOf } from '../../../src/spec/models/splits.ts';
import { imageShapeOf } from '../../../src/spec/models/imageKeys.ts';
import type { VaeSpec } from '../../../src/spec/models/vae.ts';
import { hiddenOf } from '../../../src/spec/models/vaeKeys.ts';
import { plural } from '../../../src/text/numbers.ts';
import type { ModelHover } from './modelHover.ts';

export const vaeHover: ModelHover<'vae'> = {
  dimensionOf: ({ image }) => (image === undefined ? null : variablesOf(imageShapeOf(image))),

  markdown({ model, dimension }) {
    const layers = (name: 'encoder' | 'decoder') => {
      const { channels } = model[name];
      const sizes = hiddenOf(model[name]).join('-');
      return [channels && `channels ${channels.join('-')}`, sizes].filter(Boolean).join(', ') || 'linear';
    };
    return [
      `**VAE** of ${plural(dimension, 'variable')} · ${plural(model.latent, 'latent')}`,
      [
        `- prior p(z) = N(0, I), z [${model.latent}]`,
        `- decoder p(x|z): z [${model.latent}] → ${layers('decoder')} → ${outputWords(model)} [${dimension}]`,
        `- encoder q(z|x): x [${dimension}] → ${layers('encoder')} → μ, σ [${model.latent}]${iafWords(model)}`,
      ].join('\n'),
    ].join('\n\n');
  },
};

function outputWords({ output }: VaeSpec): string {
  return output === 'bernoulli' ? 'Bernoulli' : `Gaussian, ${output.mean} mean`;
}

function iafWords({ posterior }: VaeSpec): string {
  return posterior === 'gaussian' ? '' : `, then ${plural(posterior.steps, 'step')} of IAF`;
}
