/** The form that draws samples by hand: how many, from which seed, at which temperature. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WebviewRequests } from '../src/protocol/webview.ts';
import { Button, TextField } from './controls.tsx';

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

export function SamplingForm({
  busy,
  texts,
  onTexts,
  onDraw,
  onClose,
}: {
  readonly busy: boolean;
  readonly texts: SampleTexts;
  readonly onTexts: (texts: SampleTexts) => void;
  readonly onDraw: (request: SampleRequest) => void;
  readonly onClose: () => void;
}): VNode {
  const [tried, setTried] = useState(false);
  const read = readSampleTexts(texts);
  const problem = (field: keyof SampleTexts) => (tried && !isRequest(read) ? read[field] : null);
  const draw = () => {
    setTried(true);
    if (isRequest(read) && !busy) onDraw(read);
  };
  const field = (name: keyof SampleTexts, label: string) => (
    <TextField
      label={label}
      value={texts[name]}
      problem={problem(name)}
      onInput={(value) => onTexts({ ...texts, [name]: value })}
      onEnter={draw}
    />
  );
  return (
    <form
      class="sampling"
      aria-label="Draw samples"
      onSubmit={(event) => {
        event.preventDefault();
        draw();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      {field('rows', 'Rows')}
      {field('seed', 'Seed')}
      {field('temperature', 'Temperature')}
      <span class="sampling-buttons">
        <Button primary onClick={draw} disabled={busy}>
          {busy ? 'Drawing …' : 'Draw'}
        </Button>
        <Button onClick={onClose}>Close</Button>
      </span>
      <p class="note">
        The same seed draws the same rows. Below 1 the temperature sharpens the conditionals, above 1 it flattens them.
        The rows are also kept in the run’s samples folder.
      </p>
    </form>
  );
}
