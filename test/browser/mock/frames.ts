/** Frames of every kind, made up of what a scenario says. */
import {
  FIRST_LABEL,
  frameFacts,
  OWN_SEED,
  type Frame,
  type FrameChoice,
  type FrameKind,
  type FrameOf,
} from '../../../src/inspection/frames.ts';
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import { equivalenceFrame } from '../../unit/figures/equivalenceFixtures.ts';
import { flowJacobianFrame, splitsFrame } from '../../unit/figures/flowLayerFixtures.ts';
import { heatFrame, latentFrame, transportFrame, walkFrame } from '../../unit/figures/latentFixtures.ts';
import {
  latentUnitsFrame,
  manifoldFrame,
  manifoldPointFrame,
  posteriorsFrame,
  posteriorWalkFrame,
  reconstructionsFrame,
  traversalsFrame,
} from '../../unit/figures/latentVariableFixtures.ts';
import { featureMapsFrame, rowSurpriseFrame } from '../../unit/figures/pixelRowFixtures.ts';
import { pixelDependency } from '../../unit/figures/pixelViewFixtures.ts';
import { ensembleFrame, entropyFrame, probabilityFrame } from '../../unit/figures/probabilityFixtures.ts';
import { unitTextFrame } from '../../unit/figures/unitTextFixtures.ts';
import { spectrumFrame } from '../../unit/figures/spectrumFixtures.ts';
import { connectivityOf, dependencyOf, jacobianOf, type Shown } from './networks.ts';
import { samplesOf } from './sampleFrames.ts';
import type { Scenario } from './scenario.ts';

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
  entropy: ({ scenario, structure, shown }) =>
    entropyFrame({ ...madeUp(scenario, structure, shown), text: scenario.manifest?.characters !== undefined }),
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
  walk: ({ scenario, structure, shown, choice }) => {
    const o = { ...madeUp(scenario, structure, shown), ...choice.options };
    return scenario.manifest?.model?.latent ? posteriorWalkFrame({ ...o, ...latentsOf(scenario) }) : walkFrame(o);
  },
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
  traversals: ({ scenario, structure, shown, choice }) =>
    traversalsFrame({ ...madeUp(scenario, structure, shown), ...latentsOf(scenario), ...choice.options }),
  drawingTime: ({ shown, choice }) => {
    const { asked } = { ...frameFacts.drawingTime.options, ...choice.options };
    const times = { one: 0.0123, each: 0.002, pass: 0.0008 };
    return { kind: 'drawingTime', ...shown, asked, times: asked === 0 ? null : times, naive: 64 };
  },
  unitText: ({ shown, choice }) => unitTextFrame({ ...choice.options, shown }),
  rowSurprise: ({ scenario, shown, choice }) =>
    rowSurpriseFrame({ image: scenario.manifest?.image ?? [4, 4], shown, ...choice.options }),
  featureMaps: ({ scenario, shown, choice }) =>
    featureMapsFrame({ image: scenario.manifest?.image ?? [4, 4], shown, ...choice.options }),
  dependency: ({ scenario, structure, shown, choice }) => {
    const of = { ...frameFacts.dependency.options, ...choice.options };
    const { image = null, model } = scenario.manifest ?? {};
    if (model?.pixels && image) {
      const { output } = of;
      return pixelDependency({ image, stacks: 'single', layers: 3, shown, ...(output >= 0 && { output }) });
    }
    return dependencyOf(structure, shown, { ...of, image, leaky: scenario.leakyMasks ?? false });
  },
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
