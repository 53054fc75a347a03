/** What a schema cannot say of a variational autoencoder. */
import { complain, type Complaint } from '../complaint.ts';
import type { ModelSituation } from './entry.ts';
import { checkImage } from './imageKeys.ts';
import type { VaeSpec } from './vae.ts';

/** @param spec Keys that are wrong by the schema are absent. */
export function checkVae(spec: Partial<VaeSpec>, situation: ModelSituation): Complaint[] {
  return [
    ...checkEstimator(spec),
    ...checkSamples(spec),
    ...checkConvolutions(spec, situation),
    ...checkEffects(spec, situation),
  ];
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
  const levelsOf = ([, network]: (typeof convolving)[number]) => network!.channels!.length;
  const deepest = convolving.reduce((a, b) => (levelsOf(b) > levelsOf(a) ? b : a));
  const halving = { as: 'once for each of the channels', path: ['model', deepest[0], 'channels'] };
  return checkImage(image, levelsOf(deepest), situation, halving);
}

/** What a way to learn says of keys that it does not use. */
const otherWays = {
  'wake-sleep': { name: 'wake–sleep', scores: 'wake–sleep scores latents that were dreamt' },
  'monte-carlo-em': { name: 'Monte Carlo EM', scores: 'Monte Carlo EM scores latents that a Markov chain has drawn' },
} as const;

/** L beyond which a step is mostly samples of the same rows. */
const MANY_SAMPLES = 50;

function checkSamples({ samples, learning }: Partial<VaeSpec>): Complaint[] {
  if (samples === undefined || samples <= MANY_SAMPLES || learning === 'monte-carlo-em') return [];
  const problem =
    `with ${samples} samples every step decodes ${samples} rows for each row of the minibatch, and takes about as many times ` +
    'as long: with minibatches of 100 rows one is enough';
  return [complain('warning', ['model', 'samples'], problem)];
}

/** Keys without effect. */
function checkEffects(spec: Partial<VaeSpec>, { written }: ModelSituation): Complaint[] {
  const { output, learning, beta, freeBits, posterior, samples } = spec;
  const found: Complaint[] = [];
  const idle = (key: string, reason: string) => {
    found.push(complain('warning', ['model', key], `${key} has no effect: ${reason}`, 'key'));
  };
  if (learning !== undefined && learning !== 'aevb') {
    const { name, scores } = otherWays[learning];
    if (posterior !== undefined && posterior !== 'gaussian') {
      found.push(
        complain(
          'error',
          ['model', 'posterior'],
          `posterior is an IAF; ${scores}, which takes one pass a latent variable there: take "gaussian", or ` +
            '"learning": "aevb"',
        ),
      );
    }
    const reason = `${name} does not train by the bound`;
    if (written.has('beta') && beta !== 1) idle('beta', reason);
    if (written.has('freeBits') && freeBits !== 0) idle('freeBits', reason);
    if (written.has('estimator')) idle('estimator', reason);
  }
  if (learning === 'monte-carlo-em') {
    if (written.has('samples') && samples !== 1) idle('samples', 'Monte Carlo EM has one chain for each row');
  } else if (learning !== undefined && written.has('hmc')) {
    idle('hmc', `it is of "learning": "monte-carlo-em", and this learns by ${learning}`);
  }
  if (spec.latent === 1 && typeof posterior === 'object') {
    const reason =
      'its steps lead each latent variable by those before it, and there is 1: take "gaussian", or 2 latent variables or more';
    found.push(complain('warning', ['model', 'posterior'], `an IAF has no effect: ${reason}`));
  }
  if (typeof output === 'object' && typeof output.variance === 'number' && output.floor !== 0.001) {
    const reason = 'output.floor has no effect: the variance is given, not learnt';
    found.push(complain('warning', ['model', 'output', 'floor'], reason, 'key'));
  }
  return found;
}
