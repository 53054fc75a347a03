/** The checks on degrees reason with sorted lists; the masks themselves must agree. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeMasks } from '../../../src/masks/masks.ts';
import { compareWithTriangle, networkOf } from '../../../src/masks/network.ts';
import { madeSpec } from '../../../src/spec/models/made.ts';
import { checkMade } from '../../../src/spec/models/madeChecks.ts';
import { ancestors, descendants, reachability } from '../masks/walk.ts';

describe('warnings about given degrees', () => {
  it('agree with reachability in the masks that follow from them', () => {
    const degrees = fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(degrees, fc.integer({ min: 2, max: 5 }), fc.boolean(), (hidden, dimension, direct) => {
        const spec = madeSpec.parse({ type: 'made', hidden: hidden.map((l) => l.length), degrees: hidden, direct });
        const complaints = checkMade(spec, { dimension, written: new Set() });
        const order = Int32Array.from({ length: dimension }, (_, d) => d + 1);
        const structure = { order, hidden: hidden.map((layer) => Int32Array.from(layer)), direct };
        const network = networkOf(madeMasks(structure));
        const { losses, required } = compareWithTriangle(reachability(network), order);
        const lost = complaints.find(({ message }) => message.includes('dependencies are lost'));
        expect(lost?.message.split(':')[0]).toBe(
          losses.length === 0 ? undefined : `${losses.length} of ${required} dependencies are lost`,
        );
        for (const side of ['inputs', 'outputs'] as const) {
          const reached = (layer: number, unit: number) =>
            side === 'inputs'
              ? ancestors(network, { layer, unit })[0]!.includes(1)
              : descendants(network, { layer, unit }).at(-1)!.includes(1);
          const cut = hidden.map((layer, l) => [...layer.keys()].filter((k) => !reached(l + 1, k)));
          const warned = complaints.filter(({ message }) => message.includes(`cut off from the ${side}`));
          const expected = cut.flatMap((units, l) => (units.length === 0 ? [] : [['model', 'degrees', l, units[0]!]]));
          expect(warned.map(({ path }) => path).sort()).toEqual(expected.sort());
        }
      }),
      { numRuns: 400 },
    );
  });
});
