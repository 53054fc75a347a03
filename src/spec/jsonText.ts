/** JSON with comments as text: its value, its syntax errors, and the place of every value and key. */
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { complain, type Complaint, type JsonPath } from './complaint.ts';
import type { Problem } from './problem.ts';

const words: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON: text needs double quotes',
  InvalidNumberFormat: 'this is no number as JSON writes them',
  PropertyNameExpected: 'a key in double quotes is needed here',
  ValueExpected: 'a value is needed here',
  ColonExpected: 'a colon is needed here, between key and value',
  CommaExpected: 'a comma is needed before this',
  CloseBraceExpected: 'a closing brace } is missing',
  CloseBracketExpected: 'a closing bracket ] is missing',
  EndOfFileExpected: 'nothing may follow the experiment',
  UnexpectedEndOfComment: 'this comment is not closed',
  UnexpectedEndOfString: 'this text lacks its closing quote',
  UnexpectedEndOfNumber: 'this number breaks off',
  InvalidUnicode: 'this is no Unicode escape; they look like \\u00e9',
  InvalidEscapeCharacter: 'this is no escape of JSON; a backslash is written \\\\',
  InvalidCharacter: 'this character may not stand here',
};

/** Deeper than any experiment; the parser calls itself for every level. */
const MAX_DEPTH = 100;

/** A parsed text. Comments and trailing commas are tolerated, as the editor does. */
export class JsonText {
  readonly #text: string;
  readonly #root: Node | undefined;
  readonly #tooDeep: boolean;
  readonly #errors: ParseError[] = [];
  #lineStarts: readonly number[] | null = null;

  constructor(text: string) {
    this.#text = text;
    // A byte order mark is no part of the text, yet of its offsets.
    const json = text.replace(/^\ufeff/, ' ');
    this.#tooDeep = depthOf(json) > MAX_DEPTH;
    this.#root = this.#tooDeep ? undefined : parseTree(json, this.#errors, { allowTrailingComma: true });
  }

  /** Undefined where there is no text at all. */
  get value(): unknown {
    return this.#root === undefined ? undefined : (getNodeValue(this.#root) as unknown);
  }

  syntaxProblems(): Problem[] {
    const problem = (message: string, offset: number, length: number): Problem => ({
      ...{ severity: 'error', source: 'syntax', path: [], message },
      ...this.#span(offset, length),
    });
    if (this.#tooDeep) return [problem(`brackets are nested more than ${MAX_DEPTH} deep`, 0, 1)];
    // An empty text is told of in words of its own.
    if (this.#root === undefined) return [];
    return this.#errors.map(({ error, offset, length }) =>
      problem(words[printParseErrorCode(error)] ?? 'this is no JSON', offset, length),
    );
  }

  /** Keys that stand twice in one object, of which only the last would count. */
  duplicateKeys(): Complaint[] {
    const complaints: Complaint[] = [];
    const visit = (node: Node, path: JsonPath): void => {
      const seen = new Set<string>();
      for (const [index, child] of (node.children ?? []).entries()) {
        if (node.type === 'array') visit(child, [...path, index]);
        const [key, value] = child.children ?? [];
        if (node.type !== 'object' || key === undefined || value === undefined) continue;
        const name = String(key.value);
        const message = `"${name}" stands here twice; only one can count`;
        if (seen.has(name)) complaints.push(complain('error', [...path, name], message, 'key'));
        seen.add(name);
        visit(value, [...path, name]);
      }
    };
    if (this.#root !== undefined) visit(this.#root, []);
    return complaints;
  }

  problemAt({ path, at, severity, message }: Complaint, source: Problem['source']): Problem {
    const { offset, length } = this.#nodeFor(path, at) ?? { offset: 0, length: 0 };
    return { severity, message, path, source, ...this.#span(offset, length) };
  }

  #nodeFor(path: JsonPath, at: Complaint['at']): { offset: number; length: number } | undefined {
    if (this.#root === undefined) return undefined;
    const node = findNodeAtLocation(this.#root, [...path]);
    if (node === undefined) {
      // Filled in by default: its owner is what stands in the text.
      return path.length === 0 ? undefined : this.#nodeFor(path.slice(0, -1), 'key');
    }
    if (at === 'value') return node;
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    return key ?? { offset: node.offset, length: Math.min(1, node.length) };
  }

  #span(offset: number, length: number): Pick<Problem, 'offset' | 'length' | 'line' | 'column'> {
    this.#lineStarts ??= [0, ...Array.from(this.#text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)];
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    // The parser gives a comment that is not closed one character too many.
    const within = Math.min(length, this.#text.length - offset);
    return { offset, length: within, line: low + 1, column: offset - this.#lineStarts[low]! + 1 };
  }
}

/** Brackets that are open at once, at most; those in strings and comments count too, which does no harm here. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}
