import { expect, it } from 'vitest';
import { rebuilderOf } from '../../../src/models/rebuilder.ts';
import { givesLists } from '../../../src/spec/models/index.ts';
import { madeSpec } from '../../../src/spec/models/made.ts';
import { nadeSpec } from '../../../src/spec/models/nade.ts';

it('builds the same model for another D, unless the experiment gives lists that are for its own', () => {
  const plain = madeSpec.parse({ type: 'made', hidden: [4, 4] });
  expect(rebuilderOf({ model: plain, seed: 1 }, 0)(3)!.dimension).toBe(3);
  const ordered = nadeSpec.parse({ type: 'nade', hidden: 4, order: [2, 1, 3] });
  const degrees = madeSpec.parse({ type: 'made', hidden: [2], degrees: [[1, 2]] });
  for (const model of [ordered, degrees]) {
    expect(givesLists(model)).toBe(true);
    expect(rebuilderOf({ model, seed: 1 }, 0)(2)).toBeNull();
  }
});
