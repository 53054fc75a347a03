/** Runs of flows. */
import type { RunManifest } from '../../../src/runs/manifest.ts';
import { structuresOf } from './networks.ts';
import { digits, small, type Scenario } from './scenario.ts';

/** What a manifest says of a flow of such layers. */
const flow = (type: string, kinds: readonly string[]): NonNullable<RunManifest['model']> => ({
  type,
  network: false,
  flow: {
    layers: kinds.map((kind) => ({ kind, title: kind })),
    base: 'standard logistic',
    passes: passesOf(kinds),
  },
  quantity: { kind: 'exact', name: 'log-likelihood', unit: 'nats' },
});

/** Counted as if there were 43 variables. */
function passesOf(kinds: readonly string[]) {
  const networks = kinds.filter((kind) => kind === 'coupling' || kind === 'autoregressive');
  const sequential = networks.filter((kind) => kind === 'autoregressive').length;
  const layers = networks.length;
  return { layers, density: layers, sampling: layers, naive: { density: layers, sampling: layers + 42 * sequential } };
}

/** Layers of the made-up flow. */
const madeUpKinds = ['coupling', 'permutation', 'coupling', 'coupling', 'scaling'];

const realNvp: Scenario = {
  ...small,
  experiment: 'table-realnvp',
  manifest: { ...small.manifest!, dimension: 6, image: null, model: flow('realnvp', madeUpKinds) },
  structures: structuresOf(6, { hidden: [8] }),
  loss: { from: 8.5, to: 4.1 },
};

export const flowScenarios = {
  realnvp: realNvp,
  faultyFlow: {
    ...realNvp,
    experiment: 'moons-faulty',
    flowFault: { leaks: [{ output: 1, input: 4, value: 0.21 }], wrong: 0.6 },
  },
  digitsFlow: {
    ...digits,
    experiment: 'digits-realnvp',
    manifest: { ...digits.manifest!, model: flow('realnvp', madeUpKinds) },
  },
  nice: {
    ...small,
    experiment: 'digits-nice',
    manifest: { ...small.manifest!, model: flow('nice', ['coupling', 'coupling', 'coupling', 'coupling', 'scaling']) },
  },
  maf: {
    ...small,
    experiment: 'moons-maf',
    manifest: {
      ...small.manifest!,
      dimension: 2,
      image: null,
      model: flow('maf', ['autoregressive', 'permutation', 'autoregressive']),
    },
    structures: structuresOf(2, { hidden: [8] }),
    loss: { from: 3.4, to: 1.8 },
  },
} as const satisfies Record<string, Scenario>;
