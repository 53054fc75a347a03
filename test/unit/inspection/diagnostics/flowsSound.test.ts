/** Flows: the sound ones set nothing off. */
import { expect, it } from 'vitest';
import { actNorm } from '../../../../src/flows/actNorm.ts';
import { mixing } from '../../../../src/flows/mixing.ts';
import { createModel } from '../../../../src/models/index.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import { made } from '../specimens.ts';
import { contextOf, judge } from './judge.ts';
import {
  ofFlows,
  realRows,
  levelRows,
  bits,
  couple,
  layer,
  flowOf,
  looked,
  findings,
  onEveryRealBackend,
} from './flowSpecimens.ts';

interface Preset {
  readonly name: string;
  readonly spec: object;
  readonly dimension: number;
  readonly context?: number;
}

const presets: readonly Preset[] = [
  { name: 'NICE', spec: { type: 'nice', hidden: [8] }, dimension: 5 },
  { name: 'RealNVP', spec: { type: 'realnvp', hidden: [8], layers: 4 }, dimension: 5 },
  { name: 'RealNVP with a context', spec: { type: 'realnvp', hidden: [8], layers: 4 }, dimension: 4, context: 2 },
  { name: 'MAF', spec: { type: 'maf', hidden: [8], layers: 3 }, dimension: 5 },
  {
    name: 'MAF with a context, places drawn at random',
    spec: { type: 'maf', hidden: [8], layers: 3, permutation: 'random' },
    dimension: 5,
    context: 2,
  },
  { name: 'MAF of one layer', spec: { type: 'maf', hidden: [8], layers: 1 }, dimension: 3 },
  { name: 'IAF', spec: { type: 'iaf', hidden: [8], layers: 2 }, dimension: 3 },
  { name: 'NICE of one variable', spec: { type: 'nice', hidden: [4] }, dimension: 1 },
  { name: 'MAF of one variable', spec: { type: 'maf', hidden: [4] }, dimension: 1 },
  { name: 'RealNVP of two', spec: { type: 'realnvp', hidden: [4] }, dimension: 2 },
];

onEveryRealBackend('sound flows', (backend) => {
  it.each(presets)('$name sets nothing off', async ({ spec, dimension, context: contextDimension = 0 }) => {
    const model = createModel(modelSpec.parse(spec), dimension, 1, contextDimension);
    const context = await looked(model, backend());
    expect(findings(context)).toEqual([]);
    for (const id of ['log-det', 'inverse-error', 'scale-blow-up', 'untransformed', 'slow-direction'] as const) {
      expect(judge(id, context)).toBe('ok');
    }
    if (contextDimension > 0) expect(judge('ignored-condition', context)).toBe('ok');
  });

  it('mixing and ActNorm set nothing off', async () => {
    const glow = flowOf([
      layer('act-norm', actNorm({ dimension: 4 })),
      layer('mixing', mixing({ dimension: 4 })),
      couple(bits(1, 1, 0, 0)),
      layer('act-norm', actNorm({ dimension: 4 })),
      layer('mixing', mixing({ dimension: 4 })),
      couple(bits(0, 0, 1, 1)),
    ]);
    const rows = realRows(60, 4);
    const start = glow.initialise(RandomGenerator.seeded(1, 'weights'));
    const fixed = Object.fromEntries(Object.entries(start).filter(([name]) => /lower|upper|logScale/.test(name)));
    const context = await looked(glow, backend(), { rows, changes: fixed });
    expect(findings(context)).toEqual([]);
    expect(judge('singular-mixing', context)).toBe('ok');
    expect(judge('order-inverse', context)).toBe('not-applicable');
    expect(judge('batch-norm', context)).toBe('not-applicable');
  });

  it('Glow on grey images sets nothing off, and reads exactly 3.000 bits of eight levels', async () => {
    const spec = { type: 'glow', image: [4, 4], scales: 1, steps: 2, hidden: [6] };
    const glow = createModel(modelSpec.parse({ ...spec, dequantise: { levels: 8, logit: 0.05 } }), 16, 1);
    const rows = levelRows(60, 16, 8);
    // As it starts but for its couplings: from ActNorm on the first rows.
    const start = glow.initialise(RandomGenerator.seeded(1, 'weights'));
    const fixed = Object.fromEntries(Object.entries(start).filter(([name]) => /lower|upper|logScale/.test(name)));
    const context = await looked(glow, backend(), { rows, changes: fixed });
    expect(findings(context)).toEqual([]);
    for (const id of ofFlows.filter((one) => one !== 'batch-norm' && one !== 'ignored-condition')) {
      expect([id, judge(id, context)]).toEqual([id, 'ok']);
    }
    expect(context.uniformBits!.bits.toFixed(3)).toBe('3.000');
  });

  it('another model has none of these', async () => {
    const context = await contextOf(made(4), backend());
    for (const id of ofFlows.filter((one) => one !== 'order-inverse')) {
      expect(judge(id, context)).toBe('not-applicable');
    }
  });
});
