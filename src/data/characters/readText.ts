/** Reads files as one text, character by character. */
import { formatCount, plural } from '../../text/numbers.ts';
import { openDataFile, readerOf, type ByteReader } from '../bytes.ts';
import { DataError, TooLargeError, type TextFile } from '../dataset.ts';
import { formatOf } from '../format.ts';
import { Collector, type CollectedText } from './collector.ts';
import { leftOutWords, type FoundFile, type FoundFiles, type LeftOut } from './textFiles.ts';
import { faultIn, unfinished } from './utf8.ts';

/** How far a file is looked at to tell whether it is text, as Git does. */
const LOOK_BYTES = 8000;
const BYTE_ORDER_MARK = '\ufeff';

export interface ReadText extends CollectedText {
  /** Those with any text, in its order. */
  readonly files: readonly TextFile[];
  /** What was left out and changed on the way, a sentence each. */
  readonly notes: readonly string[];
  /** Whether it ends with a line end, or there is none of it. */
  readonly endsLine: boolean;
}

/** What was changed while reading. */
interface Changes {
  lineEnds: number;
  marks: string[];
  joints: number;
}

/**
 * The files as one text: code points, without byte order marks, line ends as \n (as Python's `open` reads them), and a line
 * end between two files where the first has none.
 *
 * @throws DataError naming the file, the byte and the line of what is no UTF-8, or more than `limitBytes` in memory.
 */
export async function readFiles({ files, leftOut }: FoundFiles, limitBytes: number): Promise<ReadText> {
  const total = files.reduce((sum, { bytes }) => sum + bytes + 1, 0);
  checkSize(files, total, limitBytes);
  const collector = new Collector(limitBytes, total);
  const changes: Changes = { lineEnds: 0, marks: [], joints: 0 };
  const binaries: string[] = [];
  const read: { name: string; characters: number }[] = [];
  for (const file of files) {
    if (file.inFolder && file.bytes === 0) continue;
    const before = collector.length;
    const { joints } = changes;
    const last = read.at(-1);
    const joint = last !== undefined && !collector.endsWith('\n');
    const isText = await addFile(file, { collector, changes, joint });
    if (!isText) {
      binaries.push(file.name);
      continue;
    }
    // The line end between the two counts with the first; before a file without any text there is none.
    const put = changes.joints - joints;
    if (last !== undefined) last.characters += put;
    const characters = collector.length - before - put;
    if (characters > 0) read.push({ name: file.name, characters });
  }
  const endsLine = collector.length === 0 || collector.endsWith('\n');
  const text = collector.finish();
  const notText = new Map<LeftOut, readonly string[]>(leftOut);
  if (binaries.length > 0) notText.set('binary', binaries);
  return { ...text, files: read, endsLine, notes: notesOf(text, notText, changes) };
}

/** Plain files hold at most as many characters as bytes: what is too large is told before any of it is read. */
function checkSize(files: readonly FoundFile[], total: number, limitBytes: number): void {
  if (total <= limitBytes) return;
  const largest = files.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toPrecision(3)} GiB`;
  throw new TooLargeError(
    `${files[0]!.name}: ${plural(files.length, 'file')} of ${gib(total)} (the largest is ${largest.name}) take more than ` +
      `${gib(limitBytes)} in memory; name fewer`,
  );
}

interface Sink {
  readonly collector: Collector;
  readonly changes: Changes;
  /** Whether a line end comes before the first character of the file. */
  readonly joint: boolean;
}

/** Whether it was text; what is found in a folder and is none is not read. */
async function addFile({ name, path, inFolder }: FoundFile, sink: Sink): Promise<boolean> {
  const file = await openDataFile(path, name);
  const reader = readerOf(file);
  try {
    if (inFolder && file.gzipped) return false;
    const start = await reader.peek(LOOK_BYTES);
    const format = formatOf(start);
    const binary = typeof format === 'string' || start.includes(0);
    if (inFolder && binary) return false;
    if (typeof format === 'string') {
      throw new DataError(`${name}: is an array of numbers (${format}), no text; it belongs under "source" or "train"`);
    }
    if (format !== null) throw new DataError(`${name}: is ${format.foreign}`);
    await addText(reader, name, sink);
    return true;
  } finally {
    await reader.close();
  }
}

async function addText(reader: ByteReader, name: string, { collector, changes, joint }: Sink): Promise<void> {
  // Byte order marks are taken off by hand: at the beginning of a piece the decoder would take a character for one.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let pending = new Uint8Array(0);
  let offset = 0;
  let lines = 0;
  let heldReturn = '';
  let first = true;
  const add = (bytes: Uint8Array, last: boolean): void => {
    const found = decoded(decoder, bytes);
    if (typeof found !== 'string') throw faultError(name, bytes, { ...found, offset, lines });
    let text = heldReturn + found;
    offset += bytes.length;
    if (first && text.startsWith(BYTE_ORDER_MARK)) {
      text = text.slice(1);
      changes.marks.push(name);
    }
    if (text !== '' && first) {
      if (joint) {
        collector.add('\n', name);
        changes.joints++;
      }
      first = false;
    }
    // \r\n may be cut in two: a \r at the end waits for what follows.
    heldReturn = !last && text.endsWith('\r') ? '\r' : '';
    text = text.slice(0, text.length - heldReturn.length);
    if (text.includes('\r')) {
      text = text.replace(/\r\n?/g, () => {
        changes.lineEnds++;
        return '\n';
      });
    }
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
    collector.add(text, name);
  };
  for await (const chunk of reader.rest()) {
    const bytes = pending.length === 0 ? chunk : joined(pending, chunk);
    const whole = bytes.length - unfinished(bytes);
    pending = bytes.slice(whole);
    add(bytes.subarray(0, whole), false);
  }
  add(pending, true);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The text of whole characters, or what is wrong with them, zero bytes included: text has none. */
function decoded(decoder: TextDecoder, bytes: Uint8Array): string | { readonly at: number; readonly what: string } {
  const zero = bytes.indexOf(0);
  if (zero < 0) {
    try {
      return decoder.decode(bytes);
    } catch {
      // Where and why is told below.
    }
  }
  const fault = faultIn(zero < 0 ? bytes : bytes.subarray(0, zero));
  if (fault !== null) return { at: fault.offset, what: `is no UTF-8: ${fault.what}` };
  return { at: Math.max(0, zero), what: 'is no text: it holds a zero byte' };
}

interface Place {
  /** Within the bytes. */
  readonly at: number;
  readonly what: string;
  /** Bytes and line ends before these bytes. */
  readonly offset: number;
  readonly lines: number;
}

function faultError(name: string, bytes: Uint8Array, { at, what, offset, lines }: Place): DataError {
  const before = new TextDecoder().decode(bytes.subarray(0, at));
  const line = lines + 1 + (before.match(/\r\n?|\n/g)?.length ?? 0);
  const advice = what.startsWith('is no UTF-8') ? '. Save the file as UTF-8' : '';
  return new DataError(`${name}, line ${line}, byte ${formatCount(offset + at)}: ${what}${advice}`);
}

function notesOf({ characters, counts }: CollectedText, leftOut: FoundFiles['leftOut'], changes: Changes): string[] {
  const combining = characters.reduce((sum, one, i) => sum + (/^\p{M}$/u.test(one) ? counts[i]! : 0), 0);
  const replaced = counts[characters.indexOf('\ufffd')] ?? 0;
  const { lineEnds, marks, joints } = changes;
  const left = leftOutWords(leftOut);
  return [
    ...(left === null ? [] : [left]),
    ...(lineEnds === 0
      ? []
      : [`${plural(lineEnds, 'line end')} written \\r\\n or \\r ${lineEnds === 1 ? 'is' : 'are'} read as \\n.`]),
    ...(marks.length === 0
      ? []
      : [`A byte order mark is taken off ${marks.length === 1 ? marks[0]! : `${marks.length} files`}.`]),
    ...(joints === 0 ? [] : [`A line end is put between files where the first has none: ${plural(joints, 'time')}.`]),
    ...(combining === 0
      ? []
      : [
          `${plural(combining, 'combining mark')}, accents and the like behind their letter, ${combining === 1 ? 'is a character' : 'are characters'} of their own.`,
        ]),
    ...(replaced === 0
      ? []
      : [`U+FFFD, which stands for characters that were lost in a conversion, occurs ${plural(replaced, 'time')}.`]),
  ];
}
