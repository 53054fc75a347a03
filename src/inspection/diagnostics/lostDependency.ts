/**
 * `lost-dependency`: an output that should depend on an earlier variable does not, since the masks are too strict or a
 * degree is missing. The model is a density all the same, a poorer one than it seems.
 */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, notApplicable, ok, pairName, percent, plural, some } from './outcome.ts';

const ID = 'lost-dependency';
/** Below this share of lost pairs the model is merely a little narrow. */
const SERIOUS_SHARE = 0.05;

export const lostDependency = diagnostic({
  id: ID,
  needs: ['structures'],
  topic: {
    title: 'Dependencies that got lost',
    paragraphs: [
      'Masks that are too strict give a true density, but one in which some outputs cannot use variables that they may use. A strict triangular mask in every layer is the usual mistake: with L layers an output then sees only inputs at a distance of at least L, and with two layers and two variables nothing at all.',
      'Random degrees lose a few pairs as well: if no hidden unit has degree m, then the variable at position m is invisible to the output that follows it. Even degrees, more units, several masks or a direct connection bring such pairs back.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'structures'>): Outcome {
  const { structures, dimension } = context;
  if (!structures || structures.length === 0) return notApplicable(ID, 'the model is not one masked network');
  if (structures[0]?.pixels) return notApplicable(ID, 'what a pixel does not see is told by blind-spot');
  if (dimension === 1) return notApplicable(ID, 'a single variable has nothing to depend on');

  // The ensemble averages densities: every mask is a model of its own, and the one that loses most speaks for all.
  const worst = structures.reduce((a, b) => (b.losses.count > a.losses.count ? b : a));
  const { losses, blindOutputs } = worst;
  if (losses.count === 0) return ok(ID);

  const share = losses.count / losses.of;
  const withLosses = structures.filter((structure) => structure.losses.count > 0).length;
  return finding(ID, context, {
    severity: share >= SERIOUS_SHARE ? 'warning' : 'info',
    title: `${count(losses.count)} of ${count(losses.of)} allowed pairs cannot depend on each other`,
    explanation:
      'These outputs can never make use of these earlier variables, however long the model trains. ' +
      'Only the output mask may be strict (>), every mask below it has ≥' +
      remedyOf(context.modelType),
    evidence: [
      { label: 'Lost pairs', value: `${count(losses.count)} of ${count(losses.of)} (${percent(share)})` },
      { label: 'Pairs', value: some(losses.pairs.map(pairName), losses.count) },
      { label: 'Outputs that see nothing though earlier variables exist', value: plural(blindOutputs, 'output') },
      ...(context.maskCount > 1
        ? [{ label: 'Masks that lose pairs', value: `${count(withLosses)} of ${count(structures.length)} looked at` }]
        : []),
    ],
    view: 'masks',
  });
}

/** What the experiment can say against it: a model has other keys than another. */
function remedyOf(type: string): string {
  if (type === 'made') {
    return (
      '; let the degrees of each hidden layer cover 1 … D−1 (more units, “degrees”: “even”), or switch the direct ' +
      'connection on (“direct”), which restores every pair.'
    );
  }
  if (type === 'strict-triangle-stack') {
    return ': here every layer is strict and takes another step of the order away. Take fewer layers, or the model “made”.';
  }
  return '.';
}
