import { expect, it } from 'vitest';
import { maskShown } from '../../../webview/views/compareTables.ts';
import { connectivityFrame, three } from '../figures/fixtures.ts';

it('the mask that is compared is named where there are several', () => {
  const connectivity = connectivityFrame(three);
  expect(maskShown({ frames: { connectivity: { ...connectivity, mask: 4, maskCount: 8 } } })).toBe(', mask 5 of 8');
  expect(maskShown({ frames: { connectivity } })).toBe('');
  expect(maskShown({ frames: {} })).toBe('');
});
