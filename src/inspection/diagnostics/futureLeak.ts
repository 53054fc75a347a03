/**
 * `future-leak`: an output depends on its own variable or on a later one, so that the conditionals are none and their
 * product is no density. The NLL is then impossibly good and samples are garbage.
 */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import {
  count,
  diagnostic,
  finding,
  notApplicable,
  notMeasured,
  ok,
  pairName,
  plural,
  short,
  some,
} from './outcome.ts';

const ID = 'future-leak';
/**
 * Float32 arithmetic: Σ p of a sound model is 1 within this, with as many variables as the sum is made for (16). Measured
 * deviations, large weights included, stay below 2e-7.
 */
const TOTAL_TOLERANCE = 1e-5;

export const futureLeak = diagnostic({
  id: ID,
  needs: ['structures', 'jacobian', 'totalProbability'],
  topic: {
    title: 'Outputs that see the future',
    paragraphs: [
      'An autoregressive model is a density only because p(x_d | x_<d) does not depend on x_d or on anything after it. If one path leads from a variable to its own output, the network can copy the answer: the loss falls far below any true NLL, the “probabilities” of all rows no longer sum to 1, and samples, for which the answer is not there to be copied, are garbage.',
      'It happens when output degrees are drawn independently of the inputs’, when the output mask has ≥ instead of >, or when one path (a direct connection, a residual) forgets its mask. The learning curve looks better than ever, which is why the check is made on the masks, on the measured Jacobian and, for few binary variables, on the sum over every possible row.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'structures' | 'jacobian' | 'totalProbability'>): Outcome {
  const { structures, jacobian, totalProbability, flow } = context;
  if (flow !== null) {
    return notApplicable(
      ID,
      'a flow has no conditionals: whatever depends on whatever, it is a density if its log-determinants are those of its ' +
        'Jacobian, and that is what log-det judges, entries that its masks forbid included',
    );
  }
  if (!structures && !jacobian && !totalProbability) {
    return notMeasured(ID, 'neither masks nor a Jacobian of this model have been looked at');
  }
  if (context.quantity.kind === 'loss') {
    return notApplicable(ID, 'the model is no density: every output is meant to see its own input');
  }
  const leaking = (structures ?? []).filter(({ leaks }) => leaks.count > 0);
  const total = totalProbability?.value ?? 1;
  const totalIsWrong = Math.abs(total - 1) > TOTAL_TOLERANCE;
  const measured = jacobian && jacobian.leaks > 0 ? jacobian : null;
  if (leaking.length === 0 && !measured && !totalIsWrong) return ok(ID);

  const evidence: Evidence[] = [];
  const worst = leaking[0];
  if (worst) {
    const { leaks } = worst;
    evidence.push({ label: 'Forbidden pairs that a path joins', value: `${count(leaks.count)} of ${count(leaks.of)}` });
    evidence.push({ label: 'Pairs', value: some(leaks.pairs.map(pairName), leaks.count) });
    if (context.maskCount > 1) {
      evidence.push({
        label: 'Masks that leak',
        value: `${count(leaking.length)} of ${count(structures?.length ?? 0)} looked at`,
      });
    }
  }
  if (jacobian) {
    const { worstLeak, leaks, dataRows } = jacobian;
    const value = worstLeak ? `, largest ${short(worstLeak.value)} at ${pairName(worstLeak)}` : '';
    evidence.push({
      label: `Forbidden entries of the Jacobian over ${plural(dataRows, 'row')}`,
      value: `${count(leaks)}${value}`,
    });
  }
  if (totalProbability) {
    evidence.push({ label: `Σ p(x) over all ${count(totalProbability.rows)} rows`, value: total.toPrecision(6) });
  }
  return finding(ID, context, {
    severity: 'error',
    title: titleOf(),
    explanation:
      'An output that sees its own variable or a later one can copy the answer: the reported NLL is lower than any ' +
      'true likelihood and samples are worthless. ' +
      (worst?.pixels
        ? 'Only the first layer may have mask A, which leaves the pixel itself out, and it must have it ("maskType": "A").'
        : worst
          ? 'Make the output mask strict (degree of the output > degree of the hidden unit) and use one order for inputs and outputs.'
          : 'The masks themselves are sound, so look for a path that does not use them, or for a likelihood that is not normalised.'),
    evidence,
    view: worst?.pixels ? 'dependency' : 'masks',
  });

  function titleOf(): string {
    if (worst) return `${count(worst.leaks.count)} of ${count(worst.leaks.of)} forbidden pairs leak`;
    if (measured) return `The Jacobian has ${count(measured.leaks)} entries where it must be 0`;
    return `Probabilities sum to ${total.toPrecision(6)}, not to 1`;
  }
}
