/** Runs of models over pixels. */
import { structuresOf } from './networks.ts';
import { small, type Scenario } from './scenario.ts';

const pixelcnn = (image: readonly [number, number] | readonly [number, number, 3]): Scenario => {
  const dimension = image.reduce((product: number, size) => product * size, 1);
  return {
    ...small,
    experiment: 'squares-pixelcnn',
    manifest: {
      ...small.manifest!,
      dimension,
      image: [...image],
      model: {
        type: 'pixelcnn',
        network: false,
        pixels: true,
        quantity: { kind: 'exact', name: 'log-likelihood', unit: 'nats' },
      },
    },
    structures: structuresOf(dimension, { hidden: [8] }),
  };
};

export const pixelScenarios = {
  pixels: pixelcnn([12, 12]),
  colours: pixelcnn([6, 6, 3]),
} as const satisfies Record<string, Scenario>;
