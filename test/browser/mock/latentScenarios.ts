/** Runs of variational autoencoders. */
import { small, type Scenario } from './scenario.ts';

/** A variational autoencoder of so many latents. */
const vae = (latent: number): Scenario => ({
  ...small,
  experiment: 'bars-vae',
  manifest: {
    ...small.manifest!,
    model: {
      type: 'vae',
      network: false,
      latent: { dimension: latent, posterior: 'gaussian' },
      quantity: { kind: 'bound', name: 'evidence lower bound (ELBO)', unit: 'nats' },
    },
  },
});

export const latentScenarios = {
  vae: vae(2),
  vaeOfMany: vae(6),
  vaeOfFifty: vae(50),
} as const satisfies Record<string, Scenario>;
