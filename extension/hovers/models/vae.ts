/** Variational autoencoder: the graphical model with its shapes. */
import { graphicalModelSvg, type GraphicalHighlight } from '../../../src/figures/graphicalModel.tsx';
import { themeFor } from '../../../src/figures/hover.ts';
import { variablesOf } from '../../../src/spec/models/splits.ts';
import { imageShapeOf } from '../../../src/spec/models/imageKeys.ts';
import type { VaeSpec } from '../../../src/spec/models/vae.ts';
import { hiddenOf } from '../../../src/spec/models/vaeKeys.ts';
import { plural } from '../../../src/text/numbers.ts';
import type { ModelHover } from './modelHover.ts';
import { pictureOf } from './picture.ts';

/** As wide as a hover is in a narrow editor. */
const WIDTH = 520;

/** What is pointed at; the type is about all of it. */
const highlights: Readonly<Record<string, GraphicalHighlight>> = {
  latent: 'latent',
  encoder: 'encoder',
  decoder: 'decoder',
  posterior: 'posterior',
  output: 'output',
};

export const vaeHover: ModelHover<'vae'> = {
  dimensionOf: ({ image }) => (image === undefined ? null : variablesOf(imageShapeOf(image))),

  markdown({ model, dimension }, key, theme) {
    const words = [
      `**VAE** of ${plural(dimension, 'variable')} · ${plural(model.latent, 'latent')}`,
      [
        `- prior p(z) = N(0, I), z [${model.latent}]`,
        `- decoder p(x|z): z [${model.latent}] → ${layerWords(model, 'decoder')} → ${outputWords(model)} [${dimension}]`,
        `- encoder q(z|x): x [${dimension}] → ${layerWords(model, 'encoder')} → μ, σ [${model.latent}]${iafWords(model)}`,
      ].join('\n'),
    ];
    const svg = graphicalModelSvg(
      {
        dimension,
        latent: model.latent,
        encoder: layersOf(model, 'encoder'),
        // The deepest level of an image's decoder comes first.
        decoder: layersOf(model, 'decoder'),
        posterior: model.posterior === 'gaussian' ? 'Gaussian' : `Gaussian, ${model.posterior.steps} × IAF`,
        output: model.output === 'bernoulli' ? 'Bernoulli' : 'Gaussian',
      },
      { theme: themeFor(theme), width: WIDTH, highlight: highlights[key] },
    );
    const picture = pictureOf(
      svg,
      `Graphical model of a VAE of ${plural(dimension, 'variable')} and ${plural(model.latent, 'latent')}`,
    );
    return [...words, ...picture].join('\n\n');
  },
};

/** Hidden layers in the order in which they are computed. */
function layersOf(model: VaeSpec, name: 'encoder' | 'decoder'): string[] {
  const { channels = [] } = model[name];
  const [height, width] = model.image ?? [0, 0];
  // Every level halves both sizes.
  const maps = channels.map((count, i) => `${count} × ${height >> (i + 1)} × ${width >> (i + 1)}`);
  const dense = hiddenOf(model[name]).map(String);
  return name === 'encoder' ? [...maps, ...dense] : [...dense, ...maps.toReversed()];
}

function layerWords(model: VaeSpec, name: 'encoder' | 'decoder'): string {
  const { channels } = model[name];
  const sizes = hiddenOf(model[name]).join('-');
  // In the order of computation, as the picture has it.
  const inwards = [channels && `channels ${channels.join('-')}`, sizes];
  const outwards = [sizes, channels && `channels ${channels.toReversed().join('-')}`];
  return (name === 'encoder' ? inwards : outwards).filter(Boolean).join(', ') || 'linear';
}

function outputWords({ output }: VaeSpec): string {
  if (output === 'bernoulli') return 'Bernoulli';
  const { mean, variance, floor } = output;
  if (typeof variance === 'number') return `Gaussian, ${mean} mean, σ² = ${variance}`;
  const scale = variance === 'shared' ? 'one σ for all' : 'σ by the network';
  return `Gaussian, ${mean} mean, ${scale}, ${floor > 0 ? `no less than ${floor}` : 'without a floor'}`;
}

function iafWords({ posterior }: VaeSpec): string {
  return posterior === 'gaussian' ? '' : `, then ${plural(posterior.steps, 'step')} of IAF`;
}
