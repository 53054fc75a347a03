/** Runs of models of text. */
import { VERSE } from '../../unit/figures/unitTextFixtures.ts';
import { structuresOf } from './networks.ts';
import { small, type Scenario } from './scenario.ts';

const text: Scenario = {
  ...small,
  experiment: 'verse-lstm',
  manifest: {
    ...small.manifest!,
    experiment: 'verse-lstm',
    dimension: 64,
    image: null,
    parameterCount: 21_988,
    characters: [...new Set(VERSE)].sort(),
    model: {
      type: 'char-rnn',
      network: false,
      text: true,
      quantity: { kind: 'exact', name: 'log-likelihood', unit: 'nats' },
    },
  },
  loss: { from: 260, to: 110 },
  structures: structuresOf(64, { hidden: [8] }),
};

export const textScenarios = { text } as const satisfies Record<string, Scenario>;
