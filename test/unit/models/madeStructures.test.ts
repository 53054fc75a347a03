/** MADE with every option, as far as its structures tell: total probability, reachability, fresh masks, completion. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completionFault } from '../../../src/models/completion.ts';
import { anyWholeArchitecture } from '../masks/arbitrary.ts';
import { reachability } from '../masks/walk.ts';
import { wholeModel } from './referenceMade.ts';
import { discrete, whole, total, referenceOfAll } from './madeWholes.ts';

describe('total probability in float64', () => {
  it('is 1 to 1e-9 for every architecture with every option', () => {
    fc.assert(
      fc.property(anyWholeArchitecture({ maxDimension: 5, conditionals: discrete }), (architecture) => {
        expect(Math.abs(total(referenceOfAll(wholeModel(architecture))) - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('is 1 to 1e-9 over 12 variables with all options at once', () => {
    const one = whole(
      { hidden: [20, 15], order: 'random', masks: 2, orderAgnostic: true, direct: true, conditioning: true },
      12,
      3,
    );
    expect(Math.abs(total(referenceOfAll(one)) - 1)).toBeLessThan(1e-9);
  });
});

describe('reachability', () => {
  it('never leaks, and with a direct connection is the strict triangle, under listed and fresh masks', () => {
    fc.assert(
      fc.property(anyWholeArchitecture(), (architecture) => {
        const { model, spec } = wholeModel(architecture);
        const masks = [...Array(model.maskCount).keys(), ...(spec.freshMasks ? [1000, 1001] : [])];
        for (const mask of masks) {
          const order = model.network!.order(mask);
          const network = model.network!.connections(mask);
          const { cells } = reachability(network);
          for (const [i, cell] of cells.entries()) {
            const [output, input] = [Math.floor(i / order.length), i % order.length];
            const wanted = order[output]! > order[input]!;
            if (!wanted || spec.direct) expect(cell === 1).toBe(wanted);
          }
          const into = architecture.contextDimension === 0 ? undefined : [1, spec.hidden.length + 1];
          expect(network.context?.into).toEqual(into);
        }
      }),
    );
  });

  it('is the whole triangle by hidden units alone where every degree is there', () => {
    for (const contextDimension of [0, 2]) {
      for (const dimension of [2, 3, 7]) {
        const { model } = whole({ hidden: [12, 12], degrees: 'even', order: 'random' }, dimension, contextDimension);
        const order = model.network!.order(0);
        const { cells } = reachability(model.network!.connections(0));
        for (const [i, cell] of cells.entries()) {
          expect(cell === 1).toBe(order[Math.floor(i / dimension)]! > order[i % dimension]!);
        }
        const lowest = model.network!.degrees(0).map((degrees) => Math.min(...degrees!));
        expect(lowest).toEqual(contextDimension > 0 ? [0, 0] : [1, 1]);
      }
    }
  });
});

describe('fresh masks', () => {
  const one = whole({ hidden: [9], masks: 2, orderAgnostic: true, freshMasks: true }, 6);

  it('have a number of their own at every step, the same structure for the same number and seed', () => {
    const { model } = one;
    expect([0, 1, 2].map((step) => model.trainingMask(step))).toEqual([2, 3, 4]);
    const again = whole({ hidden: [9], masks: 2, orderAgnostic: true, freshMasks: true }, 6).model;
    const restored = again.withBuffers(model.buffers());
    const other = whole({ hidden: [9], masks: 2, orderAgnostic: true, freshMasks: true }, 6, 0, 2).model;
    expect(again.masks(500)).toEqual(model.masks(500));
    expect(restored.masks(500)).toEqual(model.masks(500));
    expect(other.masks(500)).not.toEqual(model.masks(500));
    const orders = new Set(Array.from({ length: 50 }, (_, i) => [...model.network!.order(2 + i)].join()));
    expect(orders.size).toBeGreaterThan(40);
    expect(model.buffers()['order']!.shape).toEqual([2, 6]);
  });

  it('draw what the specification says and keep the rest', () => {
    const orders = whole({ hidden: [9], orderAgnostic: true, connectivityAgnostic: false, freshMasks: true }, 6).model;
    expect(orders.network!.degrees(9)).toEqual(orders.network!.degrees(0));
    expect(orders.network!.order(9)).not.toEqual(orders.network!.order(0));
    const degrees = whole({ hidden: [9], freshMasks: true }, 6).model;
    expect(degrees.network!.order(9)).toEqual(degrees.network!.order(0));
    expect(degrees.network!.degrees(9)).not.toEqual(degrees.network!.degrees(0));
  });

  it('are there for whole numbers alone, and for models that draw them', () => {
    expect(() => one.model.masks(-1)).toThrow('there is no mask -1; the model has 2');
    expect(() => one.model.masks(2.5)).toThrow('there is no mask 2.5');
    const listed = whole({ hidden: [9], masks: 2 }, 6).model;
    expect(() => listed.masks(2)).toThrow('there is no mask 2; the model has 2');
    expect([0, 1, 2].map((step) => listed.trainingMask(step))).toEqual([0, 1, 0]);
  });
});

describe('completing', () => {
  const known = Uint8Array.of(0, 1, 0, 1, 0);

  it('takes a structure that has the known variables first', () => {
    const { model } = whole({ hidden: [5], order: [3, 1, 4, 2, 5] }, 5);
    expect(model.completing(known)).toEqual({ model, mask: 0 });
    expect(model.completing(Uint8Array.of(0, 0, 0, 0, 0))).toEqual({ model, mask: 0 });
    expect(model.completing(Uint8Array.of(1, 1, 1, 1, 1))).toEqual({ model, mask: 0 });
  });

  it('names the first variable in the way where there is one order', () => {
    for (const changes of [{ masks: 1 }, { masks: 3 }, { masks: 1, orderAgnostic: true }]) {
      const { model } = whole({ hidden: [5], ...changes }, 5);
      const answer = model.completing(known);
      expect(answer).toEqual({ reason: completionFault(model.network!.order(0), known) });
      expect('reason' in answer && answer.reason).toMatch(
        /^x[₂₄] is given but comes at position [24] in the order, after x₁/,
      );
    }
  });

  it('makes an order for a model that was trained for any', () => {
    for (const changes of [{ masks: 2 }, { masks: 1, freshMasks: true }]) {
      const { model } = whole({ hidden: [5], orderAgnostic: true, ...changes }, 5);
      const never = Array.from({ length: 32 }, (_, i) => Uint8Array.from({ length: 5 }, (_, d) => (i >> d) & 1));
      for (const some of never) {
        const answer = model.completing(some);
        if ('reason' in answer) throw new Error(answer.reason);
        const order = answer.model.network!.order(answer.mask);
        expect(completionFault(order, some)).toBeNull();
        expect([...order].sort()).toEqual([1, 2, 3, 4, 5]);
        expect(answer.model.parameters).toEqual(model.parameters);
        if (answer.model !== model) {
          expect(answer.model.network!.degrees(answer.mask)).toEqual(model.network!.degrees(0));
          expect(answer.model.network!.connections(0)).toEqual(model.network!.connections(0));
        }
      }
    }
  });
});
