/** From what is typed and chosen to a request for samples, or to what is wrong with it. */
import { parseVariables, rangesOfPart, type KeptPart } from '../src/protocol/completion.ts';
import { parseSampleField, sampleLimits, type SampleFieldId } from '../src/protocol/sampleLimits.ts';
import type { WebviewRequests } from '../src/protocol/webview.ts';
import { givenParts, type SampleSubject } from './sampleSubject.ts';

export type SampleRequest = WebviewRequests['sample']['params'];

/** Where rows to be completed come from. */
export const completedSplits = ['validation', 'test', 'train'] as const;
export type CompletedSplit = (typeof completedSplits)[number];

/** What rows are conditioned on: what the rows themselves are (or the classes in turn), each class, one, or values typed. */
export type ContextChoice = 'own' | 'turns' | 'values' | `label ${number}`;

/** What is typed and chosen, before it is known to make sense: plain values, kept with the page. */
export interface SampleTexts extends Readonly<Record<SampleFieldId, string>> {
  readonly what: 'new' | 'complete';
  readonly split: CompletedSplit;
  readonly part: KeptPart;
  /** "1-8, 12", where the part is a list. */
  readonly list: string;
  /** First row to be completed, counted from 1, and how many. */
  readonly first: string;
  readonly count: string;
  readonly context: ContextChoice;
  /** "0.5, 1" where the context is typed. */
  readonly values: string;
}

export const freshTexts: SampleTexts = {
  rows: '100',
  seed: '1',
  temperature: '1',
  what: 'new',
  split: 'validation',
  part: 'upper',
  list: '1',
  first: '1',
  count: '10',
  context: 'own',
  values: '',
};

/** Fields that may be wrong. */
export type SampleProblem = SampleFieldId | 'list' | 'first' | 'count' | 'values';
export type SampleProblems = { readonly [K in SampleProblem]?: string };

export type ReadTexts = { readonly request: SampleRequest } | { readonly problems: SampleProblems };

/** Whether rows are to be completed, by a model that can. */
export const completesRows = ({ what }: SampleTexts, { completes }: SampleSubject) => completes && what === 'complete';

/** The part that is meant: the chosen one, or the first that such rows have. */
export function partOf({ part }: SampleTexts, subject: SampleSubject): KeptPart {
  const parts = givenParts(subject);
  return parts.includes(part) ? part : parts[0]!;
}

/** The context that is meant, of those that such rows have. */
export function contextOf({ context }: SampleTexts, subject: SampleSubject): ContextChoice {
  if (subject.context === 0) return 'own';
  if (context === 'own') return context;
  if (!subject.labels) return context === 'values' ? context : 'own';
  const label = /^label (\d+)$/.exec(context);
  return context === 'turns' || (label && Number(label[1]) < subject.context) ? context : 'own';
}

/** The request, or what is wrong with each field. */
export function readSampleTexts(texts: SampleTexts, subject: SampleSubject): ReadTexts {
  const problems: { [K in SampleProblem]?: string } = {};
  const field = (id: SampleFieldId): number => {
    const value = parseSampleField(id, texts[id]);
    if (value === null) problems[id] = wantedText(id);
    return value ?? 0;
  };
  const whole = (id: 'first' | 'count'): number => {
    const value = /^\s*\d+\s*$/.test(texts[id]) ? Number(texts[id]) : 0;
    if (value < 1 || !Number.isSafeInteger(value)) problems[id] = 'A whole number from 1';
    return value;
  };
  const asked = { rows: field('rows'), seed: field('seed'), temperature: field('temperature') };
  let given: SampleRequest['given'];
  if (completesRows(texts, subject)) {
    const part = partOf(texts, subject);
    const keep = part === 'list' ? parseVariables(texts.list, subject.dimension) : rangesOfPart(part, subject);
    const [first, number] = [whole('first'), whole('count')];
    if (typeof keep === 'string') problems.list = keep;
    else given = { split: texts.split, keep: keep.map(([from, to]) => [from, to]), first: first - 1, count: number };
  }
  const context = readContext(texts, subject);
  if (typeof context === 'string') problems.values = context;
  if (Object.keys(problems).length > 0) return { problems };
  return {
    request: { ...asked, ...(given && { given }), ...(context && typeof context !== 'string' && { context }) },
  };
}

/** The context to ask for; null for none, a text for what is wrong. */
function readContext(
  texts: SampleTexts,
  subject: SampleSubject,
): NonNullable<SampleRequest['context']> | string | null {
  const choice = contextOf(texts, subject);
  const { context: size } = subject;
  if (choice === 'own') return null;
  if (choice === 'turns') return completesRows(texts, subject) ? { values: oneHotInTurn(size) } : null;
  if (choice !== 'values') return { label: Number(choice.slice('label '.length)) };
  const parts = texts.values.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (parts.length !== size || !parts.every(Number.isFinite)) {
    return size === 1 ? 'A number' : `${size.toLocaleString('en')} numbers, with commas between them`;
  }
  return { values: Float32Array.from(parts) };
}

/** [K, K]: class 0, class 1, … */
function oneHotInTurn(classes: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(classes * classes);
  for (let label = 0; label < classes; label++) values[label * classes + label] = 1;
  return values;
}

function wantedText(id: SampleFieldId): string {
  const { min, max, whole } = sampleLimits[id];
  return `${whole ? 'A whole number' : 'A number'} from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
}

/** What the temperature does, by how rows are drawn. */
export function temperatureText({ flow, latent }: Pick<SampleSubject, 'flow' | 'latent'>): string {
  if (flow) {
    return 'Draws from the base are multiplied by the temperature: below 1 they keep to its middle, above 1 they go further out.';
  }
  return latent
    ? 'The temperature multiplies z, drawn from the prior, and is that of p(x|z) too: it divides the logits of binary values and multiplies σ of real ones.'
    : 'Below 1 the temperature sharpens the conditionals, above 1 it flattens them.';
}
