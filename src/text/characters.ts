/** Characters of a text as they are shown and named: whitespace and what cannot be seen included. */

const signs: Readonly<Record<string, string>> = { ' ': '␣', '\n': '↵', '\t': '⇥', '\u00a0': '⍽', '\u007f': '␡' };

/** U+2400 … U+241F are pictures of the control characters. */
const CONTROL_PICTURES = 0x2400;

/** One sign for a character: "e", "␣", "↵"; marks that combine with the letter before stand on a dotted circle. */
export function visibleCharacter(character: string): string {
  const sign = signs[character];
  if (sign !== undefined) return sign;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (/^\p{M}/u.test(character)) return `◌${character}`;
  // Unassigned, private, surrogates, and what has no width.
  return /^[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u.test(character) ? '�' : character;
}

const names: Readonly<Record<string, string>> = {
  ' ': 'space',
  '\n': 'line break',
  '\r': 'carriage return',
  '\t': 'tab',
  '\u00a0': 'no-break space',
};

const codePoint = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Within a sentence: “e”, space, U+0007. */
export function characterName(character: string): string {
  const name = names[character];
  if (name !== undefined) return name;
  return visibleCharacter(character) === character ? `“${character}”` : codePoint(character);
}

/** “é” and “ß”; of many the first ones: “a”, “b”, “c” and 5 more. */
export function listCharacters(characters: readonly string[], most = 8): string {
  const shown = characters.length === most + 1 ? characters : characters.slice(0, most);
  const said = shown.map(characterName);
  const left = characters.length - shown.length;
  if (left > 0) return `${said.join(', ')} and ${left} more`;
  return said.length < 2 ? (said[0] ?? '') : `${said.slice(0, -1).join(', ')} and ${said.at(-1)!}`;
}

/** A text as indices of a vocabulary. */
export interface CodedText {
  /** The code points of the text. */
  readonly characters: readonly string[];
  /** Of each its place in the vocabulary, from 0; −1 where it is not in there. */
  readonly indices: Int32Array;
  /** What is not in there, each once, in the order of the text. */
  readonly unknown: readonly string[];
}

export function codeText(text: string, vocabulary: readonly string[]): CodedText {
  const places = new Map(vocabulary.map((character, index) => [character, index]));
  const characters = Array.from(text);
  const indices = Int32Array.from(characters, (character) => places.get(character) ?? -1);
  return { characters, indices, unknown: [...new Set(characters.filter((_, i) => indices[i] === -1))] };
}
