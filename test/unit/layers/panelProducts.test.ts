import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import {
  type Lanes,
  panelProducts,
  type PanelProducts,
  panelProductsInJavaScript,
  panelProductsInWasm,
} from '../../../src/layers/panelProducts.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

interface Case {
  readonly lanes: Lanes;
  readonly units: number;
  readonly length: number;
  readonly spare: number;
  readonly seed: number;
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  lanes: fc.constantFrom(4 as const, 16 as const),
  units: fc.nat(11),
  length: fc.nat(40),
  spare: fc.nat(3),
  seed: fc.nat(),
});

const SIZE = 4096;

/** Random numbers everywhere; the places of weights, source and target have nothing to do with multiples of four. */
function filled(products: PanelProducts, { seed }: Case): PanelProducts {
  const random = RandomGenerator.seeded(seed, 'panel');
  for (let i = 0; i < products.values.length; i++) products.values[i] = random.normal();
  return products;
}

function run(products: PanelProducts, { lanes, units, length, spare }: Case): Float32Array {
  products.add(lanes, 3, 300, length + spare, units, 1000, length);
  return products.values.slice(0, SIZE);
}

describe('products of a panel', () => {
  it('are sums over the units below, added to what is there, and touch nothing else', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const before = filled(panelProductsInJavaScript(SIZE), one);
        const expected = Float64Array.from(before.values);
        const { lanes, units, length, spare } = one;
        for (let i = 0; i < units; i++) {
          for (let lane = 0; lane < lanes; lane++) {
            for (let k = 0; k < length; k++) {
              expected[3 + i * lanes + lane]! +=
                before.values[300 + i * (length + spare) + k]! * before.values[1000 + k * lanes + lane]!;
            }
          }
        }
        const found = run(before, one);
        for (const [i, value] of expected.entries()) {
          if (Math.abs(value - found[i]!) > 2e-5 * (1 + Math.abs(value))) expect([i, found[i]]).toEqual([i, value]);
        }
      }),
    );
  });

  it('are the same bit for bit in WebAssembly and in JavaScript, in one part or in two', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(40), (one, cut) => {
        const expected = run(filled(panelProductsInJavaScript(SIZE), one), one);
        const wasm = filled(panelProductsInWasm(SIZE)!, one);
        expect(run(wasm, one)).toEqual(expected);
        filled(wasm, one);
        const { lanes, units, length, spare } = one;
        const first = Math.min(cut, length);
        wasm.add(lanes, 3, 300, length + spare, units, 1000, first);
        wasm.add(lanes, 3, 300 + first, length + spare, units, 1000 + first * lanes, length - first);
        expect(wasm.values.slice(0, SIZE)).toEqual(expected);
        wasm.release();
      }),
    );
  });

  it('have memory of their own until it is given back', () => {
    const [a, b] = [panelProducts(5), panelProducts(5)];
    a.values.fill(1);
    b.values.fill(2);
    expect([...a.values]).toEqual([1, 1, 1, 1, 1]);
    a.release();
    const larger = panelProducts(2 ** 20);
    expect(larger.values).toHaveLength(2 ** 20);
    larger.values.fill(3);
    expect([...b.values]).toEqual([2, 2, 2, 2, 2]);
    larger.release();
    b.release();
  });

  it('are not had in WebAssembly beyond 4 GiB', () => {
    expect(panelProductsInWasm(2 ** 30 + 1)).toBeNull();
  });

  it('are what panelProducts.wat says; `npx vitest run test/unit/layers/panelProducts -u` assembles it anew', async () => {
    const source = fileURLToPath(new URL('../../../src/layers/panelProducts.wat', import.meta.url));
    const module = (await wabt()).parseWat('panelProducts.wat', readFileSync(source, 'utf8'), { simd: true });
    module.validate();
    const bytes = Buffer.from(module.toBinary({}).buffer).toString('base64');
    module.destroy();
    await expect(
      '/** `panelProducts.wat` assembled, in base64. A test writes it and compares the two; not for editing. */\n' +
        `export const panelProductsModule =\n  '${bytes}';\n`,
    ).toMatchFileSnapshot('../../../src/layers/panelProductsModule.ts');
  });
});
