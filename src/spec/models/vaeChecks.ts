/** What a schema cannot say of a variational autoencoder. */
import { complain, type Complaint } from '../complaint.ts';
import type { ModelSituation } from './entry.ts';
import { checkImage } from './imageKeys.ts';
import type { VaeSpec } from './vae.ts';

/** @param spec Keys that are wrong by the schema are absent. */
export function checkVae(spec: Partial<VaeSpec>, situation: ModelSituation): Complaint[] {
  return [...checkEstimator(spec), ...checkConvolutions(spec, situation), ...checkEffects(spec, situation)];
}

function checkEstimator({ estimator, posterior }: Partial<VaeSpec>): Complaint[] {
  if (estimator !== 'B' || posterior === undefined || posterior === 'gaussian') return [];
  return [
    complain(
      'error',
      ['model', 'estimator'],
      'estimator is "B"; the KL divergence of an IAF posterior has no closed form: leave "estimator" out, or take "A"',
    ),
  ];
}

function checkConvolutions({ encoder, decoder, image }: Partial<VaeSpec>, situation: ModelSituation): Complaint[] {
  const networks = [
    ['encoder', encoder],
    ['decoder', decoder],
  ] as const;
  const convolving = networks.filter(([, network]) => network?.channels !== undefined);
  if (convolving.length === 0) return checkImage(image, undefined, situation);
  if (!situation.written.has('image')) {
    return convolving.map(([name]) =>
      complain(
        'error',
        ['model', name, 'channels'],
        `${name}.channels convolves images, and the model does not say how large they are: add "image", e.g. [28, 28]`,
      ),
    );
  }
  const levels = Math.max(...convolving.map(([, network]) => network!.channels!.length));
  return checkImage(image, levels, situation);
}

/** Keys without effect. */
function checkEffects(
  { output, learning, beta, freeBits, posterior }: Partial<VaeSpec>,
  { written }: ModelSituation,
): Complaint[] {
  const found: Complaint[] = [];
  if (learning === 'wake-sleep') {
    if (posterior !== undefined && posterior !== 'gaussian') {
      found.push(
        complain(
          'error',
          ['model', 'posterior'],
          'posterior is an IAF; wake–sleep scores latents that were dreamt, which takes one pass a latent variable there: ' +
            'take "gaussian", or "learning": "aevb"',
        ),
      );
    }
    for (const [key, value, off] of [
      ['beta', beta, 1],
      ['freeBits', freeBits, 0],
    ] as const) {
      if (written.has(key) && value !== off) {
        found.push(
          complain('warning', ['model', key], `${key} has no effect: wake–sleep does not train by the bound`, 'key'),
        );
      }
    }
    if (written.has('estimator')) {
      const reason = 'estimator has no effect: wake–sleep does not train by the bound';
      found.push(complain('warning', ['model', 'estimator'], reason, 'key'));
    }
  }
  if (typeof output === 'object' && typeof output.variance === 'number' && output.floor !== 0.001) {
    const reason = 'output.floor has no effect: the variance is given, not learnt';
    found.push(complain('warning', ['model', 'output', 'floor'], reason, 'key'));
  }
  return found;
}
