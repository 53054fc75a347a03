import { expect, it } from 'vitest';
import { inputsOfLayer, ofBase, ofLayer } from '../../../src/flows/flow.ts';

const LAYERS = 120;

/** Two arrays of each layer and one of the base; tells how often all names are gone through. */
function flowNames() {
  const all: Record<string, string> = { 'base.bias': 'base', layersOfMine: 'nobody’s', 'layers.x': 'nobody’s' };
  for (let l = 0; l < LAYERS; l++) Object.assign(all, { [`layers.${l}.a`]: `a${l}`, [`layers.${l}.b.c`]: `b${l}` });
  let sweeps = 0;
  const named = new Proxy(all, {
    ownKeys(target) {
      sweeps += 1;
      return Reflect.ownKeys(target);
    },
  });
  return { named, sweeps: () => sweeps };
}

it('gives every layer its own, and the base, in one sweep through all names', () => {
  const { named, sweeps } = flowNames();
  for (let l = 0; l < LAYERS; l++) expect(ofLayer(named, l)).toEqual({ a: `a${l}`, 'b.c': `b${l}` });
  expect(ofBase(named)).toEqual({ bias: 'base' });
  expect(ofLayer(named, LAYERS)).toEqual({});
  expect(sweeps()).toBe(1);
});

it('gives layers what they compute with in one sweep through the parameters and one through the masks', () => {
  const [parameters, masks] = [flowNames(), flowNames()];
  const inputs = { parameters: parameters.named, masks: masks.named, context: null, moments: 'batch' };
  for (let l = 0; l < LAYERS; l++) {
    // Rows come in pieces, each with a context of its own.
    const own = inputsOfLayer({ ...inputs } as never, l);
    expect(own).toMatchObject({ parameters: { a: `a${l}` }, masks: { a: `a${l}` }, context: null, moments: 'batch' });
  }
  expect([parameters.sweeps(), masks.sweeps()]).toEqual([1, 1]);
});

it('does not take one record for another', () => {
  expect(ofLayer({ 'layers.1.a': 1, 'layers.10.a': 10 }, 1)).toEqual({ a: 1 });
  expect(ofLayer({ 'layers.1.a': 2 }, 1)).toEqual({ a: 2 });
});
