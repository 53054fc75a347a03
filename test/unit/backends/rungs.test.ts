/** Which backends the other tests ran on, and why not on the rest. */
import { expect, inject, it } from 'vitest';
import { backendNames } from '../../../src/backends/backend.ts';

const required: readonly string[] = ['wasm', 'cpu'];

it('asks every backend', () => {
  expect(inject('rungs').map(({ name }) => name)).toEqual([...backendNames]);
});

for (const rung of inject('rungs')) {
  it(`${rung.name} is tested`, (context) => {
    if (rung.available) expect(rung.device).not.toBe('');
    else if (required.includes(rung.name)) expect.fail(rung.reason);
    else context.skip(rung.reason);
  });
}
