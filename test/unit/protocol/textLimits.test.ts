import { expect, it } from 'vitest';
import { primeProblem, unescaped } from '../../../src/protocol/textLimits.ts';

it('a text to go on from has line ends as texts are read with, however they are written', () => {
  expect(unescaped('a\r\nb\rc\\n\\td\\\\n')).toBe('a\nb\nc\n\td\\n');
  expect(primeProblem(unescaped('a\r\nb'), ['\n', 'a', 'b'])).toBeNull();
  expect(primeProblem('é', ['e'])).toContain('never had “é”');
});
