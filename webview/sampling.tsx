/** The form that draws samples by hand: how many, from which seed, at which temperature. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Button, TextField } from './controls.tsx';
import { isRequest, readSampleTexts, type SampleRequest, type SampleTexts } from './sampleTexts.ts';

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
