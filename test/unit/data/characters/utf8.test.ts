import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { faultIn, unfinished } from '../../../../src/data/characters/utf8.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('UTF-8 in pieces', () => {
  it('is cut between characters wherever bytes end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (text, at) => {
        const bytes = bytesOf(text);
        const cut = bytes.subarray(0, at % (bytes.length + 1));
        const whole = cut.subarray(0, cut.length - unfinished(cut));
        // As far as it goes, and no whole character is left out.
        expect(isUtf8(whole)).toBe(true);
        expect(cut.length - whole.length).toBeLessThan(4);
        expect(isUtf8(cut)).toBe(whole.length === cut.length);
      }),
    );
  });

  it('has a fault exactly where Node finds that it is none', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      // Bytes about the borders of the table make most of what can go wrong.
      fc
        .array(
          fc.constantFrom(
            0x41,
            0x7f,
            0x80,
            0x8f,
            0x90,
            0x9f,
            0xa0,
            0xbf,
            0xc1,
            0xc2,
            0xe0,
            0xed,
            0xef,
            0xf0,
            0xf4,
            0xf5,
          ),
        )
        .map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (found) => {
        const fault = faultIn(found);
        expect(fault === null).toBe(isUtf8(found));
        if (fault !== null) expect(isUtf8(found.subarray(0, fault.offset))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['Latin-1', [0x63, 0x61, 0x66, 0xe9, 0x21], 3, 'in Latin-1 it is “é”'],
    [
      'a character that breaks off',
      [0x61, 0xe2, 0x82],
      1,
      'it ends within a character, behind 0xE2 (in Latin-1 it is “â”)',
    ],
    ['a longer form of a shorter character', [0xc0, 0x80], 0, 'no character begins with the byte 0xC0'],
    ['an emoji as two surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 0, 'half of a character (a surrogate)'],
    [
      'beyond U+10FFFF',
      [0x61, 0x62, 0xf4, 0x90, 0x80, 0x80],
      2,
      '0xF4 begins a character that 0x90 does not go on with',
    ],
  ])('says what is wrong: %s', (_, bytes, offset, what) => {
    expect(faultIn(Uint8Array.from(bytes))).toEqual({ offset, what: expect.stringContaining(what) });
  });
});
