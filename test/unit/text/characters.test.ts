import { describe, expect, it } from 'vitest';
import { characterName, codeText, listCharacters, visibleCharacter } from '../../../src/text/characters.ts';

describe('a character', () => {
  it('is shown by a sign that can be seen', () => {
    expect(['e', ' ', '\n', '\t', '\u0007', '\u0301', '\u200b', '🙂'].map(visibleCharacter)).toEqual([
      ...['e', '␣', '↵', '⇥', '␇', '◌\u0301', '�', '🙂'],
    ]);
  });
  it('has a name within a sentence', () => {
    expect(['e', ' ', '\n', '\u0007', '\u0301'].map(characterName)).toEqual([
      ...['“e”', 'space', 'line break', 'U+0007', 'U+0301'],
    ]);
  });
  it('stands in a list that is cut where it would be long', () => {
    expect(listCharacters([])).toBe('');
    expect(listCharacters(['é'])).toBe('“é”');
    expect(listCharacters(['a', 'b', ' '])).toBe('“a”, “b” and space');
    expect(listCharacters(Array.from('abcdefghi'))).toBe('“a”, “b”, “c”, “d”, “e”, “f”, “g”, “h” and “i”');
    expect(listCharacters(Array.from('abcdefghij'), 2)).toBe('“a”, “b” and 8 more');
  });
});

it('a text is coded by code points, what the vocabulary lacks told once each', () => {
  const { characters, indices, unknown } = codeText('a🙂bé🙂é', ['a', 'b', '🙂']);
  expect(characters).toHaveLength(6);
  expect([...indices]).toEqual([0, 2, 1, -1, 2, -1]);
  expect(unknown).toEqual(['é']);
});
