/** `bits-per-dim`: bits per dimension that do not count what they say: levels, their number, or the noise between them. */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import type { UniformBits } from './measurements/uniformBits.ts';
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
      'A uniform density over 256 levels must read exactly 8.000 bits per dimension. That is what is computed here: through the noise, the scaling, the logit there and back, the sums and the conversion of this very model; of conditionals of levels, by this model with all weights 0, of which it is known what they read: log₂ 256 again where each level has a logit of its own, and of a mixture what its one distribution gives these rows.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'uniformBits'>): Outcome {
  const { uniformBits: facts, flow, support } = context;
  if (typeof support !== 'object') return notApplicable(ID, `the rows are ${support} values, not levels`);
  if (facts === null) {
    return flow === null
      ? notApplicable(ID, 'no conditionals of levels, of which it is known what they read where all weights are 0')
      : notMeasured(ID, 'what a uniform density reads has not been looked at');
  }
  const { expected } = facts;
  const off = !(Math.abs(facts.bits - expected) <= TOLERANCE);
  const read = Number.isNaN(facts.bits) ? 'no number' : `${facts.bits.toFixed(3)} bits/dim`;
  if (facts.flow === null) return off ? judgeConditionals(context, facts, { read, expected }) : ok(ID);
  const { least, most, dequantised, scaled } = facts.flow;
  const outside = least < -EDGE || most > 1 + EDGE;
  if (!off && !outside && dequantised) return ok(ID);
  const evidence: Evidence[] = [
    ...figures(facts, { read, expected }),
    {
      label: `Levels 0 … ${count(facts.levels - 1)} with their noise become`,
      value: `${least.toFixed(4)} … ${most.toFixed(4)}`,
    },
    { label: 'Noise between the levels', value: dequantised ? 'even on [0, 1)' : 'none' },
  ];
  return finding(ID, context, {
    severity: 'error',
    title: !dequantised
      ? 'Levels are scored by a density without noise between them'
      : titleOf(facts, { read, expected }),
    explanation: !dequantised
      ? 'A density of real numbers can pile up at the levels and become as large as it likes there. Add noise that is even on [0, 1) to every value, in training and when rows are scored.'
      : !scaled
        ? 'No layer leads the levels into (0, 1), so that their width is counted nowhere. Divide by the number of levels, in a layer of the flow with its own log-determinant.'
        : `Levels with their noise lie on [0, ${count(facts.levels)}): divide by ${count(facts.levels)}, not by ${count(facts.levels - 1)} and not by another depth’s number, and count log ${count(facts.levels)} for every variable.`,
    evidence,
    view: 'curves',
  });
}

interface Reading {
  readonly read: string;
  /** Bits. */
  readonly expected: number;
}

const titleOf = ({ uniform }: UniformBits, { read, expected }: Reading) =>
  `${uniform ? 'A uniform density' : 'A density that is known'} reads ${read}, not ${expected.toFixed(3)}`;

const figures = ({ levels, uniform }: UniformBits, { read, expected }: Reading): Evidence[] => [
  {
    label: uniform ? `A uniform density over ${count(levels)} levels reads` : 'The mixture of weights 0 reads',
    value: read,
  },
  { label: 'It must read', value: `${expected.toFixed(3)} bits/dim` },
];

function judgeConditionals(context: ContextOf<'uniformBits'>, facts: UniformBits, reading: Reading): Outcome {
  return finding(ID, context, {
    severity: 'error',
    title: titleOf(facts, reading),
    explanation:
      (facts.uniform
        ? `Add log p over all variables of a row, with as many classes as there are levels (${count(facts.levels)}), and `
        : `Add log p over all variables of a row, each the mass of its level among ${count(facts.levels)}, not the density in its middle, and `) +
      'divide the sum once by the number of variables, every colour counted, and by ln 2.',
    evidence: [
      ...figures(facts, reading),
      {
        label: 'Measured',
        value: `with all weights 0: ${facts.uniform ? 'each level as probable as any other' : 'every variable distributed alike'}`,
      },
    ],
    view: 'curves',
  });
}
