/** One divergence, seen from the data and from the base. */
import { flowMissing, type ViewFacts } from './facts.ts';

const AUTOREGRESSIVE: ReadonlySet<string> = new Set(['autoregressive', 'inverse-autoregressive']);

export const equivalence: ViewFacts = {
  label: 'MAF ↔ IAF',
  name: 'the two divergences',
  frames: ['equivalence'],
  missing(run) {
    const { model } = run;
    if (!model?.flow || model.flow.layers.some(({ kind }) => AUTOREGRESSIVE.has(kind))) return flowMissing(run);
    return `This flow (${model.type}) has no autoregressive layers: it is neither MAF nor IAF.`;
  },
  coming: 'Carrying rows to the base and back …',
  promise: null,
  topic: {
    title: 'MAF and IAF',
    paragraphs: [
      'A masked autoregressive flow has its density in one pass, an inverse autoregressive flow its samples. They are the same map, read in two directions: a MAF that leads data to the base is, seen from there, an IAF that draws from the data and is fitted to the base by variational inference.',
      'That is why one number serves both. Training lowers KL(data ‖ model), which is measured in x: how much less probable than the data’s own density the model takes a row to be. It is also KL(p_u ‖ base), measured in u: how far the rows, carried to the base, are from being distributed as the base is. Neither is an approximation of the other (Papamakarios, Pavlakou & Murray 2017, section 3.2 and appendix A).',
      'The view measures each by its own way: in x by the way to the base and its log-determinant, in u by the way back and the log-determinant of that. If the two differ by more than rounding, the way back is not the inverse of the way there, or one of the log-determinants is wrong. The KL itself needs the density of the data, which is known of generated rows alone; of others both sides are shown up to the entropy of the data, which does not change in training.',
      'Within an epoch, batch normalisation takes the means and variances that were measured at the end of the epoch before, while the weights have gone on: points measured there may lie above the curve of the epochs’ scores, on both sides alike.',
    ],
  },
};
