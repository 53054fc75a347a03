import { describe, expect, it } from 'vitest';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { lostPairs, type StrictTriangleStackSpec } from '../../../src/spec/models/strictTriangleStack.ts';
import { proveBinaryDensity, specimen, type ReferenceLogits } from './proofs.ts';

const parsed = (entry: ExperimentInput['model']) => modelSpec.parse(entry) as StrictTriangleStackSpec;

/** Layer after layer, unit k of the units before k alone. */
const logits =
  (spec: StrictTriangleStackSpec): ReferenceLogits =>
  (order, parameters, x) => {
    const dimension = order.length;
    let below = Array.from(x);
    for (let l = 0; l < spec.layers; l++) {
      const name = l === spec.layers - 1 ? 'output' : `hidden.${l}`;
      const input = below;
      below = input.map((_, k) => {
        let z = parameters[`${name}.bias`]![k]!;
        for (let j = 0; j < k; j++) z += parameters[`${name}.weight`]![k * dimension + j]! * input[j]!;
        if (name === 'output') return z;
        return spec.activation === 'tanh' ? Math.tanh(z) : Math.log1p(Math.exp(z));
      });
    }
    return below;
  };

const stack = (layers: number, activation: 'tanh' | 'softplus') =>
  ({ type: 'strict-triangle-stack', layers, activation }) as const;

proveBinaryDensity({
  title: 'a stack of strict triangles',
  entries: [
    [stack(2, 'tanh'), 1],
    [stack(2, 'tanh'), 2],
    [stack(3, 'softplus'), 3],
    [stack(2, 'tanh'), 5],
    [stack(2, 'softplus'), 12],
    [stack(4, 'tanh'), 12],
  ],
  logits: (entry) => logits(parsed(entry)),
  // Every layer moves what it sees one place on.
  sees: (entry, later, earlier) => later - earlier >= parsed(entry).layers,
  learns: 9.5,
});

describe('what the stack has lost', () => {
  it.each([
    [2, 2],
    [2, 7],
    [3, 7],
    [9, 4],
    [2, 1],
  ])('is counted without walking the masks: %i layers, D = %i', (layers, dimension) => {
    const { model, order } = specimen(stack(layers, 'tanh'), dimension);
    const { losses, leaks } = fromMasks(model.network!.connections(0), order).report();
    expect(losses).toHaveLength(lostPairs(layers, dimension));
    expect(leaks).toHaveLength(0);
  });

  it('is everything with two layers and two variables', () => {
    const { model, order } = specimen(stack(2, 'tanh'), 2);
    expect(
      fromMasks(model.network!.connections(0), order)
        .pathMatrix()
        .every((paths) => paths === 0),
    ).toBe(true);
  });
});
