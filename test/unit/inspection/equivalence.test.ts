import { describe, expect, it } from 'vitest';
import { equivalenceReading, largestGap, momentOf } from '../../../src/figures/equivalenceWords.ts';
import { entropyOf } from '../../../src/data/generated/index.ts';
import { truthOf } from '../../../src/data/generated/truth.ts';
import { loadDataset } from '../../../src/data/load.ts';
import type { Bijector } from '../../../src/flows/bijector.ts';
import type { FlowLayer } from '../../../src/flows/flow.ts';
import { minus } from '../../../src/flows/sums.ts';
import { equivalenceFrame, equivalenceRows } from '../../../src/inspection/equivalence.ts';
import { snapshotOf, toEnd, type InspectionSource } from '../../../src/inspection/source.ts';
import { equivalence } from '../../../src/inspection/views/equivalence.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { dataSpec } from '../../../src/spec/data.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { autoregressiveLayer, couplingLayer, flowModel, realRows, reversalLayer } from './flowSpecimens.ts';
import { datasetOf, made, sourceOf } from './specimens.ts';

const frameOf = (source: InspectionSource, look?: 'quick') =>
  toEnd(equivalenceFrame(snapshotOf(source, null), look && { look }));

const layersOf = (dimension: number, direction: 'forward' | 'inverse'): FlowLayer[] => [
  autoregressiveLayer(dimension, direction),
  reversalLayer(dimension),
  autoregressiveLayer(dimension, direction),
];

/** A layer with something wrong in its way back. */
const withInverse = (layer: FlowLayer, inverse: (sound: Bijector) => Bijector['inverse']): FlowLayer => ({
  ...layer,
  bijector: { ...layer.bijector, inverse: inverse(layer.bijector) },
});

onEveryBackend('KL in x and KL in u', (backend) => {
  const source = (layers: readonly FlowLayer[], dimension: number, rows = 200): InspectionSource => {
    const model = flowModel({ dimension, layers });
    const random = RandomGenerator.seeded(4, 'parameters');
    const parameters = Object.fromEntries(
      Object.entries(model.initialise(RandomGenerator.seeded(1, 'weights'))).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float32Array.from(data, (own) => own + 0.2 * random.normal()) },
      ]),
    );
    const dataset = datasetOf(realRows(30, dimension), realRows(rows, dimension, 6));
    return sourceOf(model, backend(), { dataset, parameters });
  };

  it.each([
    ['forward', 'maf'],
    ['inverse', 'iaf'],
  ] as const)('are one number, row by row, of a flow that goes %s', async (direction, name) => {
    const of = source(layersOf(3, direction), 3);
    const frame = await frameOf(of);
    expect(frame).toMatchObject({ reason: null, direction: name, truth: null, complete: true, split: 'validation' });
    expect(frame.row).toHaveLength(200);
    // Without a truth the side in x is the NLL.
    const { score } = await scoreRows(of.model, of.parameters, (await of.dataset()).validation!, {
      backend: backend(),
    });
    const moment = momentOf(frame)!;
    expect(moment.inX).toBeCloseTo(score.nats, 4);
    expect(moment.error).toBeCloseTo(score.standardError, 4);
    const gap = largestGap(frame)!;
    expect(gap.rounding).toBe(true);
    expect(gap.size).toBeLessThan(1e-4);
    // Two ways, not one copied: float32 leaves a trace.
    expect(gap.size).toBeGreaterThan(0);
    expect(Math.max(...frame.wayBack)).toBeLessThan(1e-4);
  });

  it('go the incremental way where variables are many', async () => {
    const frame = await frameOf(source(layersOf(12, 'forward'), 12, 40));
    expect(largestGap(frame)!.size).toBeLessThan(5e-4);
  });

  it('differ where a log-determinant of the way back has the wrong sign', async () => {
    const [first, ...rest] = layersOf(3, 'forward');
    const broken = withInverse(first!, (sound) => (y, inputs) => {
      const { x, logDet } = sound.inverse(y, inputs);
      return { x, logDet: minus(logDet) };
    });
    const gap = largestGap(await frameOf(source([broken, ...rest], 3)))!;
    expect(gap.rounding).toBe(false);
    expect(gap.size).toBeGreaterThan(0.1);
  });

  it('are divergences where the density of the data is known', async () => {
    const spec = dataSpec.parse({ generate: 'two-moons', rows: 2000 });
    const dataset = await loadDataset(spec, { baseFolder: '/nowhere', seed: 3 });
    const plain = source(layersOf(2, 'forward'), 2);
    const of: InspectionSource = {
      ...plain,
      dataset: () => Promise.resolve(dataset),
      truth: (rows) => truthOf(spec, rows),
    };
    const frame = await frameOf(of);
    expect(frame.truth!.name).toBe('two-moons');
    expect(Math.abs(frame.truth!.nats - entropyOf('two-moons').nats)).toBeLessThan(0.15);
    const { score, perRow } = await scoreRows(of.model, of.parameters, dataset.validation!, { backend: backend() });
    const truth = truthOf(spec, dataset.validation!)!.perRow;
    for (const [i, row] of frame.row.entries()) expect(frame.inX[i]).toBeCloseTo(truth[row]! - perRow[row]!, 3);
    const moment = momentOf(frame)!;
    expect(moment.inX).toBeCloseTo(score.nats - frame.truth!.nats, 3);
    expect(moment.inU).toBeCloseTo(moment.inX, 3);
    expect(largestGap(frame)!.rounding).toBe(true);
  });

  it('have p* of the row that comes back, so that another way back shows', async () => {
    const spec = dataSpec.parse({ generate: 'eight-gaussians', rows: 500 });
    const dataset = await loadDataset(spec, { baseFolder: '/nowhere', seed: 3 });
    const [first, ...rest] = layersOf(2, 'forward');
    // Comes back somewhere else, with the log-determinant that the right place has.
    const broken = withInverse(first!, (sound) => (y, inputs) => {
      const { x, logDet } = sound.inverse(y, inputs);
      return { x: backend().tf.add(x, 0.05), logDet };
    });
    const of: InspectionSource = {
      ...source([broken, ...rest], 2),
      dataset: () => Promise.resolve(dataset),
      truth: (rows) => truthOf(spec, rows),
    };
    const frame = await frameOf(of);
    expect(largestGap(frame)!.rounding).toBe(false);
    expect(Math.min(...frame.wayBack)).toBeGreaterThan(0.04);
  });

  it('agree without a truth wherever rows come back, and then these tell', async () => {
    const [first, ...rest] = layersOf(3, 'forward');
    const sound = await frameOf(source([first!, ...rest], 3));
    expect([sound.lost, sound.elsewhere]).toEqual([0, 0]);
    expect(equivalenceReading(sound)).toMatch(/which is rounding\.$/);
    // 2 % off, with the log-determinant that the right place has.
    const broken = withInverse(first!, (own) => (y, inputs) => {
      const { x, logDet } = own.inverse(y, inputs);
      return { x: backend().tf.mul(x, 1.02), logDet };
    });
    const frame = await frameOf(source([broken, ...rest], 3));
    expect(largestGap(frame)!.rounding).toBe(true);
    expect(frame.elsewhere).toBeGreaterThan(190);
    expect(equivalenceReading(frame)).toMatch(
      /Row by row they agree: .* But [12]\d\d rows do not come back .* not the inverse of the way there, or .* tells which\.$/,
    );
    expect(equivalenceReading({ ...frame, elsewhere: 0 })).toContain('float32 loses digits of x');
  });

  it('are not there for models without autoregressive layers', async () => {
    const couplings = sourceOf(flowModel({ dimension: 3, layers: [couplingLayer(3, 0)] }), backend());
    for (const of of [couplings, sourceOf(made(4), backend())]) {
      expect((await frameOf(of)).reason).toContain('neither MAF nor IAF');
    }
  });

  it('are of fewer rows in haste, the first of a thorough look', async () => {
    const of = source(layersOf(3, 'forward'), 3, 2500);
    const [hasty, whole] = [await frameOf(of, 'quick'), await frameOf(of)];
    expect([hasty.row.length, hasty.complete]).toEqual([equivalenceRows(of.model, 'quick'), false]);
    expect([whole.row.length, whole.complete]).toEqual([2000, true]);
    expect([...whole.row.subarray(0, hasty.row.length)]).toEqual([...hasty.row]);
  });
});

describe('the view', () => {
  const facts = (kind: string | null) => ({
    dimension: 3,
    image: null,
    model: {
      type: 'maf',
      network: false,
      quantity: { kind: 'exact' as const, name: 'log-likelihood', unit: 'nats' },
      ...(kind !== null && { flow: { layers: [{ kind, title: '' }], base: '' } }),
    },
  });
  it('is of flows with autoregressive layers alone', () => {
    expect(equivalence.missing(facts('autoregressive'))).toBeNull();
    expect(equivalence.missing(facts('inverse-autoregressive'))).toBeNull();
    expect(equivalence.missing(facts('coupling'))).toContain('neither MAF nor IAF');
    expect(equivalence.missing(facts(null))).toContain('no normalising flow');
  });
});
