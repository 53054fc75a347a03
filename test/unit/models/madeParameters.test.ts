/** The parameters of a MADE with every option. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { conditionalSpec } from '../../../src/spec/conditional.ts';
import { madeSpec } from '../../../src/spec/models/made.ts';
import { anyWholeArchitecture, smallConditionals, type WholeArchitecture } from '../masks/arbitrary.ts';
import { wholeModel } from './referenceMade.ts';
import { whole } from './madeWholes.ts';

describe('parameters', () => {
  it('are named and shaped as documented, with every option', () => {
    const { model } = whole(
      { hidden: [4, 2], conditional: { type: 'gaussian' }, conditioning: true, direct: true },
      3,
      2,
    );
    expect(model.parameters.map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
      'hidden.0.weight 4×3',
      'hidden.0.companion 4×3',
      'hidden.0.bias 4',
      'hidden.1.weight 2×4',
      'hidden.1.companion 2×4',
      'hidden.1.bias 2',
      'output.weight 6×2',
      'output.companion 6×2',
      'output.bias 6',
      'direct.weight 6×3',
      'direct.companion 6×3',
      'context.hidden.weight 4×2',
      'context.output.weight 6×2',
    ]);
    expect(Object.entries(model.masks(0)).map(([name, { shape }]) => `${name} ${shape.join('×')}`)).toEqual([
      'hidden.0.weight 4×3',
      'hidden.1.weight 2×4',
      'output.weight 6×2',
      'direct.weight 6×3',
    ]);
  });

  it('start with sensible conditionals, and as the model without connectivity conditioning weights', () => {
    for (const conditional of smallConditionals) {
      const { model } = whole({ hidden: [4], conditional, conditioning: true, direct: true }, 3, 2);
      const initial = model.initialise(RandomGenerator.seeded(1));
      const start = model.network!.conditional!.initialBias();
      expect([...initial['output.bias']!.data]).toEqual([...start, ...start, ...start]);
      for (const [name, { data }] of Object.entries(initial)) {
        if (name.endsWith('companion')) expect(data.every((value) => value === 0)).toBe(true);
        if (name.endsWith('weight')) expect(data.some((value) => value !== 0)).toBe(true);
      }
    }
  });

  it('survive safetensors, bit for bit, with the buffers', () => {
    fc.assert(
      fc.property(anyWholeArchitecture(), (architecture: WholeArchitecture) => {
        const { model, parameters, spec } = wholeModel(architecture);
        const arrays = decodeSafetensors(
          encodeSafetensors({ ...parameters, ...model.buffers() }),
          'model.safetensors',
        ).arrays;
        for (const { name } of model.parameters) expect(arrays[name]).toEqual(parameters[name]);
        const { dimension, seed, contextDimension } = architecture;
        const restored = createModel(spec, dimension, seed, contextDimension).withBuffers(arrays);
        expect(restored.buffers()).toEqual(model.buffers());
        expect(restored.masks(0)).toEqual(model.masks(0));
      }),
      { numRuns: 30 },
    );
  });

  it('have defaults for every size of a conditional', () => {
    expect(conditionalSpec.parse({ type: 'discretised-logistic-mixture' })).toEqual({
      type: 'discretised-logistic-mixture',
      components: 10,
      levels: 256,
    });
    expect(madeSpec.parse({ type: 'made', hidden: [3] }).conditional).toEqual({ type: 'bernoulli' });
  });
});
