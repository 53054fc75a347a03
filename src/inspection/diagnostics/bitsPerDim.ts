/** `bits-per-dim`: bits per dimension that do not count what they say: levels, their number, or the noise between them. */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { NO_FLOW } from './flowLayers.ts';
import { count, diagnostic, finding, notApplicable, notMeasured, ok } from './outcome.ts';

const ID = 'bits-per-dim';
/** Bits of a uniform density that rounding explains: a sum of many equal numbers in float32. */
const TOLERANCE = 1e-3;
/** What a value may lie outside of (0, 1) by rounding. */
const EDGE = 1e-5;

export const bitsPerDim = diagnostic({
  id: ID,
  needs: ['uniformBits'],
  topic: {
    title: 'What bits per dimension count',
    paragraphs: [
      'A density of real numbers scores grey levels only after noise has made real numbers of them: x + u with u even on [0, 1). Its mean log-density is then a lower bound of the log-probability of the levels, and bits per dimension, −log₂ p / D, can be compared with other models (Theis et al. 2016, section 3.1).',
      'Divided by 256 the values lie in (0, 1), which adds log₂ 256 = 8 bits for each variable. Divided by 255, with the bits of another depth, or without noise, the figure is of something else: without noise a density may grow without bounds at the levels, and the figure fall below any.',
      'A uniform density over 256 levels must read exactly 8.000 bits per dimension. That is what is computed here: through the noise, the scaling, the logit there and back, the sums and the conversion of this very model.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'uniformBits'>): Outcome {
  const { uniformBits: facts, flow, support } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  if (typeof support !== 'object') return notApplicable(ID, 'the rows are real values, not levels');
  if (facts === null) return notMeasured(ID, 'what a uniform density reads has not been looked at');
  const expected = Math.log2(facts.levels);
  const outside = facts.least < -EDGE || facts.most > 1 + EDGE;
  const off = !(Math.abs(facts.bits - expected) <= TOLERANCE);
  if (!off && !outside && facts.dequantised) return ok(ID);
  const evidence: Evidence[] = [
    {
      label: `A uniform density over ${count(facts.levels)} levels reads`,
      value: Number.isNaN(facts.bits) ? 'no number' : `${facts.bits.toFixed(3)} bits/dim`,
    },
    { label: 'It must read', value: `${expected.toFixed(3)} bits/dim` },
    {
      label: `Levels 0 … ${count(facts.levels - 1)} with their noise become`,
      value: `${facts.least.toFixed(4)} … ${facts.most.toFixed(4)}`,
    },
    { label: 'Noise between the levels', value: facts.dequantised ? 'even on [0, 1)' : 'none' },
  ];
  return finding(ID, context, {
    severity: 'error',
    title: !facts.dequantised
      ? 'Levels are scored by a density without noise between them'
      : `A uniform density reads ${Number.isNaN(facts.bits) ? 'no number of bits per dimension' : `${facts.bits.toFixed(3)} bits/dim`}, not ${expected.toFixed(3)}`,
    explanation: !facts.dequantised
      ? 'A density of real numbers can pile up at the levels and become as large as it likes there. Add noise that is even on [0, 1) to every value, in training and when rows are scored.'
      : !facts.scaled
        ? 'No layer leads the levels into (0, 1), so that their width is counted nowhere. Divide by the number of levels, in a layer of the flow with its own log-determinant.'
        : `Levels with their noise lie on [0, ${count(facts.levels)}): divide by ${count(facts.levels)}, not by ${count(facts.levels - 1)} and not by another depth’s number, and count log ${count(facts.levels)} for every variable.`,
    evidence,
    view: 'curves',
  });
}
