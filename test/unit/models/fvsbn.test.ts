import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { proveBinaryDensity, specimen, type ReferenceLogits } from './proofs.ts';

/** c_d + Σ A_dj x_j over the variables j before d. */
const logits: ReferenceLogits = (order, parameters, x) =>
  Array.from(order, (position, d) => {
    let z = parameters['output.bias']![d]!;
    for (let j = 0; j < order.length; j++) {
      if (order[j]! < position) z += parameters['output.weight']![d * order.length + j]! * x[j]!;
    }
    return z;
  });

proveBinaryDensity({
  title: 'FVSBN',
  entries: [
    [{ type: 'fvsbn' }, 1],
    [{ type: 'fvsbn', order: 'reversed' }, 2],
    [{ type: 'fvsbn', order: [2, 3, 1] }, 3],
    [{ type: 'fvsbn', order: 'random' }, 5],
    [{ type: 'fvsbn', order: 'reversed' }, 4],
    [{ type: 'fvsbn' }, 12],
    [{ type: 'fvsbn', order: 'random' }, 12],
  ],
  logits: () => logits,
  sees: (_, later, earlier) => later > earlier,
  // Fair coins have 11.09 nats; logistic regressions, which cannot tell bars from stripes, come to about 6.4.
  learns: 8,
  // The one that is proved there, too, from end to end: it is the smallest.
  everywhere: true,
});

describe('parameters and buffers of FVSBN', () => {
  it('have the documented names and shapes, and start at 0 outside the mask', () => {
    const { model, order } = specimen({ type: 'fvsbn', order: 'random' }, 6);
    expect(model.parameters.map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
      'output.weight 6×6',
      'output.bias 6',
    ]);
    const { data } = model.initialise(RandomGenerator.seeded(1, 'weights'))['output.weight']!;
    for (let d = 0; d < 6; d++) {
      for (let j = 0; j < 6; j++) expect(data[d * 6 + j] === 0).toBe(order[d]! <= order[j]!);
    }
  });

  it('are refused when they do not fit, with the buffer named', () => {
    const { model } = specimen({ type: 'fvsbn' }, 3);
    const withOrder = (data: number[], shape = [1, 3]) =>
      model.withBuffers({ order: { shape, data: Int32Array.from(data) } });
    expect(() => model.withBuffers({})).toThrow('order is missing; a model of type "fvsbn" needs it as int32 [1, 3]');
    expect(() => withOrder([1, 2], [1, 2])).toThrow('order has shape [1, 2], expected [1, 3]');
    expect(() => withOrder([1, 1, 2])).toThrow(/^order has 1 twice/);
    const floats = { order: { shape: [1, 3], data: Float32Array.of(1, 2, 3) } };
    expect(() => model.withBuffers(floats)).toThrow('order is float32, expected int32');
    expect([...withOrder([3, 1, 2]).network!.order(0)]).toEqual([3, 1, 2]);
  });

  it('refuses an order that does not fit the data, and masks that it has not', () => {
    const spec = modelSpec.parse({ type: 'fvsbn', order: [2, 1] });
    expect(() => createModel(spec, 3, 1)).toThrow('order has 2 entries; the data has 3 columns');
    expect(() => specimen({ type: 'fvsbn' }, 3).model.masks(1)).toThrow('there is no mask 1; the model has 1');
  });
});
