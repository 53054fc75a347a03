/** Which backends the other tests ran on, and why not on the rest. */
import { expect, inject, it } from 'vitest';
import { backendNames } from '../../../src/backends/backend.ts';
import { leftOut, operatesOn } from './everyBackend.ts';

const required: readonly string[] = ['wasm', 'cpu'];

it('asks every backend', () => {
  expect(inject('rungs').map(({ name }) => name)).toEqual([...backendNames]);
});

for (const rung of inject('rungs')) {
  it(`${rung.name} is tested`, (context) => {
    if (rung.available) expect(rung.device).not.toBe('');
    else if (required.includes(rung.name) && !leftOut(rung.name)) expect.fail(rung.reason);
    else context.skip(rung.reason);
  });

  const other = operatesOn(rung.name);
  if (rung.available && other !== rung.name) {
    it(`${rung.name}: operations one by one`, (context) => {
      context.skip(`they are those of ${other}, on which they are tested; ${rung.name} is tested by compiled steps`);
    });
  }
}
