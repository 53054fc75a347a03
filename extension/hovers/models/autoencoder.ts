/** Autoencoder: every weight is there, and so every output sees its own input. */
import { plural } from '../../../src/figures/text.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { maskOf } from '../../../src/masks/matrix.ts';
import { orderDegrees } from '../../../src/masks/degrees.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { outputOf } from '../../../src/spec/models/autoencoder.ts';
import { networkMarkdown } from './networkHover.ts';
import type { ModelHover } from './modelHover.ts';

export const autoencoderHover: ModelHover<'autoencoder'> = {
  dimensionOf: () => null,

  markdown({ model, dimension }, key, theme) {
    const sizes = [dimension, ...model.hidden, dimension];
    const { loss } = model;
    return networkMarkdown({
      name: 'Autoencoder',
      sizes,
      architecture: [loss === 'cross-entropy' ? 'cross-entropy' : `squared error, ${outputOf(model)} output`],
      highlight: key === 'hidden' ? 'hidden' : undefined,
      theme,
      network: () => {
        const masks = sizes.slice(1).map((rows, l) => maskOf(rows, sizes[l]!, () => true));
        return fromMasks({ masks, direct: null }, orderDegrees('natural', dimension, RandomGenerator.seeded(0)));
      },
      words: () =>
        `No density: each of ${plural(dimension, 'output')} sees every input, its own included, so that the loss can ` +
        'go to 0 by copying. A baseline to compare with; it has no likelihood and no samples.',
    });
  },
};
