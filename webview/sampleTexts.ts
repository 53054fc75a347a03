/** From what is typed to a request for samples, or to what is wrong with it. */
import { parseSampleField, sampleLimits, type SampleFieldId } from '../src/protocol/sampleLimits.ts';
import type { WebviewRequests } from '../src/protocol/webview.ts';

export type SampleRequest = WebviewRequests['sample']['params'];

/** What is typed, before it is known to be numbers. */
export type SampleTexts = { readonly [K in SampleFieldId]: string };

export type SampleProblems = { readonly [K in SampleFieldId]: string | null };

/** The request, or what is wrong with each field. */
export function readSampleTexts(texts: SampleTexts): SampleRequest | SampleProblems {
  const rows = parseSampleField('rows', texts.rows);
  const seed = parseSampleField('seed', texts.seed);
  const temperature = parseSampleField('temperature', texts.temperature);
  if (rows !== null && seed !== null && temperature !== null) return { rows, seed, temperature };
  return {
    rows: rows === null ? wantedText('rows') : null,
    seed: seed === null ? wantedText('seed') : null,
    temperature: temperature === null ? wantedText('temperature') : null,
  };
}

function wantedText(id: SampleFieldId): string {
  const { min, max, whole } = sampleLimits[id];
  return `${whole ? 'A whole number' : 'A number'} from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
}

export function isRequest(read: SampleRequest | SampleProblems): read is SampleRequest {
  return typeof read.rows === 'number';
}
