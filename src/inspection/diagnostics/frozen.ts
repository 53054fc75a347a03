/** `frozen`: parameters that do not move: no gradient arrives, or their updates vanish in float32 rounding. */
import type { Evidence, Outcome } from '../findings.ts';
import type { RunMoment } from './context.ts';
import { count, diagnostic, finding, notMeasured, ok, plural, short, some } from './outcome.ts';

const ID = 'frozen';
/** Half a unit in the last place of float32: an update smaller than this share of its parameter changes nothing. */
const ROUNDING = 2 ** -24;

export const frozen = diagnostic({
  id: ID,
  needs: [],
  topic: {
    title: 'Parameters that do not move',
    paragraphs: [
      'Every parameter should receive a gradient, and its update should be large enough to change it. A gradient of exactly 0 means that the path from the parameter to the likelihood is cut: its weights are masked out, or the units behind it are dead.',
      'An update smaller than the rounding of float32 (about 6·10⁻⁸ of the value) is lost altogether. Both look like convergence in the learning curve.',
    ],
  },
  judge,
});

function judge(context: RunMoment): Outcome {
  const { norms, over } = context;
  if (!norms) {
    const when = 'gradients and updates are measured while it trains';
    return notMeasured(
      ID,
      over
        ? `this run was opened after its training, and ${when}`
        : `${when}, and no step has been since it was opened`,
    );
  }
  // With one variable masks remove every weight: what is left is a bias, and the context.
  const idle = context.dimension === 1 ? context.weightNames : [];
  const parameters = Object.entries(norms.byParameter).filter(([name]) => !idle.includes(name));
  const still0 = parameters.filter(([, { gradient }]) => gradient === 0);
  // Nor do hidden units reach the output of a single variable: their biases cannot train, and need not.
  const noGradient = context.dimension === 1 && still0.length < parameters.length ? [] : still0;
  const noUpdate = parameters.filter(([, { gradient, update, value }]) => gradient > 0 && update <= ROUNDING * value);
  const still = [...noGradient, ...noUpdate];
  if (still.length === 0) return ok(ID);

  const evidence: Evidence[] = [];
  if (noGradient.length > 0) {
    evidence.push({ label: 'Gradient exactly 0', value: some(noGradient.map(([name]) => name)) });
  }
  for (const [name, { gradient, update, value }] of noUpdate.slice(0, 3)) {
    evidence.push({
      label: `Norms of ${name}`,
      value: `gradient ${short(gradient)}, update ${short(update)}, value ${short(value)}`,
    });
  }
  evidence.push({ label: 'Measured at step', value: count(norms.step) });
  const first = still[0]![0];
  const at = context.weightNames.indexOf(first);
  return finding(ID, context, {
    severity: still.length === parameters.length ? 'error' : 'warning',
    title: `${count(still.length)} of ${plural(parameters.length, 'parameter tensor')} ${still.length === 1 ? 'does' : 'do'} not train`,
    explanation:
      (noGradient.length > 0
        ? 'A gradient of exactly 0 means that nothing the parameter does reaches the likelihood: its weights are all masked, its units dead, or the path is cut. '
        : '') +
      (noUpdate.length > 0
        ? 'An update below float32 rounding leaves the parameter as it is: the learning rate is too small for it.'
        : ''),
    evidence,
    view: 'connectivity',
    ...(at >= 0 && { select: { kind: 'unit' as const, layer: at + 1, unit: 0 } }),
  });
}
