/** Flows: what a broken one sets off, and what the sound ones leave silent. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../../src/data/dataset.ts';
import { actNorm } from '../../../../src/flows/actNorm.ts';
import { gaussian } from '../../../../src/flows/bases.ts';
import { batchNorm } from '../../../../src/flows/batchNorm.ts';
import { inverted, type Bijector } from '../../../../src/flows/bijector.ts';
import { coupling } from '../../../../src/flows/coupling.ts';
import type { FlowLayer, FlowLayerKind } from '../../../../src/flows/flow.ts';
import { maskedAutoregressive } from '../../../../src/flows/maskedAutoregressive.ts';
import { mixing } from '../../../../src/flows/mixing.ts';
import { permutation } from '../../../../src/flows/permutation.ts';
import { levelScaling, logit } from '../../../../src/flows/pixels.ts';
import { scaling } from '../../../../src/flows/scaling.ts';
import type { DiagnosticContext } from '../../../../src/inspection/diagnostics/context.ts';
import type { DiagnosticId } from '../../../../src/inspection/findings.ts';
import { disposeTensors, upload } from '../../../../src/layers/namedTensors.ts';
import { FlowModel } from '../../../../src/models/flowModel.ts';
import { createModel } from '../../../../src/models/index.ts';
import type { Model, NamedArrays } from '../../../../src/models/model.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import type { Backend } from '../../../../src/backends/backend.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { datasetOf, initialParameters, made } from '../specimens.ts';
import { contextOf, evidenceOf, judge } from './judge.ts';

const ofFlows: readonly DiagnosticId[] = [
  'log-det',
  'order-inverse',
  'inverse-error',
  'batch-norm',
  'bits-per-dim',
  'scale-blow-up',
  'singular-mixing',
  'untransformed',
  'slow-direction',
  'ignored-condition',
];

/** Rows of columns that depend on each other, at other places and of other sizes. */
function realRows(rows: number, columns: number, contextColumns = 0): Matrix {
  const random = RandomGenerator.seeded(4, 'flows');
  const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const values = normals(rows * columns).map((own, at, all) => {
    const d = at % columns;
    return d === 0 ? own : 1 + d + own + 0.5 * all[at - 1]!;
  });
  return {
    ...{ rows, columns, values },
    ...(contextColumns > 0 && {
      context: { rows, columns: contextColumns, values: normals(rows * contextColumns) },
    }),
  };
}

function levelRows(rows: number, columns: number, levels: number): Matrix {
  const random = RandomGenerator.seeded(4, 'levels');
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, () => random.integer(0, levels - 1)) };
}

const networks = { hidden: [8], activation: 'tanh', contextDimension: 0 } as const;
const bits = (...passes: number[]) => Uint8Array.from(passes);
const couple = (passes: Uint8Array, law: 'tanh' | 'exponential' | 'additive' = 'tanh') =>
  layer('coupling', coupling({ ...networks, passes, law }));
/** Of three variables in their own order. */
const masked = () =>
  layer(
    'autoregressive',
    maskedAutoregressive({
      structure: { order: Int32Array.of(1, 2, 3), hidden: [Int32Array.of(1, 2, 1, 2, 1, 2)], direct: false },
      ...{ activation: 'tanh', contextDimension: 0, scale: 'exponential', networks: 'one' },
    }),
  );
const ring = Int32Array.of(1, 2, 0);

function layer(kind: FlowLayerKind, bijector: Bijector): FlowLayer {
  return { kind, title: kind, about: 'of a specimen', bijector };
}

interface Composed {
  readonly levels?: number;
  readonly contextDimension?: number;
}

function flowOf(layers: readonly FlowLayer[], { levels, contextDimension = 0 }: Composed = {}): FlowModel {
  const { dimension } = layers[0]!.bijector;
  return new FlowModel({
    type: 'realnvp',
    contextDimension,
    levels: levels ?? null,
    buffers: {},
    assemble: () => ({ dimension, layers, base: gaussian(dimension) }),
  });
}

/** Parameters as after some training: nothing at 0, and measured what is measured. */
async function settled(model: Model, rows: Matrix, changes: NamedArrays = {}): Promise<NamedArrays> {
  let parameters: NamedArrays = { ...initialParameters(model), ...changes };
  for (const when of model.measured?.when ?? []) {
    const tensors = upload(parameters);
    const work = model.measured!.measure(when, tensors, rows);
    let step = await work.next();
    while (!step.done) step = await work.next();
    disposeTensors(tensors);
    parameters = { ...parameters, ...step.value };
  }
  return parameters;
}

interface Looked {
  readonly rows?: Matrix;
  readonly parameters?: NamedArrays;
  readonly changes?: NamedArrays;
  readonly step?: number;
}

async function looked(model: Model, backend: Backend, o: Looked = {}): Promise<DiagnosticContext> {
  const rows = o.rows ?? realRows(60, model.dimension, model.contextDimension);
  const parameters = o.parameters ?? (await settled(model, rows, o.changes));
  return contextOf(model, backend, { dataset: datasetOf(rows), parameters, step: o.step ?? 10 });
}

/** What the diagnostics of flows say, but for those that are silent or do not apply. */
function findings(context: DiagnosticContext): string[] {
  return ofFlows.flatMap((id) => {
    const found = judge(id, context);
    return typeof found === 'string' ? [] : [`${id}: ${found.title}`];
  });
}

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

/** Whole flows would take minutes where a GPU is imitated. */
const onEveryRealBackend = (...[title, suite]: Parameters<typeof onEveryBackend>) =>
  onEveryBackend(title, suite, { software: false });

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

/** The same layer with something else in one of its directions. */
function altered(one: FlowLayer, changes: Partial<Bijector>): FlowLayer {
  return { ...one, bijector: { ...one.bijector, ...changes } };
}

onEveryRealBackend('log-det', (backend) => {
  const sound = couple(bits(1, 0, 0));

  it('finds a sign that is that of the way back, and the layer', async () => {
    const wrong = altered(sound, {
      forward(x, inputs) {
        const { y, logDet } = sound.bijector.forward(x, inputs);
        return { y, logDet: tf.neg(logDet) };
      },
    });
    const found = judge('log-det', await looked(flowOf([couple(bits(0, 1, 1)), wrong]), backend()));
    expect(found).toMatchObject({
      severity: 'error',
      title: '1 layer states another log|det| than that of its Jacobian',
      explanation: expect.stringContaining('differ by their sign') as unknown,
    });
    expect(evidenceOf(found)['Of layer 2 (coupling) alone']).toMatch(/ stated, .* measured$/);
  });

  it('finds a layer whose term is missing', async () => {
    const plain = scaling(3);
    const wrong = altered(layer('scaling', plain), {
      forward: (x, inputs) => ({ ...plain.forward(x, inputs), logDet: tf.zeros([x.shape[0]]) }),
    });
    expect(judge('log-det', await looked(flowOf([sound, wrong]), backend()))).toMatchObject({
      explanation: expect.stringMatching(/layer 2 \(scaling\).*term of this layer is missing/) as unknown,
    });
  });

  it('finds a sum over the batch', async () => {
    const wrong = altered(sound, {
      forward(x, inputs) {
        const { y, logDet } = sound.bijector.forward(x, inputs);
        return { y, logDet: tf.tile(tf.reshape<tf.Rank.R1>(tf.sum(logDet), [1]), [x.shape[0]]) };
      },
    });
    const context = await looked(flowOf([couple(bits(0, 1, 1)), wrong]), backend());
    expect(judge('log-det', context)).toMatchObject({ severity: 'error' });
    expect(judge('log-det', { ...context, flowLogDet: null })).toMatchObject({
      title: 'log p of a row depends on the rows beside it',
    });
  });

  it('finds a log p that forgets a layer though every one states its own', async () => {
    const flow = flowOf([sound, couple(bits(0, 1, 1))]);
    const whole = flow.logProb.bind(flow);
    flow.logProb = (x, inputs) => {
      const { logDet } = sound.bijector.forward(x, {
        ...inputs,
        parameters: Object.fromEntries(
          Object.entries(inputs.parameters).map(([name, own]) => [name.replace('layers.0.', ''), own]),
        ),
      });
      return tf.sub(whole(x, inputs), logDet);
    };
    const found = judge('log-det', await looked(flow, backend()));
    expect(found).toMatchObject({ title: 'log p is not the sum of the base and the layers' });
  });
});

onEveryRealBackend('order-inverse of flows', (backend) => {
  const crossed = (order: Int32Array) =>
    altered(layer('permutation', permutation(order)), {
      inverse: (y, inputs) => {
        const { y: x, logDet } = permutation(order).forward(y, inputs);
        return { x, logDet };
      },
    });

  it('is silent for three in a circle that come back', async () => {
    const context = await looked(flowOf([masked(), layer('permutation', permutation(ring)), masked()]), backend());
    expect(judge('order-inverse', context)).toBe('ok');
    expect(findings(context)).toEqual([]);
  });

  it('finds a permutation where its inverse belongs, and nothing where the two are one', async () => {
    const context = await looked(flowOf([masked(), crossed(ring), masked()]), backend());
    expect(judge('order-inverse', context)).toMatchObject({
      severity: 'error',
      title: '1 permutation is not undone on the way back',
    });
    // It is told once.
    expect(judge('inverse-error', context)).toBe('ok');
    const swap = await looked(flowOf([masked(), crossed(Int32Array.of(2, 1, 0)), masked()]), backend());
    expect(judge('order-inverse', swap)).toBe('ok');
  });
});

onEveryRealBackend('inverse-error', (backend) => {
  const sound = couple(bits(1, 0, 0), 'exponential');

  it('finds an inverse that is another map', async () => {
    const wrong = altered(sound, {
      inverse(y, inputs) {
        const { y: x, logDet } = sound.bijector.forward(y, inputs);
        return { x, logDet };
      },
    });
    const found = judge('inverse-error', await looked(flowOf([wrong, couple(bits(0, 1, 1))]), backend()));
    expect(found).toMatchObject({
      severity: 'error',
      title: 'Rows do not come back through layer 1 (coupling)',
      explanation: expect.stringContaining('is another map') as unknown,
    });
  });

  it('finds digits that float32 rounded off beside a shift', async () => {
    const model = flowOf([sound, couple(bits(0, 1, 1))]);
    // x₂ and x₃ become x·e⁻¹² + 100: of x = 1 a quarter of the last digit of 100 is left.
    const output = { shape: [4], data: Float32Array.of(100, 100, -12, -12) };
    const still = { shape: [4, 8], data: new Float32Array(32) };
    const found = judge(
      'inverse-error',
      await looked(model, backend(), { changes: { 'layers.0.output.weight': still, 'layers.0.output.bias': output } }),
    );
    expect(found).toMatchObject({
      severity: 'error',
      title: 'Rows do not come back through layer 1 (coupling)',
      explanation: expect.stringContaining('float32 rounded them off') as unknown,
    });
    const lost = Number(evidenceOf(found)['Error of the way back in float64, of 1 and the size of x']);
    expect(lost).toBeGreaterThan(0.1);
  });
});

onEveryRealBackend('batch-norm', (backend) => {
  const layers = [couple(bits(1, 0, 0)), layer('batch-norm', batchNorm({ dimension: 3 })), couple(bits(0, 1, 1))];

  it('is silent where stored statistics score', async () => {
    expect(judge('batch-norm', await looked(flowOf(layers), backend()))).toBe('ok');
  });

  it('finds a density that goes by the moments of the batch', async () => {
    const flow = flowOf(layers);
    flow.logProb = (x, inputs) => tf.neg(flow.objective(x, inputs));
    const found = judge('batch-norm', await looked(flow, backend()));
    expect(found).toMatchObject({ severity: 'error', title: /^The NLL of a row depends on the batch/ });
    const evidence = evidenceOf(found);
    expect(evidence['NLL of 12 rows scored at once']).not.toBe(evidence['The same rows, one at a time']);
  });

  it('finds statistics that were never set, once there has been a step', async () => {
    const flow = flowOf(layers);
    const parameters = initialParameters(flow);
    expect(judge('batch-norm', await looked(flow, backend(), { parameters }))).toMatchObject({
      severity: 'warning',
      title: '1 layer of batch normalisation has no statistics yet',
    });
    expect(judge('batch-norm', await looked(flow, backend(), { parameters, step: 0 }))).toBe('ok');
  });
});

onEveryRealBackend('bits-per-dim', (backend) => {
  const rows = levelRows(60, 4, 256);
  const judged = async (pixels: readonly FlowLayer[], change: (model: FlowModel) => FlowModel = (model) => model) => {
    const model = change(flowOf([...pixels, couple(bits(1, 1, 0, 0)), couple(bits(0, 0, 1, 1))], { levels: 256 }));
    return looked(model, backend(), { rows });
  };
  const divided = (levels: number) => layer('pixels', levelScaling(4, levels));

  it('reads exactly 8.000 of a uniform density, with a logit and without', async () => {
    for (const pixels of [[divided(256)], [divided(256), layer('pixels', logit(4, 0.05))]]) {
      const context = await judged(pixels);
      expect(context.uniformBits!.bits.toFixed(3)).toBe('8.000');
      expect(findings(context)).toEqual([]);
      expect(judge('bits-per-dim', context)).toBe('ok');
    }
  });

  it('finds 255 where 256 belongs, and 7 bits where 8 do', async () => {
    const finding = judge('bits-per-dim', await judged([divided(255)]));
    expect(finding).toMatchObject({ severity: 'error' });
    expect(evidenceOf(finding)['Levels 0 … 255 with their noise become']).toMatch(/… 1\.00\d\d$/);
    expect(judge('bits-per-dim', await judged([divided(128)]))).toMatchObject({ severity: 'error' });
  });

  it('finds levels without noise between them, and levels that nothing scales', async () => {
    const silent = (model: FlowModel) => Object.assign(model, { noise: () => ({}) });
    expect(judge('bits-per-dim', await judged([divided(256)], silent))).toMatchObject({
      title: 'Levels are scored by a density without noise between them',
    });
    expect(judge('bits-per-dim', await judged([]))).toMatchObject({
      explanation: expect.stringContaining('No layer leads the levels') as unknown,
    });
  });

  it('finds a log-determinant of the logit that is not that of its inverse', async () => {
    const own = logit(4, 0.05);
    const wrong = altered(layer('pixels', own), {
      forward: (x, inputs) => ({ y: own.forward(x, inputs).y, logDet: tf.zeros([x.shape[0]]) }),
    });
    expect(judge('bits-per-dim', await judged([divided(256), wrong]))).toMatchObject({ severity: 'error' });
  });
});

onEveryRealBackend('scale-blow-up', (backend) => {
  const model = flowOf([couple(bits(1, 0, 0), 'exponential'), couple(bits(0, 1, 1))]);
  const withScale = (s: number) => ({
    'layers.0.output.weight': { shape: [4, 8], data: new Float32Array(32) },
    'layers.0.output.bias': { shape: [4], data: Float32Array.of(0, 0, s, 0.1) },
    'layers.1.output.weight': { shape: [2, 8], data: new Float32Array(16) },
    'layers.1.output.bias': { shape: [2], data: new Float32Array(2) },
  });

  it('finds scales that round everything else away, and those that overflow', async () => {
    expect(judge('scale-blow-up', await looked(model, backend(), { changes: withScale(5) }))).toBe('ok');
    const steep = judge('scale-blow-up', await looked(model, backend(), { changes: withScale(-20) }));
    expect(steep).toMatchObject({ severity: 'warning', title: 'Log-scales reach 20 in layer 1 (coupling)' });
    expect(evidenceOf(steep)['Log-scale of layer 1 (coupling) over 60 train rows']).toBe('-20 … 0.1');
    expect(judge('scale-blow-up', await looked(model, backend(), { changes: withScale(100) }))).toMatchObject({
      severity: 'error',
      title: 'Layer 1 (coupling) overflows',
    });
  });

  it('finds a layer that sits at its bound', async () => {
    const steep = { shape: [2, 8], data: new Float32Array(16).fill(0) };
    const changes = {
      'layers.1.output.weight': steep,
      'layers.1.output.bias': { shape: [2], data: Float32Array.of(0, 9) },
    };
    const found = judge('scale-blow-up', await looked(model, backend(), { changes }));
    expect(found).toMatchObject({ severity: 'info', title: '1 layer has most log-scales at their bound' });
    expect(evidenceOf(found)['At the bound of its form, layer 2 (coupling)']).toBe('100 % of 60 log-scales');
  });

  it('finds rows that lie beyond all that the base draws', async () => {
    const rows = realRows(60, 3);
    const far = { ...rows, values: Float32Array.from(rows.values, (own, at) => (at % 3 === 1 ? own + 5e5 : own)) };
    expect(judge('scale-blow-up', await looked(model, backend(), { rows: far }))).toMatchObject({
      title: /^u lies .* from the middle of the base$/,
      select: { kind: 'variable', variable: 1 },
    });
  });
});

onEveryRealBackend('singular-mixing', (backend) => {
  const model = flowOf([
    layer('act-norm', actNorm({ dimension: 3 })),
    layer('mixing', mixing({ dimension: 3 })),
    couple(bits(1, 0, 0)),
    couple(bits(0, 1, 1)),
  ]);
  const start = model.initialise(RandomGenerator.seeded(1, 'weights'));
  const vector = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
  const judged = async (changes: NamedArrays) =>
    judge(
      'singular-mixing',
      await looked(model, backend(), { parameters: { ...initialParameters(model), ...start, ...changes } }),
    );

  it('is silent for a rotation, and for a matrix that stretches a little', async () => {
    expect(await judged({})).toBe('ok');
    const diagonal = {
      ...start['layers.1.logScale']!,
      data: start['layers.1.logScale']!.data.map((s, i) => s - 2 * i),
    };
    expect(await judged({ 'layers.1.logScale': diagonal })).toBe('ok');
  });

  it('finds rows of W in nearly one plane, and digits that are all lost', async () => {
    const shrunk = (by: number) => ({
      'layers.1.logScale': vector(...start['layers.1.logScale']!.data.map((s, i) => (i === 2 ? s - by : s))),
    });
    const near = await judged(shrunk(10));
    expect(near).toMatchObject({ severity: 'warning', title: '1 mixing layer is nearly singular' });
    expect(Number(evidenceOf(near)['Condition number of layer 2 (mixing)'])).toBeGreaterThan(4096);
    expect(await judged(shrunk(20))).toMatchObject({ severity: 'error' });
  });

  it('finds an ActNorm with a scale next to 0', async () => {
    const found = await judged({ 'layers.0.logScale': vector(0, -9, 0.5) });
    expect(found).toMatchObject({ severity: 'warning', title: 'A scale of layer 1 (act-norm) is next to 0' });
  });
});

onEveryRealBackend('untransformed', (backend) => {
  it('finds variables that pass in every layer, be they in another place', async () => {
    const same = await looked(flowOf([couple(bits(1, 0, 0)), couple(bits(1, 0, 0))]), backend());
    expect(judge('untransformed', same)).toMatchObject({
      severity: 'warning',
      title: '1 of 3 variables is transformed by no layer',
      select: { kind: 'variable', variable: 0 },
    });
    // The first stands at the third place after the circle: the second layer, too, lets it pass.
    const carried = [couple(bits(1, 0, 0)), layer('permutation', permutation(ring)), couple(bits(0, 0, 1))];
    const followed = judge('untransformed', await looked(flowOf(carried), backend()));
    expect(evidenceOf(followed)['Moved by no layer']).toBe('x₁');
    // Where the places do not change, the two layers take turns.
    const turns = await looked(flowOf([couple(bits(1, 0, 0)), couple(bits(0, 0, 1))]), backend());
    expect(judge('untransformed', turns)).toBe('ok');
  });

  it('does not take a scale of its own for a transformation', async () => {
    const layers = [couple(bits(1, 0, 0)), couple(bits(1, 0, 0)), layer('scaling', scaling(3))];
    expect(judge('untransformed', await looked(flowOf(layers), backend()))).toMatchObject({ severity: 'warning' });
  });

  it('finds autoregressive layers between which nothing changes places', async () => {
    expect(judge('untransformed', await looked(flowOf([masked(), masked()]), backend()))).toMatchObject({
      title: 'x₁ comes first in all 2 autoregressive layers',
    });
    expect(judge('untransformed', await looked(flowOf([masked()]), backend()))).toBe('ok');
  });

  it('finds layers that share their parameters', async () => {
    const model = flowOf([masked(), layer('permutation', permutation(ring)), masked()]);
    const own = initialParameters(model);
    const shared = Object.fromEntries(
      Object.keys(own).map((name) => [name, own[name.replace('layers.2.', 'layers.0.')]!]),
    );
    const found = judge('untransformed', await looked(model, backend(), { parameters: shared }));
    expect(found).toMatchObject({ title: '1 layer has the parameters of another' });
    expect(evidenceOf(found)['Layers with the same parameters, bit for bit']).toBe(
      'layer 3 (autoregressive) and layer 1 (autoregressive)',
    );
  });
});

onEveryRealBackend('slow-direction', (backend) => {
  const of = (type: 'maf' | 'iaf', dimension: number) =>
    createModel(modelSpec.parse({ type, hidden: [20], layers: 2 }), dimension, 1);

  it('finds training through the direction that takes a pass for each variable', async () => {
    const found = judge('slow-direction', await looked(of('iaf', 20), backend()));
    expect(found).toMatchObject({
      severity: 'warning',
      title: 'Training goes through 2 layers one variable after the other',
    });
    const evidence = evidenceOf(found);
    expect(evidence['Passes of a training step, 2 layers with a network']).toBe('40');
    expect(Number(evidence['Of a row’s density, every unit computed once'])).toBeLessThan(4);
    expect(evidence['Of a row that is drawn, every unit computed once']).toBe('2');
    expect(judge('slow-direction', await looked(of('iaf', 5), backend()))).toMatchObject({ severity: 'info' });
  });

  it('is silent for the same layers the other way round', async () => {
    const context = await looked(of('maf', 20), backend());
    expect(judge('slow-direction', context)).toBe('ok');
    expect(context.passes).toMatchObject({ layers: 2, training: 2, density: 2, slow: [] });
    expect(context.passes!.sampling).toBeLessThan(4);
  });
});

onEveryRealBackend('ignored-condition of flows', (backend) => {
  it('finds variables and columns that no path joins', async () => {
    const layers = (contextDimension: number) => [
      layer('coupling', coupling({ ...networks, contextDimension, passes: bits(1, 0, 0), law: 'tanh' })),
    ];
    const context = await looked(flowOf(layers(2), { contextDimension: 2 }), backend());
    expect(judge('ignored-condition', context)).toMatchObject({
      severity: 'error',
      title: '1 of 3 variables of u ignores the context',
      select: { kind: 'variable', variable: 0 },
    });
    const sound = [
      ...layers(2),
      layer('coupling', coupling({ ...networks, contextDimension: 2, passes: bits(0, 1, 1), law: 'tanh' })),
    ];
    const model = flowOf(sound, { contextDimension: 2 });
    expect(judge('ignored-condition', await looked(model, backend()))).toBe('ok');
    const cut = Object.fromEntries(
      Object.entries(initialParameters(model)).map(([name, { shape, data }]) => [
        name,
        /context/.test(name) ? { shape, data: data.map((own, at) => (at % 2 === 1 ? 0 : own)) } : { shape, data },
      ]),
    );
    expect(judge('ignored-condition', await looked(model, backend(), { parameters: cut }))).toMatchObject({
      severity: 'warning',
      title: '1 column of the context has no effect',
    });
  });
});

describe('IAF as the inverse of a layer', () => {
  it('is the specimen of a slow direction', () => {
    expect(inverted(masked().bijector, masked().bijector.dependencies).incremental?.direction).toBe('forward');
  });
});
