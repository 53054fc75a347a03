/** Runs of masked networks. */
import type { Finding } from '../../../src/inspection/findings.ts';
import { structuresOf } from './networks.ts';
import { digits, small, type Scenario } from './scenario.ts';

const table: Scenario = {
  ...small,
  experiment: 'nltcs-made',
  manifest: { ...small.manifest!, experiment: 'nltcs-made', image: null },
};

const leak: Finding = {
  id: 'future-leak',
  severity: 'error',
  title: '3 of 136 forbidden pairs leak',
  explanation:
    'An output depends on its own input or on a later one, so the likelihood is no likelihood. Look at the masks: one path forgets its mask.',
  evidence: [
    { label: 'Forbidden pairs with a path', value: '3 of 136' },
    { label: 'Largest forbidden |∂logit/∂x|', value: '0.2 at x̂₁ ← x₁' },
    { label: 'Σ p(x) over all 65,536 rows', value: '1.84' },
  ],
  view: 'masks',
  select: { kind: 'unit', layer: 3, unit: 0 },
  step: 1200,
};
const constant: Finding = {
  id: 'constant-columns',
  severity: 'info',
  title: '2 of 16 columns never change',
  explanation: 'Their logits grow without bound, and a later row that differs costs tens of nats.',
  evidence: [{ label: 'Columns', value: 'x₃, x₉' }],
  view: 'samples',
  step: 1200,
};
const overfit: Finding = {
  id: 'overfit',
  severity: 'warning',
  title: 'Validation NLL has risen for 6 epochs while train NLL fell',
  explanation: 'The model learns the training rows by heart. The parameters of the best epoch are kept.',
  evidence: [
    { label: 'Best validation', value: '6.21 nats, epoch 6' },
    { label: 'Now', value: '6.48 nats' },
  ],
  view: 'curves',
  step: 1200,
};

export const networkScenarios = {
  small,
  digits,
  table,
  several: {
    ...small,
    experiment: 'bars-orders',
    structures: structuresOf(16, {
      hidden: [64, 64],
      masks: 8,
      orderAgnostic: true,
      connectivityAgnostic: true,
      order: 'random',
    }),
  },
  leaky: { ...small, findings: [constant, leak, overfit], leaks: 3, leakyMasks: true },
  leakyDigits: { ...digits, leakyMasks: true },
  conditioned: {
    ...small,
    experiment: 'bars-conditioned',
    manifest: { ...small.manifest!, contextDimension: 3 },
    structures: structuresOf(16, { hidden: [24, 24], direct: true }),
    context: 3,
  },
  conditionedDigits: { ...digits, experiment: 'digits-conditioned', context: 10 },
} as const satisfies Record<string, Scenario>;
