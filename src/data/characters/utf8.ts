/** UTF-8 in pieces: where a piece may be cut, and where a fault lies. Decoding itself is TextDecoder's task. */

/** What is wrong with bytes that are no UTF-8. */
export interface Utf8Fault {
  /** Counted from 0: the first byte that cannot stand where it stands, or of a character that breaks off. */
  readonly offset: number;
  /** What it is, as what follows "is no UTF-8:". */
  readonly what: string;
}

/** Bytes at the end that begin a character and do not finish it: 0 to 3. */
export function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const length = lengthOf(bytes[bytes.length - back]!);
    if (length > 0) return length > back ? back : 0;
  }
  return 0;
}

/** Bytes of the character that begins with this one; 0 where none does. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** The first fault of bytes that are meant to be UTF-8 (The Unicode Standard, table 3-7); null where there is none. */
export function faultIn(bytes: Uint8Array): Utf8Fault | null {
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at]!;
    const length = lengthOf(first);
    if (length === 0) return { offset: at, what: `no character begins with the byte ${hex(first)}${guess(bytes, at)}` };
    for (let i = 1; i < length; i++) {
      const next = bytes[at + i];
      if (next === undefined)
        return { offset: at, what: `it ends within a character, behind ${hex(first)}${guess(bytes, at)}` };
      const [from, to] = i === 1 ? secondOf(first) : [0x80, 0xbf];
      if (next < from || next > to) {
        const surrogate = first === 0xed && next >= 0xa0 && next <= 0xbf;
        const what = surrogate
          ? `${hex(first)} ${hex(next)} begins half of a character (a surrogate), as some programs write emoji`
          : `the byte ${hex(first)} begins a character that ${hex(next)} does not go on with${guess(bytes, at)}`;
        return { offset: at, what };
      }
    }
    at += length;
  }
  return null;
}

/** What may follow: longer forms of shorter characters, surrogates and what is beyond U+10FFFF are excluded here. */
function secondOf(first: number): readonly [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  return first === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf];
}

/** Most texts that are no UTF-8 are of the code pages of the West, where one byte is one letter. */
function guess(bytes: Uint8Array, at: number): string {
  const letter = new TextDecoder('windows-1252').decode(bytes.subarray(at, at + 1));
  return /^\p{L}$/u.test(letter) ? ` (in Latin-1 it is “${letter}”)` : '';
}

const hex = (byte: number) => `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
