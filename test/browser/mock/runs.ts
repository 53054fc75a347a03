/** Runs for the inspector to show: one scenario each, their numbers made up but of the right shape. */
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { Finding } from '../../../src/inspection/findings.ts';
import {
  FIRST_LABEL,
  frameFacts,
  OWN_SEED,
  type Frame,
  type FrameChoice,
  type FrameKind,
  type FrameOf,
  type SamplesFrame,
} from '../../../src/inspection/frames.ts';
import type { CheckCounts, DisplayState } from '../../../src/protocol/webview.ts';
import type { PairValue } from '../../../src/inspection/frames/flowJacobian.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { connectivityOf, dependencyOf, jacobianOf, structuresOf, type Shown } from './networks.ts';
import { ensembleFrame, entropyFrame, probabilityFrame } from '../../unit/figures/probabilityFixtures.ts';
import { equivalenceFrame } from '../../unit/figures/equivalenceFixtures.ts';
import { spectrumFrame } from '../../unit/figures/spectrumFixtures.ts';
import { heatFrame, latentFrame, transportFrame, walkFrame } from '../../unit/figures/latentFixtures.ts';
import { toBytes } from '../../../src/inspection/sampleFrames.ts';
import {
  latentUnitsFrame,
  manifoldFrame,
  manifoldPointFrame,
  posteriorsFrame,
  reconstructionsFrame,
} from '../../unit/figures/latentVariableFixtures.ts';
import { digitImages } from './digits.ts';
import { flowJacobianFrame, splitsFrame } from '../../unit/figures/flowLayerFixtures.ts';

export interface Scenario {
  readonly experiment: string;
  /** null: the experiment has no run yet. */
  readonly manifest: RunManifest | null;
  /** Where it is not the manifest's own. */
  readonly state: DisplayState | null;
  readonly owner: number | null;
  readonly problem: string | null;
  readonly batchesAnEpoch: number;
  readonly batches: number;
  /** NLL, nats: where the curve starts and where it tends to. */
  readonly loss: { readonly from: number; readonly to: number };
  readonly structures: readonly MadeStructure[];
  readonly findings: readonly Finding[];
  readonly checks: CheckCounts | null;
  /** Pairs that leak in the measured Jacobian. */
  readonly leaks: number;
  /** Whether the masks themselves leak. */
  readonly leakyMasks?: boolean;
  /** Columns of a context; a model with one here has companion weights (U) as well. */
  readonly context?: number;
  /** What is wrong with the layers of a flow. */
  readonly flowFault?: { readonly leaks: readonly PairValue[]; readonly wrong: number };
}

const manifest: RunManifest = {
  formatVersion: 1,
  experiment: 'digits-made',
  experimentFile: '../../../digits-made.lens.json',
  created: '2025-01-02T03:04:05.000Z',
  state: 'running',
  backend: 'wasm',
  reason: null,
  dimension: 16,
  image: [4, 4],
  parameterCount: 6_352,
  step: 0,
  epoch: 0,
  epochs: 30,
  best: null,
  checkpoints: { last: null, best: null },
  validation: null,
  test: null,
};
const kept = { last: '00001200', best: '00001100' };

const small: Scenario = {
  experiment: 'bars-made',
  manifest: { ...manifest, experiment: 'bars-made', checkpoints: kept },
  state: null,
  owner: null,
  problem: null,
  batchesAnEpoch: 100,
  batches: 1234,
  loss: { from: 11.1, to: 6.2 },
  structures: structuresOf(16, { hidden: [64, 64] }),
  findings: [],
  checks: null,
  leaks: 0,
};

const digits: Scenario = {
  ...small,
  experiment: 'digits-made',
  manifest: { ...manifest, dimension: 784, image: [28, 28], parameterCount: 1_034_284, checkpoints: kept },
  batchesAnEpoch: 80,
  batches: 700,
  loss: { from: 543, to: 88 },
  structures: structuresOf(784, { hidden: [500, 500] }),
};

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

const state = (change: Partial<RunManifest>): RunManifest => ({ ...small.manifest!, ...change });
const score = (nats: number) => ({
  rows: 2000,
  nats,
  standardError: 0.04,
  bitsPerDim: nats / (16 * Math.LN2),
  quantity: 'NLL',
});

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

/** A variational autoencoder of so many latents. */
const vae = (latent: number): Scenario => ({
  ...small,
  experiment: 'bars-vae',
  manifest: {
    ...small.manifest!,
    model: {
      type: 'vae',
      network: false,
      latent: { dimension: latent, posterior: 'gaussian' },
      quantity: { kind: 'bound', name: 'evidence lower bound (ELBO)', unit: 'nats' },
    },
  },
});

/** Everything that a run can be found in. */
export const scenarios = {
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
  vae: vae(2),
  vaeOfMany: vae(6),
  empty: { ...small, manifest: null, batches: 0 },
  preparing: { ...small, manifest: state({ state: 'preparing' }), batches: 0 },
  paused: { ...small, manifest: state({ state: 'paused' }) },
  finished: {
    ...small,
    batches: 3000,
    checks: { passed: 7, notApplicable: 1 },
    manifest: state({
      state: 'finished',
      reason: 'The validation NLL has not improved for 10 epochs.',
      validation: score(6.19),
      test: score(6.22),
    }),
  },
  stopped: { ...small, manifest: state({ state: 'stopped', reason: 'Stopped by hand.' }) },
  failed: {
    ...small,
    manifest: state({
      state: 'failed',
      reason:
        'The first value that is not finite is in the gradient of hidden.1.weight at step 1,235, row 17 of the batch: −∞.\nThe learning rate of 10 is the likely cause.',
    }),
  },
  interrupted: { ...small, state: 'interrupted' },
  elsewhere: { ...small, state: 'elsewhere', owner: 4711 },
  restarting: {
    ...small,
    state: 'restarting',
    problem: 'the worker process was killed (SIGKILL); restarting from the last checkpoint (1 of 3)',
  },
  lost: {
    ...small,
    state: 'interrupted',
    problem: 'The worker ended with SIGKILL three times within a minute and is not started again.',
  },
} as const satisfies Record<string, Scenario>;
export type ScenarioName = keyof typeof scenarios;

/** Metrics of so many minibatches: a fall that slows, noise around it, a validation curve that turns in the end. */
export function metricsOf({ loss, batchesAnEpoch, structures }: Scenario, batches: number): Metric[] {
  const random = RandomGenerator.seeded(3, 'metrics');
  const metrics: Metric[] = [];
  let sum = 0;
  let best = Infinity;
  const span = loss.from - loss.to;
  for (let step = 1; step <= batches; step++) {
    const epoch = step / batchesAnEpoch;
    const mean =
      loss.to +
      span * (0.82 * Math.exp(-step / (0.3 * batchesAnEpoch)) + 0.18 * Math.exp(-step / (4 * batchesAnEpoch)));
    const train = mean + (random.uniform() + random.uniform() - 1) * 0.025 * span;
    sum += train;
    metrics.push({ type: 'batch', step, epoch, seconds: step * 0.021, train, mask: step % structures.length });
    if (step % batchesAnEpoch !== 0) continue;
    const validation = mean + 0.012 * span + 0.0004 * span * Math.max(0, epoch - 8) ** 2;
    metrics.push({
      type: 'epoch',
      step,
      epoch,
      seconds: step * 0.021,
      train: sum / batchesAnEpoch,
      validation,
      best: validation < best,
      rowsPerSecond: 4700 + 60 * random.uniform(),
    });
    best = Math.min(best, validation);
    sum = 0;
  }
  return metrics;
}

/** What a made-up frame is made of. */
interface Making<K extends FrameKind> {
  readonly scenario: Scenario;
  readonly structure: MadeStructure;
  readonly shown: Shown;
  readonly choice: FrameChoice<K>;
}

const makers: { readonly [K in FrameKind]: (making: Making<K>) => FrameOf<K> } = {
  connectivity: ({ structure, shown, scenario }) =>
    connectivityOf(structure, shown, { leaky: scenario.leakyMasks ?? false, context: scenario.context ?? 0 }),
  jacobian: ({ structure, shown, scenario }) => jacobianOf(structure, shown, scenario.leaks),
  samples: ({ scenario, shown, choice }) => {
    const wished = choice.options?.seed ?? OWN_SEED;
    // Each scenario has a seed of its own.
    const seed = wished === OWN_SEED ? 6 + scenario.structures.length : wished;
    return { ...samplesOf(scenario, shown, 100, seed, null), seed };
  },
  scores: ({ scenario, shown }) => ({
    kind: 'scores',
    ...shown,
    split: 'test',
    of: 2000,
    nats: Float64Array.from(
      { length: 500 },
      (_, row) => scenario.loss.to + 2 * Math.sin(row) + 0.3 * Math.sin(7 * row + scenario.structures.length),
    ),
    data: scenario.structures[0]!.order.length,
    quantity: 'NLL',
  }),
  probability: ({ scenario, structure, shown, choice }) => {
    const label = { index: Math.max(0, choice.options?.label ?? FIRST_LABEL), count: scenario.context ?? 0, names: [] };
    const total = scenario.leakyMasks ? 1.84 : 1 + 6e-8;
    return probabilityFrame({ ...madeUp(scenario, structure, shown), total, ...(scenario.context && { label }) });
  },
  ensemble: ({ scenario, shown }) => ensembleFrame(shown.maskCount, { shown, nats: scenario.loss.to }),
  entropy: ({ scenario, structure, shown }) => entropyFrame(madeUp(scenario, structure, shown)),
  equivalence: ({ scenario, shown }) => equivalenceFrame({ shown, dimension: scenario.manifest?.dimension ?? 2 }),
  spectrum: ({ scenario, structure, shown }) => spectrumFrame(madeUp(scenario, structure, shown)),
  splits: ({ scenario, structure, shown }) =>
    splitsFrame({
      ...madeUp(scenario, structure, shown),
      splits: scenario.flowFault === undefined ? 'alternating' : 'nothing',
    }),
  flowJacobian: ({ scenario, structure, shown, choice }) =>
    flowJacobianFrame({ ...madeUp(scenario, structure, shown), ...choice.options, ...scenario.flowFault }),
  transport: ({ scenario, shown, choice }) => {
    const label = choice.options?.label ?? FIRST_LABEL;
    const names = ['upper', 'lower'];
    const condition = scenario.context
      ? ({ kind: 'label', label: Math.max(0, label), names, count: 2 } as const)
      : null;
    return transportFrame({ shown, condition });
  },
  latent: ({ scenario, structure, shown }) => latentFrame({ ...madeUp(scenario, structure, shown) }),
  walk: ({ scenario, structure, shown, choice }) =>
    walkFrame({ ...madeUp(scenario, structure, shown), ...choice.options }),
  heat: ({ scenario, structure, shown, choice }) =>
    heatFrame({ ...madeUp(scenario, structure, shown), ...choice.options }),
  manifold: ({ scenario, structure, shown, choice }) =>
    manifoldFrame({
      ...madeUp(scenario, structure, shown),
      ...latentsOf(scenario),
      ...frameFacts.manifold.options,
      ...choice.options,
    }),
  manifoldPoint: ({ scenario, structure, shown, choice }) =>
    manifoldPointFrame({ ...madeUp(scenario, structure, shown), ...latentsOf(scenario), ...choice.options }),
  posteriors: ({ scenario, shown }) => posteriorsFrame({ shown, ...latentsOf(scenario) }),
  latentUnits: ({ scenario, shown }) => latentUnitsFrame({ shown, ...latentsOf(scenario) }),
  reconstructions: ({ scenario, structure, shown }) => reconstructionsFrame(madeUp(scenario, structure, shown)),
  dependency: ({ scenario, structure, shown, choice }) =>
    dependencyOf(structure, shown, {
      ...frameFacts.dependency.options,
      ...choice.options,
      image: scenario.manifest?.image ?? null,
      leaky: scenario.leakyMasks ?? false,
    }),
};

const latentsOf = ({ manifest: of }: Scenario) => ({ latent: of?.model?.latent?.dimension ?? 2 });

const madeUp = ({ manifest: of }: Scenario, { order }: MadeStructure, shown: Shown) => ({
  dimension: order.length,
  order,
  image: of?.image ?? null,
  maskCount: shown.maskCount,
  shown,
});

/** A frame of a choice as it would be after so many batches. */
export function frameOf<K extends FrameKind>(scenario: Scenario, choice: FrameChoice<K>, shown: Shown): Frame {
  return makers[choice.kind]({ scenario, structure: scenario.structures[shown.mask]!, shown, choice });
}

export function samplesOf(
  { manifest: of, structures }: Scenario,
  shown: Shown,
  rows: number,
  seed: number,
  request: SamplesFrame['request'],
): SamplesFrame {
  const dimension = structures[0]!.order.length;
  const random = RandomGenerator.seeded(seed, 'samples');
  const image = of?.image ?? null;
  if (dimension === 2) return pointsOf(shown, rows, random, request);
  const means = dimension === 784 ? digitImages(rows, random) : barImages(rows, dimension, random);
  const values = means.map((mean) => (random.uniform() * 255 < mean ? 255 : 0));
  return { kind: 'samples', ...shown, rows, dimension, image, values, means, request };
}

/** Two moons, the draws a little wider than the data. */
function pointsOf(shown: Shown, rows: number, random: RandomGenerator, request: SamplesFrame['request']): SamplesFrame {
  const moons = (count: number, spread: number) =>
    Float32Array.from({ length: count }, (_, i) => i).reduce(
      (all, _, i) => {
        const angle = Math.PI * random.uniform();
        const upper = i % 2 === 0;
        all[2 * i] = (upper ? Math.cos(angle) : 1 - Math.cos(angle)) + spread * random.normal();
        all[2 * i + 1] = (upper ? Math.sin(angle) : 0.5 - Math.sin(angle)) + spread * random.normal();
        return all;
      },
      new Float32Array(2 * count),
    );
  const data = { split: 'validation', values: moons(300, 0.06), of: 1000 } as const;
  const values = moons(rows, 0.14);
  // One that is far from all data.
  values.set([9, 0.5], 2);
  const range = [-2, 3] as const;
  return {
    ...{ kind: 'samples', ...shown, rows, dimension: 2, image: null, means: null, request, range, data },
    values: toBytes(values, range),
    exact: { values },
  };
}

/** Bars and stripes with a little doubt. */
function barImages(rows: number, dimension: number, random: RandomGenerator): Uint8Array {
  const side = Math.round(Math.sqrt(dimension));
  const values = new Uint8Array(rows * dimension);
  for (let row = 0; row < rows; row++) {
    const across = random.uniform() < 0.5;
    const on = Array.from({ length: side }, () => random.uniform() < 0.5);
    for (let d = 0; d < dimension; d++) {
      const lit = on[across ? Math.floor(d / side) % side : d % side]!;
      values[row * dimension + d] = Math.round(255 * (lit ? 0.9 + 0.1 * random.uniform() : 0.08 * random.uniform()));
    }
  }
  return values;
}
