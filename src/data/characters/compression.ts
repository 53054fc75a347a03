/**
 * What a general compressor makes of a text: Brotli as Node has it (RFC 7932), at its best quality.
 *
 * Why Brotli and not xz: the libraries that write LZMA from JavaScript are either native, and an extension that holds one
 * holds it for one system alone, or have not been looked after for years; Brotli is in every Node. Behind the training part of
 * Tiny Shakespeare it takes 2.543 bits a character of the test part, as `xz -9e` does. Alone it has an advantage, a
 * dictionary of common words, and so it is never asked alone.
 */
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';
import type { Matrix } from '../dataset.ts';

const compress = promisify(brotliCompress);

/** As it is called in words. */
export const COMPRESSOR = 'Brotli';
/** Characters of each text that are compressed, a few seconds' work: the end of what is known, the beginning of the rest. */
const MOST_CHARACTERS = 1 << 21;
/** A text must have so many for the bits of its last byte and the like not to count. */
export const FEWEST_CHARACTERS = 1000;

export interface CompressedCost {
  /** What compressed it, as it is called in words. */
  readonly name: string;
  /** Nats a character of the text that was compressed. */
  readonly nats: number;
  /** How many characters of it were compressed, its first. */
  readonly characters: number;
  /** How many characters of training text came before it, their last. */
  readonly behind: number;
}

/**
 * The length of known and unknown text together less that of the known text alone: what a compressor that has read the
 * training text needs for the rest (as in Cilibrasi & Vitányi 2005). A prefix code, so that a model may be set beside it.
 *
 * @param known Places among the characters, of the training text. @param text Those of the text to compress.
 * @returns null where `text` is too short to tell.
 */
export async function compressedCost(
  known: Matrix['values'],
  text: Matrix['values'],
  characters: readonly string[],
): Promise<CompressedCost | null> {
  if (text.length < FEWEST_CHARACTERS) return null;
  const before = known.subarray(Math.max(0, known.length - MOST_CHARACTERS));
  const rest = text.subarray(0, MOST_CHARACTERS);
  const first = utf8Of(before, characters);
  const [alone, together] = await Promise.all([
    compressedBytes(first),
    compressedBytes(Buffer.concat([first, utf8Of(rest, characters)])),
  ]);
  return {
    name: COMPRESSOR,
    nats: ((together - alone) * 8 * Math.LN2) / rest.length,
    characters: rest.length,
    behind: before.length,
  };
}

async function compressedBytes(bytes: Uint8Array): Promise<number> {
  const { length } = await compress(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      // A window of 16 MiB: all of what comes before is within reach.
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  return length;
}

/** Pieces of text that are joined at once. */
const PIECE = 1 << 16;

function utf8Of(values: Matrix['values'], characters: readonly string[]): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < values.length; at += PIECE) {
    const piece = Array.from(values.subarray(at, at + PIECE), (value) => characters[value]!);
    pieces.push(Buffer.from(piece.join(''), 'utf8'));
  }
  return Buffer.concat(pieces);
}
