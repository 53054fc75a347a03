import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import type { NadeSpec } from '../../../src/spec/models/nade.ts';
import { upload, disposeTensors } from '../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { nadeReference, type NadeNumbers } from '../layers/nadeReference.ts';
import { proveBinaryDensity, specimen, type ReferenceLogits } from './proofs.ts';
import type { Values } from './reference.ts';
import { plainDrawing } from './plainDrawing.ts';

function numbers(
  { hidden, activation = 'sigmoid' }: Partial<NadeSpec>,
  order: Int32Array,
  values: Values,
): NadeNumbers {
  return {
    order,
    hidden: [hidden!],
    activation,
    weight: values['hidden.weight']!,
    bias: values['hidden.bias']!,
    maskWeight: null,
    further: [],
    outputWeight: values['output.weight']!,
    outputBias: values['output.bias']!,
  };
}

const logits =
  (entry: unknown): ReferenceLogits =>
  (order, values, x) =>
    nadeReference(numbers(entry as NadeSpec, order, values), x);

proveBinaryDensity({
  title: 'NADE',
  entries: [
    [{ type: 'nade', hidden: 20 }, 1],
    [{ type: 'nade', hidden: 3, activation: 'relu' }, 1],
    [{ type: 'nade', hidden: 1, order: 'reversed' }, 2],
    [{ type: 'nade', hidden: 8, order: [2, 3, 1] }, 3],
    [{ type: 'nade', hidden: 7, order: 'random' }, 5],
    [{ type: 'nade', hidden: 9, order: 'reversed', activation: 'tanh' }, 4],
    [{ type: 'nade', hidden: 5, activation: 'elu' }, 6],
    [{ type: 'nade', hidden: 10, activation: 'softplus', order: 'reversed' }, 12],
    [{ type: 'nade', hidden: 4, order: 'random' }, 12],
  ],
  logits,
  sees: (_, later, earlier) => later > earlier,
  // Fair coins, and independent Bernoullis, have 11.09 nats.
  learns: 5.5,
});

describe('parameters, buffers and structure of NADE', () => {
  it('have the documented names and shapes', () => {
    const { model } = specimen({ type: 'nade', hidden: 4 }, 6);
    expect(model.parameters.map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
      'hidden.weight 4×6',
      'hidden.bias 4',
      'output.weight 6×4',
      'output.bias 6',
    ]);
    const initial = model.initialise(RandomGenerator.seeded(1, 'weights'));
    expect(Math.max(...initial['hidden.weight']!.data.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 10));
    expect(initial['hidden.weight']!.data.every((value) => value !== 0)).toBe(true);
    expect([...initial['output.bias']!.data]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('hand the order on as positions and as variables', () => {
    const { model } = specimen({ type: 'nade', hidden: 2, order: [3, 1, 2] }, 3);
    const { order, variables } = model.masks(0);
    expect([...order!.data]).toEqual([3, 1, 2]);
    expect([...variables!.data]).toEqual([1, 2, 0]);
    expect(() => model.masks(1)).toThrow('there is no mask 1; the model has 1');
    expect(() => createModel(modelSpec.parse({ type: 'nade', hidden: 2, order: [1, 2] }), 3, 1)).toThrow(
      'order has 2 entries; the data has 3 columns',
    );
  });

  it('are drawn as a hidden vector for every variable, which sees exactly the variables before', () => {
    const { model } = specimen({ type: 'nade', hidden: 2, order: [3, 1, 2] }, 3);
    const { masks, vectors } = model.network!.connections(0);
    expect(masks.map(({ cells }) => [...cells].join(''))).toEqual(['011000010', '100010001']);
    expect(vectors).toEqual([2]);
    expect(model.network!.degrees(0).map((degrees) => [...degrees!])).toEqual([[2, 0, 1]]);
  });

  it('refuse to complete what does not come first, naming it', () => {
    const { model, parameters } = specimen({ type: 'nade', hidden: 2, order: [3, 1, 2] }, 3);
    const known = Uint8Array.of(1, 0, 0);
    expect(model.completing(known)).toEqual({ reason: expect.stringContaining('x₁ is given') as string });
    const random = RandomGenerator.seeded(1, 'samples');
    const request = { rows: 1, random, temperature: 1, mask: 0, context: null };
    const given = { known, values: new Float32Array(3) };
    expect(() => model.sample(parameters, { ...request, given }).next()).toThrow(/x₁ is given but comes at position 3/);
    const short = { known, values: new Float32Array(2) };
    expect(() => model.sample(parameters, { ...request, given: short }).next()).toThrow(
      'given are 2 values of 3 variables; 1 rows of 3 are needed',
    );
  });

  it('tell from time to time how far a long drawing has come', () => {
    const { model, parameters } = specimen({ type: 'nade', hidden: 200 }, 200);
    const random = RandomGenerator.seeded(1, 'samples');
    const shares: number[] = [];
    const request = { rows: 70, random, temperature: 1, mask: 0, context: null, given: null };
    const drawing = plainDrawing(model.sample(parameters, request));
    for (let step = drawing.next(); !step.done; step = drawing.next()) shares.push(step.value.share);
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });
});

onEveryBackend('NADE as it is drawn', () => {
  it('has the lengths of weight vectors on its edges', async () => {
    const { model, parameters } = specimen({ type: 'nade', hidden: 4 }, 3);
    const tensors = upload(parameters);
    const [into, out] = await readAll(() => model.network!.weights(tensors).joints);
    disposeTensors(tensors);
    const [W, V] = [parameters['hidden.weight']!.data, parameters['output.weight']!.data];
    for (let to = 0; to < 3; to++) {
      for (let from = 0; from < 3; from++) {
        expect(into![to * 3 + from]).toBeCloseTo(Math.hypot(...[0, 1, 2, 3].map((k) => W[k * 3 + from]!)), 5);
        const own = Math.hypot(...[0, 1, 2, 3].map((k) => V[to * 4 + k]!));
        expect(out![to * 3 + from]).toBeCloseTo(to === from ? own : 0, 5);
      }
    }
  });
});
