/** From what is typed to a request for samples, or to what is wrong with it. */
import type { WebviewRequests } from '../src/protocol/webview.ts';

export type SampleRequest = WebviewRequests['sample']['params'];

/** What is typed, before it is known to be numbers. */
export interface SampleTexts {
  readonly rows: string;
  readonly seed: string;
  readonly temperature: string;
}

export type SampleProblems = { readonly [K in keyof SampleTexts]: string | null };

const LIMITS = { rows: [1, 10_000], seed: [0, 2 ** 31 - 1], temperature: [0.01, 100] } as const;

/** The request, or what is wrong with each field. */
export function readSampleTexts(texts: SampleTexts): SampleRequest | SampleProblems {
  const problems: SampleProblems = {
    rows: problemOf(texts.rows, LIMITS.rows, true),
    seed: problemOf(texts.seed, LIMITS.seed, true),
    temperature: problemOf(texts.temperature, LIMITS.temperature, false),
  };
  if (Object.values(problems).some((problem) => problem !== null)) return problems;
  return { rows: Number(texts.rows), seed: Number(texts.seed), temperature: Number(texts.temperature) };
}

function problemOf(text: string, [low, high]: readonly [number, number], whole: boolean): string | null {
  const value = text.trim() === '' ? NaN : Number(text);
  const right = Number.isFinite(value) && value >= low && value <= high && (!whole || Number.isInteger(value));
  return right
    ? null
    : `${whole ? 'A whole number' : 'A number'} from ${low.toLocaleString('en')} to ${high.toLocaleString('en')}`;
}

export function isRequest(read: SampleRequest | SampleProblems): read is SampleRequest {
  return typeof read.rows === 'number';
}
