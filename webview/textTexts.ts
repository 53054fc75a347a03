/** From what is typed to a request for a text, or to what is wrong with it. */
import { parseTextField, primeProblem, textLimits, type TextFieldId } from '../src/protocol/textLimits.ts';
import type { WebviewRequests } from '../src/protocol/webview.ts';

export type TextRequest = WebviewRequests['sampleText']['params'];

/** What is typed. */
export interface TextTexts {
  readonly prime: string;
  readonly length: string;
  readonly temperature: string;
  /** Empty: all characters. */
  readonly topK: string;
  readonly seed: string;
}

export const freshTextTexts: TextTexts = { prime: '', length: '500', temperature: '1', topK: '', seed: '1' };

export type TextProblems = { readonly [K in keyof TextTexts]?: string };

/** @param characters of the model. */
export function readTextTexts(
  texts: TextTexts,
  characters: readonly string[],
): { readonly request: TextRequest } | { readonly problems: TextProblems } {
  const problems: { -readonly [K in keyof TextTexts]?: string } = {};
  const field = (id: TextFieldId): number => {
    const value = parseTextField(id, texts[id]);
    if (value === null) problems[id] = wanted(id);
    return value ?? 0;
  };
  const prime = primeProblem(texts.prime, characters);
  if (prime !== null) problems.prime = prime;
  const request = {
    prime: texts.prime,
    length: field('length'),
    temperature: field('temperature'),
    topK: texts.topK.trim() === '' ? null : field('topK'),
    seed: field('seed'),
  };
  return Object.keys(problems).length > 0 ? { problems } : { request };
}

function wanted(id: TextFieldId): string {
  const { min, max, whole } = textLimits[id];
  const nothing = id === 'topK' ? ', or nothing' : '';
  return `${whole ? 'A whole number' : 'A number'} from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}${nothing}`;
}
