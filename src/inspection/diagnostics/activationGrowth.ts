/**
 * `activation-growth`: activations that grow from residual block to residual block before anything has been learnt: what
 * goes past a block is added twice, or blocks add far more than they hear (He et al. 2016, "Identity mappings in deep
 * residual networks", equation 5: a factor λ on what goes past a block appears as λ^L behind L of them).
 */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, notApplicable, notMeasured, ok, plural, short } from './outcome.ts';

const ID = 'activation-growth';
/**
 * Factor a block in the mean. Blocks that add as much as they hear, without regard to it, have √2; a connection that is
 * added twice has 2 before the block has added anything.
 */
const MOST = 1.8;
/** Blocks that are told one by one. */
const TOLD = 6;

export const activationGrowth = diagnostic({
  id: ID,
  needs: ['residualGrowth'],
  topic: {
    title: 'Activations that grow from block to block',
    paragraphs: [
      'A residual block adds what it found to what goes past it, so that signals and gradients reach far through many blocks. At the start, with weights just drawn, a block adds about as much as it hears or less: the scale of the activations grows slowly.',
      'If the scale doubles with every block, what goes past it is added twice, or multiplied. Nothing breaks at once: a few blocks train, if worse. With many the first blocks count for nothing, gradients overflow, and a smaller learning rate only hides it.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'residualGrowth'>): Outcome {
  const { residualGrowth } = context;
  if (residualGrowth === null) return notMeasured(ID, 'no residual blocks of this model have been looked at');
  const [worst] = residualGrowth
    .map((chain) => ({ ...chain, growth: growthOf(chain.scales) }))
    .toSorted((a, b) => b.growth - a.growth);
  if (!worst) return notApplicable(ID, 'the model has no residual blocks');
  if (!(worst.growth > MOST)) return ok(ID);
  const { layers, scales, growth, rows } = worst;
  const blocks = layers.length - 1;
  const told = layers.map((layer, i) => ({ label: `Scale after ${layer}`, value: short(scales[i]!) }));
  return finding(ID, context, {
    severity: 'warning',
    title: `Activations grow by a factor of ${short(growth)} with every residual block`,
    explanation:
      'At initial weights, before anything is learnt: what goes past a block is added more than once or multiplied, or what a ' +
      'block adds is far larger than what it hears. Add it once, h + f(h), and scale the weights of f to what they hear.',
    evidence: [
      { label: 'Growth in all', value: `× ${short(scales.at(-1)! / scales[0]!)} over ${plural(blocks, 'block')}` },
      ...told.slice(0, TOLD),
      ...(told.length > TOLD ? [told.at(-1)!] : []),
      { label: 'Measured', value: `root mean square of ${plural(rows, 'row')} at weights just drawn` },
      ...(residualGrowth.length > 1
        ? [{ label: 'Chains of blocks', value: `${count(residualGrowth.length)}, of which this one grows most` }]
        : []),
    ],
    view: 'curves',
  });
}

/** Factor a block, in the geometric mean. */
function growthOf(scales: readonly number[]): number {
  return (scales.at(-1)! / scales[0]!) ** (1 / (scales.length - 1));
}
